import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EmpiricalBernsteinOptions,
  empiricalBernstein,
  finalizeEmpiricalBernstein,
  initializeEmpiricalBernstein,
  updateEmpiricalBernstein,
} from './empirical-bernstein.ts';
import { seededRandom } from './seeded-random.ts';

const hundred = Array.from({ length: 20 }, () => [0.6, 0.7, 0.5, 0.8, 0.6]).flat();

const shares = fc.array(
  fc.integer({ min: 0, max: 64 }).map((value) => value / 64),
  { maxLength: 60 },
);
const options = fc.record({
  alpha: fc.integer({ min: 1, max: 450 }).map((value) => value / 1000),
  centre: fc.constantFrom<'running-mean' | 'prior-mean'>('running-mean', 'prior-mean'),
});

describe('empirical Bernstein, against the numbers of confseq', () => {
  it('centres at the plain running mean by default', () => {
    expect(empiricalBernstein(hundred, { alpha: 0.05 }).lowerBound).toBeCloseTo(0.574469, 5);
  });

  it('centres with the prior counted in when asked', () => {
    const result = empiricalBernstein(hundred, { alpha: 0.05, centre: 'prior-mean' });
    expect(result.lowerBound).toBeCloseTo(0.575782, 5);
  });
});

describe('empirical Bernstein, against its formula written out in NumPy', () => {
  // Unlike the values above, these spread so far that the bets fall below ½ (to .2693 at the last).
  const spread = Array.from({ length: 10 }, () => [0, 1, 1, 0, 0.5, 1, 0, 0.25, 1, 0.75]).flat();

  it('bets less where values vary more', () => {
    const result = empiricalBernstein(spread, { alpha: 0.05 });
    expect(result.lowerBound).toBeCloseTo(0.411711651205, 10);
    expect(result.upperBound).toBeCloseTo(0.690833776229, 10);
    const withPrior = empiricalBernstein(spread, { alpha: 0.05, centre: 'prior-mean' });
    expect(withPrior.lowerBound).toBeCloseTo(0.413009983282, 10);
  });
});

describe('empirical Bernstein, laws', () => {
  it('is the same value by value, from a state that was stored in between', () => {
    fc.assert(
      fc.property(shares, options, (values, how) => {
        let stored = JSON.stringify(initializeEmpiricalBernstein(how));
        for (const value of values) {
          stored = JSON.stringify(updateEmpiricalBernstein(JSON.parse(stored), value));
        }
        expect(finalizeEmpiricalBernstein(JSON.parse(stored))).toEqual(empiricalBernstein(values, how));
      }),
    );
  });

  it('keeps the weighted mean between the bounds, and the bounds in the range', () => {
    fc.assert(
      fc.property(shares, options, (values, how) => {
        fc.pre(values.length > 0);
        const { lowerBound, weightedMean, upperBound } = empiricalBernstein(values, how);
        expect(0).toBeLessThanOrEqual(lowerBound);
        expect(lowerBound).toBeLessThanOrEqual(weightedMean);
        expect(weightedMean).toBeLessThanOrEqual(upperBound);
        expect(upperBound).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('mirrors: the upper bound is the lower bound of the complement', () => {
    fc.assert(
      fc.property(shares, options, (values, how) => {
        const result = empiricalBernstein(values, how);
        const complement = empiricalBernstein(
          values.map((value) => 1 - value),
          how,
        );
        expect(complement.lowerBound).toBeCloseTo(1 - result.upperBound, 9);
        expect(complement.upperBound).toBeCloseTo(1 - result.lowerBound, 9);
      }),
    );
  });

  it('follows its range', () => {
    fc.assert(
      fc.property(shares, options, (values, how) => {
        const money: EmpiricalBernsteinOptions = { ...how, range: [-8, 24] };
        const result = empiricalBernstein(values, how);
        const inMoney = empiricalBernstein(
          values.map((value) => -8 + 32 * value),
          money,
        );
        expect(inMoney.lowerBound).toBeCloseTo(-8 + 32 * result.lowerBound, 9);
        expect(inMoney.upperBound).toBeCloseTo(-8 + 32 * result.upperBound, 9);
        if (values.length > 0) expect(inMoney.mean).toBeCloseTo(-8 + 32 * result.mean, 9);
      }),
    );
  });

  it('narrows as the same pattern goes on, and is wider at a smaller alpha', () => {
    const width = (repeats: number, alpha: number) => {
      const values = Array.from({ length: repeats }, () => hundred).flat();
      const { lowerBound, upperBound } = empiricalBernstein(values, { alpha });
      return upperBound - lowerBound;
    };
    for (const repeats of [1, 2, 4, 8]) {
      expect(width(repeats + 1, 0.05)).toBeLessThan(width(repeats, 0.05));
      expect(width(repeats, 0.01)).toBeGreaterThan(width(repeats, 0.05));
    }
  });

  it('misses the truth in at most alpha of the runs, read after every value', () => {
    const random = seededRandom(574);
    const runs = 1000;
    let missed = 0;
    for (let run = 0; run < runs; run++) {
      let state = initializeEmpiricalBernstein({ alpha: 0.05 });
      for (let row = 0; row < 200; row++) {
        state = updateEmpiricalBernstein(state, random.uniform() < 0.1 ? 1 : 0);
        if (finalizeEmpiricalBernstein(state).lowerBound > 0.1) {
          missed++;
          break;
        }
      }
    }
    expect(missed / runs).toBeLessThan(0.05);
  });

  it('learns the mean', () => {
    const random = seededRandom(575);
    const values = Array.from({ length: 20_000 }, () => (random.uniform() < 0.1 ? 1 : 0));
    const { lowerBound, mean, upperBound } = empiricalBernstein(values, { alpha: 0.05 });
    expect(lowerBound).toBeGreaterThan(mean - 0.015);
    expect(upperBound).toBeLessThan(mean + 0.015);
  });
});

describe('empirical Bernstein, where there is little to go by', () => {
  it('knows no more than the range before the first value', () => {
    expect(empiricalBernstein([], { alpha: 0.05, range: [2, 5] })).toEqual({
      n: 0,
      mean: Number.NaN,
      weightedMean: Number.NaN,
      lowerBound: 2,
      upperBound: 5,
    });
  });

  it('refuses values outside the range, and names them', () => {
    for (const value of [-0.1, 1.1, Number.NaN]) {
      expect(() => empiricalBernstein([0.5, 0.5, value], { alpha: 0.05 })).toThrow(/value 2 is/);
    }
  });

  it('refuses options outside their domain', () => {
    expect(() => initializeEmpiricalBernstein({ alpha: 0.5 })).toThrow(/alpha/);
    expect(() => initializeEmpiricalBernstein({ alpha: 0.05, range: [1, 1] })).toThrow(/range/);
    expect(() => initializeEmpiricalBernstein({ alpha: 0.05, range: [0, Infinity] })).toThrow(/range/);
  });
});
