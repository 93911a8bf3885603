import { addDays, type CalendarDate } from './calendar.ts';
import { canonicalSha256 } from './canonical-json.ts';
import type { Definition } from './definition.ts';
import { type RolloutState, SHADOW } from './rollout.ts';
import type { RolloutDocument, SliceShare } from './rollout-document.ts';

/** Whole days after the day of its review that a document may still be served; then the incumbent decides. */
const VALID_DAYS = 3;

/** Projects the rollout's state after event number `version` of its stream. The same log gives the same document. */
export function projectRollout(state: RolloutState, version: number): RolloutDocument | undefined {
  const { definition, lastReview } = state;
  if (!definition) return undefined;
  const { deployment } = definition;
  return {
    deployment,
    version,
    definitionVersion: state.definitionVersion,
    asOf: lastReview?.asOf ?? null,
    validUntil: lastReview ? `${addDays(lastReview.asOf, VALID_DAYS + 1)}T00:00:00Z` : null,
    certificate: lastReview
      ? { reviewId: reviewId(deployment, lastReview.asOf), sha256: canonicalSha256(lastReview) }
      : null,
    slices: sliceShares(definition, state),
  };
}

/** What each slice of the definition gives to the challenger. */
export function sliceShares({ slices }: Definition, state: RolloutState): SliceShare[] {
  return slices.map(({ slice, when }) => ({
    slice,
    when,
    percent: (state.slices[slice] ?? SHADOW).percent,
  }));
}

/** The id of a deployment's review as of a date. */
export const reviewId = (deployment: string, asOf: CalendarDate): string => `${deployment}/review/${asOf}`;
