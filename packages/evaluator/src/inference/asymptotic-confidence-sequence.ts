import { requireAlpha, requirePositive } from './domain.ts';

/** `one`: each bound holds with probability 1 - alpha on its own. `two`: both hold together. */
export type Sides = 'one' | 'two';

/** A mean, or a difference of means, with what is known about its precision. */
export interface Estimate {
  /** Rows behind it, of both arms together for a difference. */
  readonly n: number;
  readonly estimate: number;
  /** In the unit of the estimate; Infinity where it is not known. */
  readonly standardError: number;
}

export interface ConfidenceSequenceOptions {
  /** Error probability over all looks together: below ½ when one-sided, below 1 when two-sided. */
  readonly alpha: number;
  readonly sides: Sides;
  /** N*: the number of rows at which the bound is to be narrowest. A choice made before the data, positive. */
  readonly narrowestAt: number;
}

export interface ConfidenceSequence {
  readonly n: number;
  readonly estimate: number;
  readonly halfWidth: number;
  /** -Infinity while the precision is not known. */
  readonly lowerBound: number;
  /** Infinity while the precision is not known. */
  readonly upperBound: number;
}

/**
 * Bounds on a mean that may be read after every row.
 *
 * Asymptotic: it holds as rows become many, so ask for some hundreds an arm before the first look. It takes rows
 * as independent: an arm whose days have a shock of their own needs the sequential t on days instead. A standard
 * error of 0 (no bad row in either arm) gives bounds equal to the estimate.
 *
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence
 * sequences", arXiv 2103.06476v7: eq. 9 (two-sided), eq. 134 (one-sided), with s² = n SE². As in gbstats, the
 * statistics of GrowthBook.
 *
 * @throws RangeError when an option is outside its domain or the standard error is negative.
 */
export function asymptoticConfidenceSequence(
  { n, estimate, standardError }: Estimate,
  options: ConfidenceSequenceOptions,
): ConfidenceSequence {
  const { alpha, sides } = options;
  const rho = mixtureScale(options);
  if (standardError < 0) throw new RangeError(`standardError is ${standardError}; it cannot be negative`);
  if (!(n > 0) || !Number.isFinite(estimate) || !Number.isFinite(standardError)) {
    return { n, estimate, halfWidth: Infinity, lowerBound: -Infinity, upperBound: Infinity };
  }
  const spread = n * rho * rho + 1;
  const logThreshold =
    sides === 'one' ? Math.log1p(Math.sqrt(spread) / (2 * alpha)) : Math.log(Math.sqrt(spread) / alpha);
  const halfWidth = standardError * Math.sqrt(n) * Math.sqrt(((2 * spread) / (n * rho) ** 2) * logThreshold);
  return { n, estimate, halfWidth, lowerBound: estimate - halfWidth, upperBound: estimate + halfWidth };
}

/**
 * rho, the scale of the normal mixture, in 1/sqrt(rows): how far from 0 effects are looked for. Closed-form
 * approximation to the best one at N* rows (same paper, eq. 161, and with 2 alpha when one-sided). Good up to alpha
 * of about .2; as the level goes to its limit rho goes to 0 and the bound with it to infinity.
 *
 * @throws RangeError when an option is outside its domain.
 */
export function mixtureScale({ alpha, sides, narrowestAt }: ConfidenceSequenceOptions): number {
  requireAlpha(alpha, sides);
  requirePositive(narrowestAt, 'narrowestAt');
  const twoSidedLevel = sides === 'one' ? 2 * alpha : alpha;
  const logLevel = -2 * Math.log(twoSidedLevel);
  return Math.sqrt((logLevel + Math.log1p(logLevel)) / narrowestAt);
}
