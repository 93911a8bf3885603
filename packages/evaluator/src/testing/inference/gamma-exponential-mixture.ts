import gammainc from '@stdlib/math-base-special-gammainc';
import gammaln from '@stdlib/math-base-special-gammaln';
import { requireAlpha, requirePositive } from '../../inference/domain.ts';
import { crossing } from '../../inference/root.ts';

export interface GammaExponentialOptions {
  /** Crossing probability over all time, one-sided; above 0, below ½. */
  readonly alpha: number;
  /** Scale of the sub-exponential tail, in the unit of a step; for steps below b, c = b. Positive. */
  readonly c: number;
  /** In units of intrinsic time; the one-sided `bestRho` serves. Positive. */
  readonly rho: number;
}

/**
 * The sum of centred sub-exponential steps whose variances add up to `v` stays below this at every v with
 * probability 1 - alpha. For steps with a heavier upper tail than a normal's, such as losses bounded by c.
 *
 * Source: Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49 (2021) 1055, proposition 9;
 * `gamma_exponential_mixture_bound` in the package confseq.
 *
 * @throws RangeError when v is negative or an option is outside its domain.
 */
export function gammaExponentialMixtureBound(v: number, options: GammaExponentialOptions): number {
  const { alpha, c, rho } = options;
  if (!(v >= 0 && Number.isFinite(v))) throw new RangeError(`v is ${v}; give an intrinsic time, 0 or more`);
  requireAlpha(alpha);
  requirePositive(c, 'c');
  requirePositive(rho, 'rho');
  const prior = rho / (c * c);
  const posterior = (v + rho) / (c * c);
  const constant = prior * Math.log(prior) - logLowerGamma(prior, prior) + Math.log(alpha);
  return crossing((s) => {
    const growth = (c * s + v) / (c * c);
    return (
      constant + logLowerGamma(posterior, growth + prior) - posterior * Math.log(growth + prior) + growth
    );
  });
}

/** ln of the lower incomplete gamma function, the integral of t^(shape - 1) e^-t from 0 to x. */
function logLowerGamma(shape: number, x: number): number {
  return gammaln(shape) + Math.log(gammainc(x, shape, true, false));
}
