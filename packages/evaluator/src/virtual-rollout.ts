import type { CalendarDate } from '@penumbra/core/calendar';
import type { DayState } from '@penumbra/core/day';
import type { DaySummary, SliceNumbers } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import type { DatedDay } from '@penumbra/core/pipeline/review';
import { type RolloutCommand, type RolloutState, rollout } from '@penumbra/core/rollout';
import type { ReportedDay, RolloutReview } from '@penumbra/core/rollout-events';
import { review } from './policy.ts';

/** The first date of every simulated rollout. */
export const START: CalendarDate = '2001-01-01';

/** A slice's numbers of a day: rows, and the mean difference per row. */
export function sliceOf(rows: number, mean: number, more: Partial<SliceNumbers> = {}): SliceNumbers {
  return {
    rows,
    labelled: rows,
    challenger: { value: rows * mean },
    incumbent: { value: 0 },
    difference: { sum: rows * mean, sumOfSquares: rows * (mean * mean + 1) },
    ...more,
  };
}

/** A mature day as the review meets it. */
export function matureDay(
  date: CalendarDate,
  slices: Readonly<Record<string, SliceNumbers>>,
  more: Partial<DayState> = {},
): DatedDay {
  const overall = Object.values(slices)[0] ?? sliceOf(0, 0);
  const summary: DaySummary = { overall, slices, duplicateOutcomes: 0, unmatchedOutcomes: 0 };
  const look = { asOf: date, age: 1, summary, metrics: { key: 'k', sha256: 's' } };
  return { date, state: { looks: [], latest: look, mature: look, ...more } };
}

export interface VirtualRollout {
  readonly state: () => RolloutState;
  /** What a person does; throws where there is nothing to do. */
  readonly person: (command: RolloutCommand) => void;
  /** Reviews as of a date with the days that it meets, records the review and answers it. */
  readonly review: (
    asOf: CalendarDate,
    days: readonly DatedDay[],
    reported?: readonly ReportedDay[],
  ) => RolloutReview;
}

/** The shipped review and the shipped decider, day after day, without a pipeline. */
export function virtualRollout(definition: Definition): VirtualRollout {
  let state = rollout.initial;
  const person = (command: RolloutCommand) => {
    const decision = rollout.decide(state, command);
    if (!('event' in decision)) throw new Error(decision.nothing);
    state = rollout.evolve(state, decision.event);
  };
  person({ type: 'Register', definition, startDate: START });
  return {
    state: () => state,
    person,
    review: (asOf, days, reported = []) => {
      const reviewed = review(state, days, asOf, reported);
      person({ type: 'RecordReview', review: reviewed });
      return reviewed;
    },
  };
}
