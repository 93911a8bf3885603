import type { Columns } from './model.ts';

/** Columns cut into at most 256 bins each: what histograms are built over. */
export type Bins = {
  /** For each feature, the lower bounds of bins 1, 2, …; bin 0 holds what lies below the first, and NaN. */
  readonly bounds: readonly Float64Array[];
  readonly bins: readonly Uint8Array[];
};

/** Cuts every column at its quantiles, so that bins hold about equally many rows; few distinct values get one bin each. */
export function cut(columns: Columns, maximum: number): Bins {
  const bounds = columns.map((column) => {
    const sorted = column.filter((value) => !Number.isNaN(value)).sort();
    const found: number[] = [];
    for (let bin = 0; bin < maximum - 1 && sorted.length > 0; bin++) {
      const value = sorted[Math.floor((bin * sorted.length) / (maximum - 1))] as number;
      if (found.length === 0 || value > (found.at(-1) as number)) found.push(value);
    }
    return Float64Array.from(found);
  });
  const bins = columns.map((column, feature) => {
    const lower = bounds[feature] as Float64Array;
    return Uint8Array.from(column, (value) => binOf(lower, value));
  });
  return { bounds, bins };
}

function binOf(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value >= (bounds[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
