import gammainc from '@stdlib/math-base-special-gammainc';
import gammaln from '@stdlib/math-base-special-gammaln';
import { requireCount, requirePositive } from './domain.ts';

/** Rows' worth of belief in the expected shares: mismatches of about 1 / (2 sqrt(k)), 5 points, are found soonest. */
const CONCENTRATION = 100;

/** Shares given in binary fractions seldom add up to exactly 1. */
const SHARE_TOLERANCE = 1e-9;

/** What has been counted so far, and how small p has been. Plain numbers, so it can be stored. */
export interface SampleRatioState {
  readonly shares: readonly number[];
  readonly concentration: number;
  /** Rows an arm, over all updates. */
  readonly counts: readonly number[];
  /** Natural logarithm of the e-value against the expected shares; 0 before the first row. */
  readonly logE: number;
  /** min(1, 1 / E) at its smallest so far: valid at every look. */
  readonly pValue: number;
}

/**
 * The sequential test that each arm gets its share of the rows. `shares` are the arms' expected shares, each above
 * 0, together 1. They must stay the same: a new exposure percentage starts a new test.
 *
 * Source: Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data", NeurIPS 2022, arXiv 2011.03567:
 * Dirichlet(k shares) against the multinomial; k = 100 as a default.
 *
 * @throws RangeError when shares are not positive or do not add up to 1, or k is not positive.
 */
export function initializeSampleRatio(
  shares: readonly number[],
  concentration: number = CONCENTRATION,
): SampleRatioState {
  requireShares(shares);
  requirePositive(concentration, 'concentration');
  return { shares, concentration, counts: shares.map(() => 0), logE: 0, pValue: 1 };
}

/**
 * More rows, one count an arm. E depends on the totals alone; p also on where one looked in between.
 *
 * @throws RangeError when a count is no whole number or an arm is missing.
 */
export function updateSampleRatio(state: SampleRatioState, counts: readonly number[]): SampleRatioState {
  requireCounts(counts, state.shares);
  const total = state.counts.map((count, arm) => count + (counts[arm] ?? 0));
  const logE = logSampleRatioEValue(total, state.shares, state.concentration);
  return { ...state, counts: total, logE, pValue: Math.min(state.pValue, Math.exp(-logE)) };
}

/**
 * ln E of the counts: ln B(k shares + counts) - ln B(k shares) - sum of counts ln shares, B the multivariate beta
 * function. Where the expected shares are true, E has expectation 1 at any number of rows.
 *
 * @throws RangeError as `initializeSampleRatio` and `updateSampleRatio`.
 */
export function logSampleRatioEValue(
  counts: readonly number[],
  shares: readonly number[],
  concentration: number = CONCENTRATION,
): number {
  requireShares(shares);
  requireCounts(counts, shares);
  requirePositive(concentration, 'concentration');
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return shares.reduce(
    (logE, share, arm) => {
      const count = counts[arm] ?? 0;
      const prior = concentration * share;
      return logE + gammaln(prior + count) - gammaln(prior) - count * Math.log(share);
    },
    gammaln(concentration) - gammaln(concentration + rows),
  );
}

export interface ChiSquareTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Valid at one look, planned beforehand. 1 when there are no rows. */
  readonly pValue: number;
}

/**
 * Pearson's chi-square test of the same counts, for comparison with other tools; wrong when looked at daily.
 *
 * @throws RangeError as `logSampleRatioEValue`.
 */
export function sampleRatioChiSquare(counts: readonly number[], shares: readonly number[]): ChiSquareTest {
  requireShares(shares);
  requireCounts(counts, shares);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const degreesOfFreedom = shares.length - 1;
  if (rows === 0) return { statistic: 0, degreesOfFreedom, pValue: 1 };
  const statistic = shares.reduce((sum, share, arm) => {
    const expected = rows * share;
    return sum + ((counts[arm] ?? 0) - expected) ** 2 / expected;
  }, 0);
  return { statistic, degreesOfFreedom, pValue: gammainc(statistic / 2, degreesOfFreedom / 2, true, true) };
}

function requireShares(shares: readonly number[]): void {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (shares.length < 2 || !shares.every((share) => share > 0) || Math.abs(total - 1) > SHARE_TOLERANCE) {
    throw new RangeError(`shares are [${shares}]; give two or more, each above 0, that add up to 1`);
  }
}

function requireCounts(counts: readonly number[], shares: readonly number[]): void {
  if (counts.length !== shares.length) {
    throw new RangeError(`${counts.length} counts for ${shares.length} shares; give one an arm`);
  }
  counts.forEach((count, arm) => {
    requireCount(count, `counts[${arm}]`);
  });
}
