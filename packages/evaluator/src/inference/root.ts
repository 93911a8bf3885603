/** Doublings from 1 that bracket anything a bound can be; beyond lies a bug, not a root. */
const MAX_DOUBLINGS = 200;

/**
 * The x >= 0 where the increasing function `f` crosses from negative to positive, by bisection to the last bit
 * that a double has. 0 when f(0) is not negative.
 *
 * @throws RangeError when `f` stays negative, or is NaN, however far one looks.
 */
export function crossing(f: (x: number) => number): number {
  if (f(0) >= 0) return 0;
  let high = 1;
  for (let doubling = 0; !(f(high) >= 0); doubling++) {
    if (doubling === MAX_DOUBLINGS)
      throw new RangeError('the function never turns positive: no root to find');
    high *= 2;
  }
  let low = high === 1 ? 0 : high / 2;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (f(middle) >= 0) high = middle;
    else low = middle;
  }
}
