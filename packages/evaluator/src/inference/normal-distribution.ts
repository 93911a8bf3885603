import erfc from '@stdlib/math-base-special-erfc';
import erfcinv from '@stdlib/math-base-special-erfcinv';

/** P(Z > z) of the standard normal. Through erfc and not 1 - P(Z <= z), which has no digits left beyond z = 8. */
export function normalUpperTail(z: number): number {
  return erfc(z * Math.SQRT1_2) / 2;
}

/** The z with P(Z > z) = probability. Domain [0, 1]: Infinity at 0, -Infinity at 1, NaN outside. */
export function normalUpperQuantile(probability: number): number {
  return Math.SQRT2 * erfcinv(2 * probability);
}
