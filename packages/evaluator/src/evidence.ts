import type { CalendarDate } from '@penumbra/core/calendar';
import type { Policy } from '@penumbra/core/policy-schema';
import type { SliceDay, SliceEvidence, Verdict } from '@penumbra/core/rollout-events';
import { type SequentialT, sequentialT, sequentialTStrict } from './inference/sequential-t.ts';

/** One day of one slice: mean difference per labelled row, challenger minus incumbent, and what else it holds. */
export interface DatedSliceDay extends SliceDay {
  readonly date: CalendarDate;
}

export interface Levels {
  /** Of the lower bound: proving something wrongly. */
  readonly alpha: number;
  /** Of the upper bound: rolling back wrongly. */
  readonly harmAlpha: number;
}

/** What days say about a mean: is it above 0, or below? Null where there are too few days for a number. */
export interface Finding {
  readonly mean: number | null;
  readonly lowerBound: number | null;
  readonly upperBound: number | null;
  readonly standardDeviation: number | null;
  readonly autocorrelation: number | null;
  readonly effectiveDays: number | null;
}

export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * Weighs one number a day. The unit of evidence is the day: rows of one day share weather, prices and outages. A day
 * counts by its rows, so that the mean is money per record: each number is scaled by the day's share of the rows,
 * which leaves a mean of 0 at 0, whatever the shares. Bounds hold at all looks together, each at its own level.
 */
export function weighDays(
  days: readonly { readonly rows: number; readonly value: number }[],
  { alpha, harmAlpha }: Levels,
  evidenceBy: Policy['evidenceBy'],
  g?: number,
): Finding {
  const rows = days.reduce((sum, day) => sum + day.rows, 0);
  const scaled = days.map((day) => (day.value * day.rows * days.length) / rows);
  const test = evidenceBy === 'week' ? sequentialTStrict : sequentialT;
  const prior = g === undefined ? {} : { g };
  const found: SequentialT = test(scaled, { alpha, ...prior });
  const upper = alpha === harmAlpha ? found : test(scaled, { alpha: harmAlpha, ...prior });
  // Weekly blocks leave the days of an unfinished week out of the bound, not out of what was earned.
  const mean = days.length === 0 ? null : scaled.reduce((sum, value) => sum + value, 0) / days.length;
  return {
    mean,
    lowerBound: finite(found.lowerBound),
    upperBound: finite(upper.upperBound),
    standardDeviation: finite(found.standardDeviation),
    autocorrelation: found.n === 0 ? null : finite(found.autocorrelation),
    effectiveDays: found.n === 0 ? null : finite(found.effectiveDays),
  };
}

export type PairEvidence = Pick<
  SliceEvidence,
  | 'matureDays'
  | 'rows'
  | 'meanDifference'
  | 'lowerBound'
  | 'upperBound'
  | 'standardDeviation'
  | 'autocorrelation'
  | 'effectiveDays'
  | 'verdict'
  | 'worstCase'
>;

/** What the pairing of days says about a slice: both decisions valued on the same records. */
export function weighPairs(
  days: readonly DatedSliceDay[],
  { margin, evidenceBy }: Pick<Policy, 'margin' | 'evidenceBy'>,
  levels: Levels,
): PairEvidence {
  const shifted = (value: (day: DatedSliceDay) => number) =>
    weighDays(
      days.map((day) => ({ rows: day.rows, value: value(day) + margin })),
      levels,
      evidenceBy,
    );
  const back = (value: number | null) => (value === null ? null : value - margin);
  const found = shifted(({ mean }) => mean);
  const common = {
    matureDays: days.length,
    rows: days.reduce((sum, day) => sum + day.rows, 0),
    meanDifference: back(found.mean),
    standardDeviation: found.standardDeviation,
    autocorrelation: found.autocorrelation,
    effectiveDays: found.effectiveDays,
  };
  const selective = days.some(({ worstCase }) => worstCase);
  if (!selective) {
    const bounds = { lowerBound: back(found.lowerBound), upperBound: back(found.upperBound) };
    return { ...common, ...bounds, verdict: verdictOf(bounds, margin, days.length) };
  }
  // What was never seen may be anything: the lower bound is that of the worst case, the upper of the best.
  const worst = shifted(({ worstCase, mean }) => worstCase?.lowest ?? mean);
  const best = shifted(({ worstCase, mean }) => worstCase?.highest ?? mean);
  const bounds = { lowerBound: back(worst.lowerBound), upperBound: back(best.upperBound) };
  return {
    ...common,
    ...bounds,
    worstCase: { lowest: back(worst.mean) ?? 0, highest: back(best.mean) ?? 0 },
    verdict: verdictOf(bounds, margin, days.length),
  };
}

/** One pair of bounds answers every question at no extra alpha: a missing bound answers none. */
export function verdictOf(
  { lowerBound, upperBound }: { readonly lowerBound: number | null; readonly upperBound: number | null },
  margin: number,
  days: number,
): Verdict {
  if (days === 0) return 'NOT_ASSESSABLE';
  if (lowerBound !== null && lowerBound > 0) return 'EXCEEDS';
  if (lowerBound !== null && lowerBound > -margin) return 'MEETS';
  if (upperBound !== null && upperBound < -margin) return 'HARMS';
  return 'INCONCLUSIVE';
}
