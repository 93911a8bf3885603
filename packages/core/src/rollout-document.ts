import { addDays, type CalendarDate } from './calendar.ts';
import type { RolloutState } from './rollout.ts';
import { SHADOW } from './rollout.ts';
import type { Slice } from './slices.ts';

/** Days after its review that a document may still be served; then the incumbent decides. */
const VALID_DAYS = 3;

/** What production applications read: which share of each slice the challenger decides. */
export interface RolloutDocument {
  readonly deployment: string;
  /** Version of the rollout stream that it was projected from: a newer document has a larger one. */
  readonly version: number;
  readonly definitionVersion: number;
  readonly asOf: CalendarDate | null;
  readonly validUntil: CalendarDate | null;
  readonly slices: readonly {
    readonly slice: string;
    readonly when: Slice['when'];
    readonly percent: number;
  }[];
}

/** Projects the rollout's state after event number `version` of its stream. The same log gives the same document. */
export function projectRollout(state: RolloutState, version: number): RolloutDocument | undefined {
  const { definition, lastReview } = state;
  if (!definition) return undefined;
  return {
    deployment: definition.deployment,
    version,
    definitionVersion: state.definitionVersion,
    asOf: lastReview?.asOf ?? null,
    validUntil: lastReview ? addDays(lastReview.asOf, VALID_DAYS + 1) : null,
    slices: definition.slices.map(({ slice, when }) => ({
      slice,
      when,
      percent: (state.slices[slice] ?? SHADOW).percent,
    })),
  };
}
