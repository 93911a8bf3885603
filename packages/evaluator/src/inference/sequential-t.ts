import { requireAlpha, requireFinite, requirePositive } from './domain.ts';

/** The g that gives the narrowest bound at 28 independent days and a one-sided alpha of .05. */
const G_AT_28_DAYS = 3.66;

/** Above this, n days hold so few effective ones that the estimate of phi itself is noise. */
const MAX_AUTOCORRELATION = 0.8;

const DAYS_PER_WEEK = 7;

/** With fewer, the lag-1 autocorrelation is fixed by arithmetic (-1/2 at n = 2) and says nothing. */
const MIN_DAYS = 3;

export interface SequentialTOptions {
  /** One-sided level, over all looks together; above 0, below ½. */
  readonly alpha: number;
  /** Weight of the prior, in days. Grows with the number of days at which the bound is to be narrowest. Positive. */
  readonly g?: number;
  /** AR(1) coefficient in [0, 1), where it is known, or `estimated` from the values, the default. */
  readonly autocorrelation?: 'estimated' | number;
}

export interface SequentialT {
  /** Days, or blocks of days, that were given. */
  readonly n: number;
  /** In the unit of the values. NaN when n = 0. */
  readonly mean: number;
  /** With n - 1 in the denominator, in the unit of the values. NaN when n < 2. */
  readonly standardDeviation: number;
  /** phi, in [0, .8] when estimated. 0 when there is no variation to correlate or n < 3. */
  readonly autocorrelation: number;
  /** n_e = n (1 - phi) / (1 + phi): how many independent days carry as much information. */
  readonly effectiveDays: number;
  /** nu = n_e - 1. */
  readonly degreesOfFreedom: number;
  /** T = mean sqrt(n_e) / s. 0 when n < 3; infinite when all values are equal and not 0. */
  readonly t: number;
  /** Natural logarithm of the e-value against a mean of 0, two-sided. 0 (E = 1) when n < 3 or nu <= 0. */
  readonly logE: number;
  /** Below the true mean at every look with probability 1 - alpha. -Infinity while there are too few days. */
  readonly lowerBound: number;
  /** Above the true mean at every look with probability 1 - alpha, on its own. Infinity while too few days. */
  readonly upperBound: number;
  /** E >= 1 / (2 alpha) and T > 0, which is the same as lowerBound > 0. */
  readonly promotes: boolean;
}

/**
 * The sequential t-test on daily means that may be read every day: is the mean above 0?
 *
 * `values` holds one number a day, in order of the days, such as the daily mean difference plus the non-inferiority
 * margin. For independent normal days at the null E is a martingale from look to look, so E ever reaches
 * 1 / (2 alpha) with probability 2 alpha at most, and by symmetry does so first with T > 0 with alpha at most. (Paths
 * that were as far below 0 before are not counted in that; simulation finds no room for them.) Shrinking n to n_e for
 * autocorrelated days is a heuristic that stands on simulation.
 *
 * All values equal: T is infinite (0 if they are all 0), both bounds equal the mean once there are days enough,
 * and E is its limit ((g + n) / g)^(nu / 2). A constant 0 failures a day is then proof against a margin after
 * some days, and against no margin never.
 *
 * Sources: Lindon, Ham, Tingley, Bojinov, "Anytime-Valid Linear Models and Regression Adjusted Causal Inference in
 * Randomized Experiments", arXiv 2210.08589, R package avlm (E and the bound); Marriott and Pope, Biometrika 41
 * (1954) 390 (bias of r1, after Kendall); Bayley and Hammersley, JRSS Supplement 8 (1946) 184 (effective number of
 * observations).
 *
 * @throws RangeError when a value is not finite (it names the index) or an option is outside its domain.
 */
export function sequentialT(values: readonly number[], options: SequentialTOptions): SequentialT {
  const { alpha, g = G_AT_28_DAYS, autocorrelation: given = 'estimated' } = options;
  requireAlpha(alpha);
  requirePositive(g, 'g');
  if (given !== 'estimated' && !(given >= 0 && given < 1)) {
    throw new RangeError(`autocorrelation is ${given}; give a number in [0, 1), or 'estimated'`);
  }

  const n = values.length;
  const { mean, standardDeviation, lag1 } = describe(values);
  const phi = given === 'estimated' ? correctedAutocorrelation(lag1, n) : given;
  const effectiveDays = (n * (1 - phi)) / (1 + phi);
  const nu = effectiveDays - 1;
  const described = {
    n,
    mean,
    standardDeviation,
    autocorrelation: phi,
    effectiveDays,
    degreesOfFreedom: nu,
  };
  if (n < MIN_DAYS) {
    return { ...described, t: 0, logE: 0, lowerBound: -Infinity, upperBound: Infinity, promotes: false };
  }
  // 0/0 is no evidence in either direction.
  const t = mean === 0 ? 0 : (mean * Math.sqrt(effectiveDays)) / standardDeviation;
  const logE = logEValue(t, nu, effectiveDays, g);
  const critical = criticalT(nu, effectiveDays, g, alpha);
  // Infinity times a standard deviation of 0 would be NaN.
  const halfWidth =
    critical === Infinity ? Infinity : critical * (standardDeviation / Math.sqrt(effectiveDays));
  return {
    ...described,
    t,
    logE,
    lowerBound: mean - halfWidth,
    upperBound: mean + halfWidth,
    promotes: t > 0 && logE >= -Math.log(2 * alpha),
  };
}

/**
 * The strict mode: the sequential t on weekly blocks, taken as independent. It absorbs a weekly cycle and most of
 * the autocorrelation, at the price of power. n and effectiveDays count blocks; g is still in days, since the same g
 * of blocks would put the narrowest bound seven times as late.
 *
 * @throws RangeError as `sequentialT`.
 */
export function sequentialTStrict(
  values: readonly number[],
  options: Omit<SequentialTOptions, 'autocorrelation'>,
): SequentialT {
  const { alpha, g = G_AT_28_DAYS } = options;
  return sequentialT(weeklyBlocks(values), { alpha, g: g / DAYS_PER_WEEK, autocorrelation: 0 });
}

/**
 * Means of the complete blocks of 7 consecutive days, counted from the first value; the last, incomplete block is
 * left out, so that a block never changes once it is seen.
 *
 * @throws RangeError when a value is not finite.
 */
export function weeklyBlocks(values: readonly number[]): number[] {
  requireFinite(values);
  const blocks = Math.floor(values.length / DAYS_PER_WEEK);
  return Array.from({ length: blocks }, (_, block) => {
    const week = values.slice(block * DAYS_PER_WEEK, (block + 1) * DAYS_PER_WEEK);
    return week.reduce((sum, value) => sum + value, 0) / DAYS_PER_WEEK;
  });
}

interface Description {
  readonly mean: number;
  readonly standardDeviation: number;
  /** Lag-1 autocorrelation r1; undefined when there is no variation to correlate. */
  readonly lag1: number | undefined;
}

function describe(values: readonly number[]): Description {
  const [first] = values;
  if (first === undefined) return { mean: Number.NaN, standardDeviation: Number.NaN, lag1: undefined };
  // Taken from the first value, equal values have a variance of exactly 0, whatever their binary rounding.
  let shifts = 0;
  for (const value of values) shifts += value - first;
  if (!Number.isFinite(shifts)) requireFinite(values);
  const shift = shifts / values.length;
  let squares = 0;
  let products = 0;
  let previous = 0;
  for (const value of values) {
    const deviation = value - first - shift;
    squares += deviation * deviation;
    products += deviation * previous;
    previous = deviation;
  }
  return {
    mean: first + shift,
    standardDeviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : Number.NaN,
    lag1: squares > 0 ? products / squares : undefined,
  };
}

/** r1 estimates phi too low by about (1 + 3 phi) / n. A negative phi is not used: it would add days. */
function correctedAutocorrelation(lag1: number | undefined, n: number): number {
  if (n < MIN_DAYS || lag1 === undefined) return 0;
  return Math.min(MAX_AUTOCORRELATION, Math.max(0, lag1 + (1 + 3 * lag1) / n));
}

function logEValue(t: number, nu: number, effectiveDays: number, g: number): number {
  if (nu <= 0) return 0;
  const r = g / (g + effectiveDays);
  const tSquared = t * t;
  if (tSquared === Infinity) return -0.5 * nu * Math.log(r);
  return 0.5 * Math.log(r) + 0.5 * (nu + 1) * (Math.log1p(tSquared / nu) - Math.log1p((r * tSquared) / nu));
}

/** The T at which E reaches 1 / (2 alpha); Infinity where no T, however large, would. */
function criticalT(nu: number, effectiveDays: number, g: number, alpha: number): number {
  if (nu <= 0) return Infinity;
  const r = g / (g + effectiveDays);
  const p = Math.exp((Math.log(r) + 2 * Math.log(2 * alpha)) / (nu + 1));
  return p > r ? Math.sqrt((nu * (1 - p)) / (p - r)) : Infinity;
}
