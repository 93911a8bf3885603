import { describe, expect, it } from 'vitest';
import { type Boosting, boost } from './boosting.ts';
import { predict, serializeModel } from './model.ts';
import { auc, logLoss } from './quality.ts';
import { random } from './random.ts';

const options: Boosting = {
  trees: 1,
  leaves: 2,
  learningRate: 1,
  minRows: 1,
  lambda: 0,
  rowShare: 1,
  featureShare: 1,
  bins: 64,
  seed: 1,
};

describe('boosted trees', () => {
  it('make one Newton step per leaf, as computed by hand', () => {
    // Share 1/2: first derivatives ±1/2, second 1/4. Left: three labels 0 and one 1, -(1.5 - .5)/(4/4) = -1.
    const x = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    const labels = Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 0);
    const model = boost(['x'], [x], labels, options);
    expect(model.base).toBe(0);
    expect(model.trees).toEqual([
      { feature: [0, -1, -1], threshold: [1, 0, 0], left: [1, 0, 0], value: [0, -1, 1] },
    ]);
  });

  it('converge to the share of each cell', () => {
    const cells = Float64Array.from({ length: 900 }, (_, row) => row % 3);
    const labels = Uint8Array.from({ length: 900 }, (_, row) =>
      Math.floor(row / 3) % 10 < 2 + 3 * (row % 3) ? 1 : 0,
    );
    const model = boost(['cell'], [cells], labels, { ...options, trees: 40, leaves: 3, learningRate: 0.5 });
    const scores = predict(model, [Float64Array.of(0, 1, 2)]);
    expect(scores[0]).toBeCloseTo(0.2, 4);
    expect(scores[1]).toBeCloseTo(0.5, 4);
    expect(scores[2]).toBeCloseTo(0.8, 4);
  });

  it('learn an interaction and a missing value among noise, near the best possible log loss', () => {
    const next = random(7);
    const rows = 20_000;
    const a = Float64Array.from({ length: rows }, () => (next() < 0.1 ? Number.NaN : next()));
    const b = Float64Array.from({ length: rows }, () => next());
    const noise = Float64Array.from({ length: rows }, () => next());
    const truth = Float64Array.from(a, (value, row) =>
      Number.isNaN(value) ? 0.5 : value > 0.5 === (b[row] as number) > 0.5 ? 0.8 : 0.1,
    );
    const labels = Uint8Array.from(truth, (probability) => (next() < probability ? 1 : 0));
    const model = boost(['a', 'b', 'noise'], [a, b, noise], labels, {
      ...options,
      trees: 40,
      leaves: 8,
      learningRate: 0.2,
      minRows: 50,
      rowShare: 0.7,
    });
    const scores = predict(model, [a, b, noise]);
    expect(logLoss(scores, labels)).toBeLessThan(logLoss(truth, labels) + 0.01);
    expect(auc(scores, labels)).toBeGreaterThan(auc(truth, labels) - 0.01);
  });

  it('are the same, byte for byte, for the same seed', () => {
    const next = random(3);
    const columns = [0, 1, 2].map(() => Float64Array.from({ length: 2000 }, () => next()));
    const labels = Uint8Array.from(columns[0] as Float64Array, (value) => (value * next() > 0.3 ? 1 : 0));
    const grow = (seed: number) =>
      serializeModel(
        boost(['a', 'b', 'c'], columns, labels, { ...options, trees: 5, leaves: 4, rowShare: 0.5, seed }),
      );
    expect(grow(1)).toBe(grow(1));
    expect(grow(1)).not.toBe(grow(2));
  });

  it('refuse labels that are all alike', () => {
    expect(() => boost(['x'], [Float64Array.of(1, 2)], Uint8Array.of(1, 1), options)).toThrow('both labels');
  });
});

describe('the area under the ROC curve', () => {
  it('counts pairs, ties half', () => {
    // Pairs (late, punctual): .8>.5 .8>.2 .5=.5 .5>.2: 3.5 of 4.
    expect(auc(Float64Array.of(0.2, 0.5, 0.5, 0.8), Uint8Array.of(0, 1, 0, 1))).toBe(3.5 / 4);
  });
});
