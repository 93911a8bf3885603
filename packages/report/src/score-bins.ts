import { formatNumber } from './money.ts';

/** One of equal bins of the score over [0, 1]. */
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly middle: number;
}

export function binsOf(counts: readonly number[]): Bin[] {
  const width = 1 / counts.length;
  return counts.map((_, bin) => ({ low: bin * width, high: (bin + 1) * width, middle: (bin + 0.5) * width }));
}

/** `0.25 to 0.31`. */
export const rangeText = ({ low, high }: Bin): string =>
  `${formatNumber(low, 2)} to ${formatNumber(high, 2)}`;
