import type { Estimate } from './asymptotic-confidence-sequence.ts';
import { requireCount } from './domain.ts';

/** One arm's rows. */
export interface Moments {
  readonly n: number;
  /** NaN when n = 0. */
  readonly mean: number;
  /** Of a row, with n - 1 in the denominator. Infinity (not known) when n < 2. */
  readonly variance: number;
}

/** Both arms over the same rows of time. */
export interface Arms {
  readonly control: Moments;
  readonly challenger: Moments;
}

/**
 * From the sums that a day's metric state keeps.
 *
 * @throws RangeError when n is no whole number or a sum is not finite.
 */
export function momentsOfSums(sums: { n: number; sum: number; sumOfSquares: number }): Moments {
  const { n, sum, sumOfSquares } = sums;
  requireCount(n, 'n');
  if (!Number.isFinite(sum) || !Number.isFinite(sumOfSquares)) {
    throw new RangeError(`sum ${sum} and sumOfSquares ${sumOfSquares} must be finite`);
  }
  if (n === 0) return { n, mean: Number.NaN, variance: Infinity };
  // Rounding can take the difference of two large numbers below 0.
  const squares = Math.max(0, sumOfSquares - (sum * sum) / n);
  return { n, mean: sum / n, variance: n > 1 ? squares / (n - 1) : Infinity };
}

/**
 * Of rows that are 0 or 1, with the variance p (1 - p) that gbstats takes.
 *
 * @throws RangeError when a count is no whole number or successes exceed n.
 */
export function momentsOfProportion({ n, successes }: { n: number; successes: number }): Moments {
  requireCount(n, 'n');
  requireCount(successes, 'successes');
  if (successes > n) throw new RangeError(`${successes} successes in ${n} rows; give at most n`);
  if (n === 0) return { n, mean: Number.NaN, variance: Infinity };
  const mean = successes / n;
  return { n, mean, variance: n > 1 ? mean * (1 - mean) : Infinity };
}

/** mean(challenger) - mean(control), of independent arms. In the unit of a row. */
export function absoluteDifference({ control, challenger }: Arms): Estimate {
  return {
    n: control.n + challenger.n,
    estimate: challenger.mean - control.mean,
    standardError: Math.sqrt(control.variance / control.n + challenger.variance / challenger.n),
  };
}

/**
 * (mean(challenger) - mean(control)) / mean(control), a share: .02 is 2 %. The standard error is the delta method's,
 * to be trusted only where the control's mean is many standard errors away from 0. A control mean of 0, or an empty
 * arm, has no relative difference: the estimate is NaN and its standard error Infinity.
 */
export function relativeDifference({ control, challenger }: Arms): Estimate {
  const n = control.n + challenger.n;
  const estimate = (challenger.mean - control.mean) / control.mean;
  if (!Number.isFinite(estimate)) return { n, estimate: Number.NaN, standardError: Infinity };
  const ratio = challenger.mean / control.mean;
  const variance =
    (challenger.variance / challenger.n + (ratio * ratio * control.variance) / control.n) / control.mean ** 2;
  return { n, estimate, standardError: Math.sqrt(variance) };
}

export interface WithinDayDifference extends Estimate {
  /** Days with at least two rows in either arm; the others have no difference and are not in the numbers. */
  readonly days: number;
}

/**
 * Differences taken within each day and then averaged, so that what a day does to both arms alike (weather, a
 * campaign, an outage) cancels, even while the percentage, and with it the mix of days in an arm, changes. A day
 * weighs control.n challenger.n / (control.n + challenger.n): the weights of least variance for rows of equal
 * variance, free of the outcomes. Without a usable day the estimate is NaN and its standard error Infinity.
 *
 * Source: stratified difference of means; e.g. Cochran, "Sampling Techniques", ch. 5.
 */
export function withinDayDifference(days: readonly Arms[]): WithinDayDifference {
  const usable = days.filter(({ control, challenger }) => control.n > 1 && challenger.n > 1);
  if (usable.length === 0) return { n: 0, estimate: Number.NaN, standardError: Infinity, days: 0 };
  let n = 0;
  let weights = 0;
  let weighted = 0;
  let variance = 0;
  for (const arms of usable) {
    const day = absoluteDifference(arms);
    const weight = (arms.control.n * arms.challenger.n) / day.n;
    n += day.n;
    weights += weight;
    weighted += weight * day.estimate;
    variance += (weight * day.standardError) ** 2;
  }
  return {
    n,
    estimate: weighted / weights,
    standardError: Math.sqrt(variance) / weights,
    days: usable.length,
  };
}
