import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { DayState } from '@penumbra/core/day';
import type { DaySummary, SliceNumbers } from '@penumbra/core/day-events';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import type { DatedDay } from '@penumbra/core/pipeline/review';
import { type RolloutCommand, type RolloutState, rollout } from '@penumbra/core/rollout';
import type { ReportedDay, RolloutReview } from '@penumbra/core/rollout-events';
import { review } from '../policy.ts';

/** The first date of every rollout in tests and simulations. */
export const START: CalendarDate = '2001-01-01';

const SLICES = ['regional', 'hub'];

/** A definition with one day of maturity and the given policy; `more` replaces whole fields. */
export function definitionWith(policy: object = {}, more: object = {}): Definition {
  const parsed = parseDefinition({
    deployment: 'rebooking',
    task: {
      type: 'binary-classification',
      threshold: 0.5,
      payoff: {
        currency: 'USD',
        truePositive: { fixed: -80 },
        falsePositive: { fixed: -60 },
        falseNegative: { fixed: -320 },
        trueNegative: {},
      },
    },
    records: { format: 'csv', id: 'id', unit: 'customer', incumbent: 'rule' },
    predictions: { format: 'csv', id: 'id', score: 'score' },
    outcomes: { format: 'csv', id: 'id', label: 'late', maturityDays: 1 },
    slices: SLICES.map((slice) => ({ slice, when: [{ field: 'tier', equals: slice }] })),
    policy,
    ...more,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

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

/**
 * Plays `days` days, each reviewed when its outcomes are mature; `numbers` gives the slices of a day by its index
 * and by what is served then, or undefined for a day without data. Answers every review.
 */
export function play(
  rolloutOf: VirtualRollout,
  days: number,
  numbers: (index: number, date: CalendarDate) => Readonly<Record<string, SliceNumbers>> | undefined,
  from = 0,
): RolloutReview[] {
  return Array.from({ length: days }, (_, step) => {
    const index = from + step;
    const date = addDays(START, index);
    const slices = numbers(index, date);
    const { maturityDays } = rolloutOf.state().definition?.outcomes ?? { maturityDays: 1 };
    return rolloutOf.review(addDays(date, maturityDays), slices ? [matureDay(date, slices)] : []);
  });
}
