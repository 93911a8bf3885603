/** Bins of the score histogram: AUC from it is exact but for pairs that share a bin. */
export const BINS = 2048;
/** Bins of the calibration: each is 128 bins of the histogram, so its counts are theirs. */
export const CALIBRATION_BINS = 16;

/** Whole numbers below 2^53, exact in a double. */
export const COUNTS = [
  'rows',
  'labelled',
  'challenger.trueNegative',
  'challenger.falseNegative',
  'challenger.falsePositive',
  'challenger.truePositive',
  'incumbent.trueNegative',
  'incumbent.falseNegative',
  'incumbent.falsePositive',
  'incumbent.truePositive',
] as const;

/** Sums over labelled rows, each in two doubles: see compensated-sum.ts. */
export const SUMS = [
  'challenger.value',
  'incumbent.value',
  'difference',
  'differenceSquared',
  'brier',
  'logLoss',
  'challenger.absoluteError',
  'challenger.squaredError',
  'incumbent.absoluteError',
  'incumbent.squaredError',
  'challenger.falsePositiveValue',
  'incumbent.falsePositiveValue',
] as const;

export type Count = (typeof COUNTS)[number];
export type Sum = (typeof SUMS)[number];

/*
 * Where each number of a slice stands in its Float64Array: counts, sums (two doubles each), the sum of the scores
 * of each calibration bin (two doubles each), the histogram of the positive class, that of the negative class.
 */
export const SUMS_AT: number = COUNTS.length;
export const CALIBRATION_AT: number = SUMS_AT + 2 * SUMS.length;
export const POSITIVES_AT: number = CALIBRATION_AT + 2 * CALIBRATION_BINS;
export const NEGATIVES_AT: number = POSITIVES_AT + BINS;
export const WIDTH: number = NEGATIVES_AT + BINS;

export const countAt = (name: Count): number => COUNTS.indexOf(name);
export const sumAt = (name: Sum): number => SUMS_AT + 2 * SUMS.indexOf(name);
