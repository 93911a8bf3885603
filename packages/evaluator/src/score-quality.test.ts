import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BINS, CALIBRATION_BINS } from './metric-layout.ts';
import {
  areaUnderCurve,
  averagePrecision,
  calibrationError,
  kolmogorovSmirnov,
  stabilityEdges,
  stabilityIndex,
} from './score-quality.ts';

interface Scored {
  readonly score: number;
  readonly label: 0 | 1;
}
const label = fc.constantFrom<0 | 1>(0, 1);
/** Spread scores, and scores that crowd into a few bins, where the bounds have to earn their keep. */
const scored: fc.Arbitrary<Scored[]> = fc.array(
  fc.record({
    score: fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 300 }).map((step) => 0.5 + step / 200_000),
      fc.constantFrom(0, 1, 0.5),
    ),
    label,
  }),
  { minLength: 1, maxLength: 200 },
);

function histograms(rows: readonly Scored[]) {
  const positives = new Float64Array(BINS);
  const negatives = new Float64Array(BINS);
  const scoreSums = new Float64Array(CALIBRATION_BINS);
  for (const { score, label: of } of rows) {
    const bin = Math.min(BINS - 1, Math.floor(score * BINS));
    const histogram = of === 1 ? positives : negatives;
    histogram[bin] = (histogram[bin] ?? 0) + 1;
    const wide = Math.min(CALIBRATION_BINS - 1, Math.floor(score * CALIBRATION_BINS));
    scoreSums[wide] = (scoreSums[wide] ?? 0) + score;
  }
  return { positives, negatives, scoreSums };
}

const of = (rows: readonly Scored[], wanted: 0 | 1) =>
  rows.filter((row) => row.label === wanted).map(({ score }) => score);
const SLACK = 1e-9;

function expectWithin(estimate: { value: number; error: number } | null, exact: number): void {
  if (estimate === null) throw new Error('no estimate');
  expect(
    Math.abs(estimate.value - exact),
    `${estimate.value} ± ${estimate.error}, exact ${exact}`,
  ).toBeLessThanOrEqual(estimate.error + SLACK);
}

describe('numbers off histograms are as near the exact ones as they say', () => {
  const twoClasses = scored.filter((rows) => of(rows, 0).length > 0 && of(rows, 1).length > 0);

  it('AUC, counted pair by pair', () => {
    fc.assert(
      fc.property(twoClasses, (rows) => {
        const wins = of(rows, 1).flatMap((p) => of(rows, 0).map((n) => (p > n ? 1 : p === n ? 0.5 : 0)));
        expectWithin(
          areaUnderCurve(histograms(rows)),
          wins.reduce<number>((sum, win) => sum + win, 0) / wins.length,
        );
      }),
    );
  });

  it('average precision, threshold by threshold', () => {
    fc.assert(
      fc.property(twoClasses, (rows) => {
        const thresholds = [...new Set(rows.map(({ score }) => score))].sort((a, b) => b - a);
        const all = of(rows, 1).length;
        let recall = 0;
        let exact = 0;
        for (const threshold of thresholds) {
          const above = rows.filter(({ score }) => score >= threshold);
          const hits = of(above, 1).length;
          exact += (hits / all - recall) * (hits / above.length);
          recall = hits / all;
        }
        expectWithin(averagePrecision(histograms(rows)), exact);
      }),
    );
  });

  it('Kolmogorov-Smirnov, score by score', () => {
    fc.assert(
      fc.property(twoClasses, (rows) => {
        const share = (scores: readonly number[], at: number) =>
          scores.filter((score) => score <= at).length / scores.length;
        const distances = rows.map(({ score }) =>
          Math.abs(share(of(rows, 1), score) - share(of(rows, 0), score)),
        );
        expectWithin(kolmogorovSmirnov(histograms(rows)), Math.max(...distances));
      }),
    );
  });

  it('calibration error, bin by bin', () => {
    fc.assert(
      fc.property(scored, (rows) => {
        let exact = 0;
        for (let bin = 0; bin < CALIBRATION_BINS; bin += 1) {
          const inBin = rows.filter(({ score }) => Math.min(15, Math.floor(score * 16)) === bin);
          if (inBin.length === 0) continue;
          const mean = (pick: (row: Scored) => number) =>
            inBin.reduce((sum, row) => sum + pick(row), 0) / inBin.length;
          exact +=
            (inBin.length / rows.length) * Math.abs(mean((row) => row.score) - mean((row) => row.label));
        }
        expectWithin(calibrationError(histograms(rows)), exact);
      }),
    );
  });

  it('stability, from the scores between the same edges', () => {
    fc.assert(
      fc.property(scored, scored, (before, now) => {
        const baseline = histograms(before);
        const edges = [...stabilityEdges(baseline).map((bin) => bin / BINS), Number.POSITIVE_INFINITY];
        const share = (rows: readonly Scored[], bucket: number) => {
          const from = bucket === 0 ? -1 : (edges[bucket - 1] ?? 0);
          const held = rows.filter(({ score }) => score >= from && score < (edges[bucket] ?? 0)).length;
          return (held + 0.5) / (rows.length + 0.5 * edges.length);
        };
        const exact = edges.reduce(
          (sum, _, bucket) =>
            sum +
            (share(now, bucket) - share(before, bucket)) *
              Math.log(share(now, bucket) / share(before, bucket)),
          0,
        );
        expectWithin(stabilityIndex(baseline, histograms(now)), exact);
      }),
    );
  });
});

describe('bounds', () => {
  it('are narrow where scores are spread', () => {
    const rows = Array.from(
      { length: 20_000 },
      (_, row): Scored => ({ score: ((row * 7919) % 20_000) / 20_000, label: row % 3 === 0 ? 1 : 0 }),
    );
    for (const estimate of [areaUnderCurve, averagePrecision, kolmogorovSmirnov]) {
      expect(estimate(histograms(rows))?.error).toBeLessThan(0.004);
    }
  });

  it('are told where a class is absent', () => {
    const rows: Scored[] = [{ score: 0.5, label: 0 }];
    expect(areaUnderCurve(histograms(rows))).toBeNull();
    expect(averagePrecision(histograms(rows))).toBeNull();
    expect(kolmogorovSmirnov(histograms(rows))).toBeNull();
    expect(calibrationError(histograms([]))).toBeNull();
    expect(stabilityIndex(histograms([]), histograms(rows))).toBeNull();
  });
});
