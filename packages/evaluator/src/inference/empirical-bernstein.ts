import { requireAlpha } from './domain.ts';

/** Bets above this would let one row undo all the evidence. */
const MAX_BET = 0.5;

/** Added before the first value, so that the first bet has a mean and a variance to go by. */
const PRIOR = { rows: 1, mean: 0.5, variance: 0.25 };

export interface EmpiricalBernsteinOptions {
  /** One-sided level over all looks together; above 0, below ½. Both bounds hold together at 2 alpha. */
  readonly alpha: number;
  /** The least and the greatest value possible, known before the data; [0, 1] by default. */
  readonly range?: readonly [least: number, greatest: number];
  /**
   * What a value is compared with to measure its surprise: the plain mean of the values before it (the least
   * possible value before the first), the default, or that mean with the prior's ½ counted in.
   */
  readonly centre?: 'running-mean' | 'prior-mean';
}

/**
 * Sums over the values so far, order-sensitive: it can be updated, not combined. Values are taken as shares of the
 * range. Plain numbers, so it can be stored.
 */
export interface EmpiricalBernsteinState {
  readonly options: Required<EmpiricalBernsteinOptions>;
  readonly n: number;
  readonly sum: number;
  /** Sum of (x - m_t)². */
  readonly squares: number;
  readonly bets: number;
  readonly betsTimesValues: number;
  /** Sum of (x - centre)² (-ln(1 - bet) - bet), for the lower bound. */
  readonly surpriseBelow: number;
  /** The same of 1 - x, for the upper bound: only the first value differs. */
  readonly surpriseAbove: number;
}

export interface EmpiricalBernstein {
  readonly n: number;
  /** Plain mean. NaN when n = 0. */
  readonly mean: number;
  /** The mean weighted by the bets, which the bounds stand around. NaN when n = 0. */
  readonly weightedMean: number;
  /** Below the true mean at every look with probability 1 - alpha. The least possible value when n = 0. */
  readonly lowerBound: number;
  /** Above the true mean at every look with probability 1 - alpha, on its own. */
  readonly upperBound: number;
}

/** @throws RangeError when alpha is outside its domain or the range empty. */
export function initializeEmpiricalBernstein(options: EmpiricalBernsteinOptions): EmpiricalBernsteinState {
  const { alpha, range = [0, 1], centre = 'running-mean' } = options;
  requireAlpha(alpha);
  const width = range[1] - range[0];
  if (!(width > 0 && Number.isFinite(width))) {
    throw new RangeError(`range is [${range}]; give the least and the greatest value possible`);
  }
  return {
    options: { alpha, range, centre },
    n: 0,
    sum: 0,
    squares: 0,
    bets: 0,
    betsTimesValues: 0,
    surpriseBelow: 0,
    surpriseAbove: 0,
  };
}

/**
 * One value more, in time that does not grow.
 *
 * @throws RangeError when the value is outside the range: the bound would be void.
 */
export function updateEmpiricalBernstein(
  state: EmpiricalBernsteinState,
  value: number,
): EmpiricalBernsteinState {
  const { alpha, range, centre } = state.options;
  const [least, greatest] = range;
  if (!(value >= least && value <= greatest)) {
    throw new RangeError(`value ${state.n} is ${value}, outside its range [${range}]`);
  }
  const x = (value - least) / (greatest - least);
  const t = state.n + 1;
  const variance = (PRIOR.variance + state.squares) / t;
  const bet = Math.min(MAX_BET, Math.sqrt((2 * -Math.log(alpha)) / (t * Math.log1p(t) * variance)));
  const price = -Math.log1p(-bet) - bet;
  const expected = priorMean(state);
  const plainMean = state.n === 0 ? undefined : state.sum / state.n;
  const below = centre === 'prior-mean' ? expected : (plainMean ?? 0);
  const above = centre === 'prior-mean' ? expected : (plainMean ?? 1);
  const next = { ...state, n: t, sum: state.sum + x };
  return {
    ...next,
    squares: state.squares + (x - priorMean(next)) ** 2,
    bets: state.bets + bet,
    betsTimesValues: state.betsTimesValues + bet * x,
    surpriseBelow: state.surpriseBelow + (x - below) ** 2 * price,
    surpriseAbove: state.surpriseAbove + (x - above) ** 2 * price,
  };
}

/** The bounds after the values so far. */
export function finalizeEmpiricalBernstein(state: EmpiricalBernsteinState): EmpiricalBernstein {
  const { alpha, range } = state.options;
  const [least, greatest] = range;
  const { n } = state;
  if (n === 0) {
    return { n, mean: Number.NaN, weightedMean: Number.NaN, lowerBound: least, upperBound: greatest };
  }
  const scale = greatest - least;
  const weightedMean = least + scale * (state.betsTimesValues / state.bets);
  const logThreshold = -Math.log(alpha);
  const below = (scale * (logThreshold + state.surpriseBelow)) / state.bets;
  const above = (scale * (logThreshold + state.surpriseAbove)) / state.bets;
  return {
    n,
    mean: least + (scale * state.sum) / n,
    weightedMean,
    lowerBound: Math.max(least, weightedMean - below),
    upperBound: Math.min(greatest, weightedMean + above),
  };
}

/**
 * Bounds on the mean of bounded values that may be read after every value; no normality and no sample size asked.
 * Values must have the same conditional mean given those before them, such as independent rows.
 *
 * Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024) 1,
 * theorem 2, predictable plug-in empirical Bernstein; `predmix_empbern_lower_cs` in the package confseq, which
 * centres at the plain running mean while the theorem counts the prior in. Any centre known beforehand is valid.
 *
 * @throws RangeError when a value is outside the range or an option outside its domain.
 */
export function empiricalBernstein(
  values: readonly number[],
  options: EmpiricalBernsteinOptions,
): EmpiricalBernstein {
  return finalizeEmpiricalBernstein(
    values.reduce(updateEmpiricalBernstein, initializeEmpiricalBernstein(options)),
  );
}

function priorMean({ n, sum }: { n: number; sum: number }): number {
  return (PRIOR.rows * PRIOR.mean + sum) / (PRIOR.rows + n);
}
