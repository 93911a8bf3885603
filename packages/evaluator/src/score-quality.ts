import { BINS, CALIBRATION_BINS } from './metric-layout.ts';

/** A number read off histograms: the exact one, over the scores themselves, is at most `error` away. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** Labelled rows by score, BINS equal bins over [0, 1], for each class. */
export interface ScoreHistograms {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

const sumOf = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);
const at = (counts: Float64Array, bin: number): number => counts[bin] as number;

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counted half. Pairs within a
 * bin are counted half, so the error is at most half their share. Null where a class is absent.
 */
export function areaUnderCurve({ positives, negatives }: ScoreHistograms): Estimate | null {
  const pairs = sumOf(positives) * sumOf(negatives);
  if (pairs === 0) return null;
  let below = 0;
  let wins = 0;
  let unsure = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    const positive = at(positives, bin);
    const negative = at(negatives, bin);
    wins += positive * (below + negative / 2);
    unsure += (positive * negative) / 2;
    below += negative;
  }
  return { value: wins / pairs, error: unsure / pairs };
}

/**
 * Average precision: the sum over thresholds, from the highest, of precision times the recall gained. Within a
 * bin the precision lies between that of its negatives coming first and of its positives coming first. Null
 * where there are no positives.
 */
export function averagePrecision({ positives, negatives }: ScoreHistograms): Estimate | null {
  const all = sumOf(positives);
  if (all === 0) return null;
  let hits = 0;
  let misses = 0;
  let value = 0;
  let error = 0;
  for (let bin = BINS - 1; bin >= 0; bin -= 1) {
    const positive = at(positives, bin);
    const negative = at(negatives, bin);
    if (positive > 0) {
      const gained = positive / all;
      const tied = (hits + positive) / (hits + positive + misses + negative);
      const best = (hits + positive) / (hits + positive + misses);
      const worst = (hits + 1) / (hits + 1 + misses + negative);
      value += gained * tied;
      error += gained * Math.max(best - tied, tied - worst);
    }
    hits += positive;
    misses += negative;
  }
  return { value, error };
}

/**
 * Kolmogorov-Smirnov: the largest distance between the classes' distributions of the score. Exact at the edges of
 * the bins; inside one it can be larger by what the bin holds. Null where a class is absent.
 */
export function kolmogorovSmirnov({ positives, negatives }: ScoreHistograms): Estimate | null {
  const allPositives = sumOf(positives);
  const allNegatives = sumOf(negatives);
  if (allPositives === 0 || allNegatives === 0) return null;
  let distance = 0;
  let value = 0;
  let most = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    const up = at(positives, bin) / allPositives;
    const down = at(negatives, bin) / allNegatives;
    most = Math.max(most, Math.abs(distance + up), Math.abs(distance - down));
    distance += up - down;
    value = Math.max(value, Math.abs(distance));
  }
  return { value, error: Math.max(0, most - value) };
}

/**
 * Expected calibration error over CALIBRATION_BINS equal bins: how far the mean score of a bin is from its share
 * of positives, weighted by its rows. Exact but for rounding: the sums of the scores are kept. Null without rows.
 */
export function calibrationError({
  positives,
  negatives,
  scoreSums,
}: ScoreHistograms & { readonly scoreSums: Float64Array }): Estimate | null {
  const rows = sumOf(positives) + sumOf(negatives);
  if (rows === 0) return null;
  const width = BINS / CALIBRATION_BINS;
  let gaps = 0;
  for (let bin = 0; bin < CALIBRATION_BINS; bin += 1) {
    const inBin = sumOf(positives.subarray(bin * width, (bin + 1) * width));
    gaps += Math.abs(inBin - (scoreSums[bin] as number));
  }
  return { value: gaps / rows, error: 1e-12 };
}

/** Buckets of the stability index, of about equal baseline rows. */
const BUCKETS = 10;

/**
 * The edges, as bins, between buckets that hold about a tenth of the baseline each; fewer where many rows share a
 * bin.
 */
export function stabilityEdges({ positives, negatives }: ScoreHistograms): number[] {
  const rows = sumOf(positives) + sumOf(negatives);
  const edges: number[] = [];
  let below = 0;
  for (let bin = 0; bin < BINS - 1; bin += 1) {
    below += at(positives, bin) + at(negatives, bin);
    if (below >= ((edges.length + 1) * rows) / BUCKETS && edges.length < BUCKETS - 1) edges.push(bin + 1);
  }
  return edges;
}

/**
 * Population stability index of the scores against a baseline: sum over buckets of (p - q) ln(p / q). Half a row
 * is added to every bucket, so that an empty one gives no infinity. Exact for its buckets, whose edges are bins'.
 * Null where either has no rows.
 */
export function stabilityIndex(baseline: ScoreHistograms, current: ScoreHistograms): Estimate | null {
  const edges = [...stabilityEdges(baseline), BINS];
  const shares = ({ positives, negatives }: ScoreHistograms) => {
    const rows = sumOf(positives) + sumOf(negatives);
    return edges.map((edge, bucket) => {
      const from = bucket === 0 ? 0 : (edges[bucket - 1] as number);
      const held = sumOf(positives.subarray(from, edge)) + sumOf(negatives.subarray(from, edge));
      return rows === 0 ? Number.NaN : (held + 0.5) / (rows + 0.5 * edges.length);
    });
  };
  const before = shares(baseline);
  const now = shares(current);
  const value = now.reduce((sum, p, bucket) => {
    const q = before[bucket] as number;
    return sum + (p - q) * Math.log(p / q);
  }, 0);
  return Number.isNaN(value) ? null : { value, error: 1e-12 };
}
