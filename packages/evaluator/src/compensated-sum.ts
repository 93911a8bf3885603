/**
 * Sums in two doubles (Neumaier): `values[at]` is the sum as it rounds, `values[at + 1]` what rounding lost. The
 * error stays near 2^-106 of the sum of sizes, in any order and under any split.
 */
export function addTo(values: Float64Array, at: number, value: number): void {
  const before = values[at] as number;
  const after = before + value;
  const part = after - before;
  values[at] = after;
  values[at + 1] = (values[at + 1] as number) + (before - (after - part) + (value - part));
}

/** Adds one sum to another. */
export function addSum(values: Float64Array, at: number, other: Float64Array): void {
  addTo(values, at, other[at] as number);
  values[at + 1] = (values[at + 1] as number) + (other[at + 1] as number);
}

export const total = (values: Float64Array, at: number): number =>
  (values[at] as number) + (values[at + 1] as number);
