import type { Sides } from '../../inference/asymptotic-confidence-sequence.ts';
import { requireAlpha, requirePositive } from '../../inference/domain.ts';
import { normalUpperTail } from '../../inference/normal-distribution.ts';
import { crossing } from '../../inference/root.ts';

export interface MixtureOptions {
  /** Crossing probability over all time: below ½ when one-sided, below 1 when two-sided. */
  readonly alpha: number;
  readonly sides: Sides;
}

/**
 * The rho, in units of intrinsic time, that makes the bound (nearly) narrowest at intrinsic time `v` (the sum of
 * the variances so far). A closed-form approximation; 2 alpha takes the place of alpha when one-sided.
 *
 * Source: Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences",
 * Annals of Statistics 49 (2021) 1055, section 3.5; `best_rho` in the package confseq.
 *
 * @throws RangeError when v is not positive or alpha outside its domain.
 */
export function bestRho(v: number, { alpha, sides }: MixtureOptions): number {
  requirePositive(v, 'v');
  requireAlpha(alpha, sides);
  const logLevel = -2 * Math.log(sides === 'one' ? 2 * alpha : alpha);
  return v / (logLevel + Math.log1p(logLevel));
}

/**
 * The sum of centred sub-Gaussian steps whose variances add up to `v` stays below this at every v with probability
 * 1 - alpha (two-sided: its absolute value does). Unit: the steps'.
 *
 * Source: same paper, propositions 5 (two-sided) and 6 (one-sided); `normal_mixture_bound` in confseq. The one-sided
 * mixture is over a half-normal and has no closed form, hence the root.
 *
 * @throws RangeError when v is negative, rho not positive or alpha outside its domain.
 */
export function normalMixtureBound(v: number, rho: number, { alpha, sides }: MixtureOptions): number {
  if (!(v >= 0 && Number.isFinite(v))) throw new RangeError(`v is ${v}; give an intrinsic time, 0 or more`);
  requirePositive(rho, 'rho');
  requireAlpha(alpha, sides);
  const logThreshold = -Math.log(alpha);
  if (sides === 'two') return Math.sqrt((v + rho) * (Math.log1p(v / rho) + 2 * logThreshold));
  return crossing((s) => halfNormalLogMixture(s, v, rho) - logThreshold);
}

function halfNormalLogMixture(s: number, v: number, rho: number): number {
  const total = v + rho;
  return (
    0.5 * Math.log((4 * rho) / total) +
    (s * s) / (2 * total) +
    Math.log1p(-normalUpperTail(s / Math.sqrt(total)))
  );
}
