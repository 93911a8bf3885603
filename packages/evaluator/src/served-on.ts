import type { SliceNumbers } from '@penumbra/core/day-events';

/**
 * Records that the challenger decides of a slice's day at `percent`, and the money that its decisions on them earn
 * more than the incumbent's. Exact where the day's strata were cut there, their expectation elsewhere.
 */
export function servedOn(
  { labelled, difference, strata = [] }: SliceNumbers,
  percent: number,
): { records: number; money: number } {
  const inside = strata.filter(({ upTo }) => upTo <= percent);
  if (percent > 0 && inside.at(-1)?.upTo === percent) {
    return {
      records: inside.reduce((sum, { rows }) => sum + rows, 0),
      money: inside.reduce((sum, { challenger, incumbent }) => sum + challenger.sum - incumbent.sum, 0),
    };
  }
  return { records: (labelled * percent) / 100, money: (difference.sum * percent) / 100 };
}
