import { addDays, type CalendarDate } from './calendar.ts';
import { canonicalSha256 } from './canonical-json.ts';
import type { RolloutState } from './rollout.ts';
import { SHADOW } from './rollout.ts';
import type { Slice } from './slices.ts';

/** Whole days after the day of its review that a document may still be served; then the incumbent decides. */
const VALID_DAYS = 3;

/** Which review set the percentages, and that it was this one and no edited one. */
export interface Certificate {
  /** `<deployment>/review/<as-of date>`: there is one review a date. */
  readonly reviewId: string;
  /** Of the review's canonical JSON (RFC 8785), as the log has it. */
  readonly sha256: string;
}

/** What production applications read: which share of each slice the challenger decides. */
export interface RolloutDocument {
  readonly deployment: string;
  /** Version of the rollout stream that it was projected from: a newer document has a larger one. */
  readonly version: number;
  readonly definitionVersion: number;
  readonly asOf: CalendarDate | null;
  /** The instant, in UTC, from which on it says nothing any more; null before the first review, at 0 % everywhere. */
  readonly validUntil: string | null;
  /** The last review; null before the first. What a person has set to 0 % since then is 0 % here. */
  readonly certificate: Certificate | null;
  /** In order of the definition: a request belongs to the first slice that matches it. */
  readonly slices: readonly SliceShare[];
}

export interface SliceShare {
  readonly slice: string;
  readonly when: Slice['when'];
  /** Share of the slice's units that the challenger decides. */
  readonly percent: number;
}

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
    slices: definition.slices.map(({ slice, when }) => ({
      slice,
      when,
      percent: (state.slices[slice] ?? SHADOW).percent,
    })),
  };
}

/** The id of a deployment's review as of a date. */
export const reviewId = (deployment: string, asOf: CalendarDate): string => `${deployment}/review/${asOf}`;
