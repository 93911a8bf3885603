import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { SliceNumbers } from '@penumbra/core/day-events';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import type { RolloutReview } from '@penumbra/core/rollout-events';
import { matureDay, START, type VirtualRollout } from '../virtual-rollout.ts';

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
