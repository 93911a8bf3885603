import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  initializeSampleRatio,
  logSampleRatioEValue,
  sampleRatioChiSquare,
  updateSampleRatio,
} from './sample-ratio.ts';
import { seededRandom } from './seeded-random.ts';

const half = [0.5, 0.5];
const count = fc.integer({ min: 0, max: 100_000 });
const counts = fc.tuple(count, count, count);
const shares = [0.05, 0.2, 0.75];

describe('sample ratio 10000 / 10500 at 50/50', () => {
  it('is a p of .03329 by the e-value', () => {
    const state = updateSampleRatio(initializeSampleRatio(half), [10_000, 10_500]);
    expect(state.pValue).toBeCloseTo(0.03329, 5);
    expect(state.logE).toBeCloseTo(3.402426, 5);
  });

  it('is a p of .00048 by chi-square', () => {
    const result = sampleRatioChiSquare([10_000, 10_500], half);
    expect(result.statistic).toBeCloseTo(12.195122, 6);
    expect(result.pValue).toBeCloseTo(0.00048, 5);
  });
});

describe('chi-square', () => {
  it('has the published quantile at one degree of freedom', () => {
    // (78 / 20)² twice: 2 (78²) / 800 = 15.21; P(Z² > 15.21) = 2 P(Z > 3.9) = 9.619270e-5.
    const result = sampleRatioChiSquare([722, 878], half);
    expect(result.statistic).toBeCloseTo(15.21, 12);
    expect(result.pValue / 9.61927e-5).toBeCloseTo(1, 5);
  });

  it('is exp(-x / 2) at two degrees of freedom', () => {
    const { statistic, degreesOfFreedom, pValue } = sampleRatioChiSquare(
      [1000, 1010, 1095],
      [1 / 3, 1 / 3, 1 / 3],
    );
    expect(degreesOfFreedom).toBe(2);
    expect(pValue).toBeCloseTo(Math.exp(-statistic / 2), 12);
  });

  it('is 1 without rows', () => {
    expect(sampleRatioChiSquare([0, 0], half)).toEqual({ statistic: 0, degreesOfFreedom: 1, pValue: 1 });
  });
});

describe('e-value of the sample ratio', () => {
  it.each([0.05, 0.5, 0.9])('has a mean of exactly 1 where the share %d is true', (share) => {
    for (const rows of [1, 7, 30]) {
      let mean = 0;
      let ways = 1;
      for (let first = 0; first <= rows; first++) {
        const probability = ways * share ** first * (1 - share) ** (rows - first);
        mean += probability * Math.exp(logSampleRatioEValue([first, rows - first], [share, 1 - share]));
        ways = (ways * (rows - first)) / (first + 1);
      }
      expect(mean).toBeCloseTo(1, 9);
    }
  });

  it('depends on the totals alone', () => {
    fc.assert(
      fc.property(fc.array(counts, { minLength: 1, maxLength: 8 }), (days) => {
        const total = [0, 1, 2].map((arm) => days.reduce((sum, day) => sum + (day[arm] ?? 0), 0));
        const streamed = days.reduce(updateSampleRatio, initializeSampleRatio(shares));
        const batch = updateSampleRatio(initializeSampleRatio(shares), total);
        expect(streamed.counts).toEqual(batch.counts);
        expect(streamed.logE).toBe(batch.logE);
        expect(streamed.pValue).toBeLessThanOrEqual(batch.pValue);
      }),
    );
  });

  it('does not depend on the order of the arms', () => {
    fc.assert(
      fc.property(counts, ([a, b, c]) => {
        const reversed = logSampleRatioEValue([c, b, a], [0.75, 0.2, 0.05]);
        expect(reversed).toBeCloseTo(logSampleRatioEValue([a, b, c], shares), 6);
      }),
    );
  });

  it('has a p that never rises and never leaves (0, 1]', () => {
    let state = initializeSampleRatio(half);
    expect(state.pValue).toBe(1);
    const mismatched = updateSampleRatio(state, [1000, 2000]);
    const settled = updateSampleRatio(mismatched, [2000, 1000]);
    expect(mismatched.pValue).toBeLessThan(1e-6);
    expect(settled.logE).toBeLessThan(0);
    expect(settled.pValue).toBe(mismatched.pValue);
    state = updateSampleRatio(state, [500, 500]);
    expect(state).toMatchObject({ pValue: 1 });
  });

  it('seldom alarms when all is well, and soon when it is not', () => {
    const random = seededRandom(5050);
    const alarms = (share: number, runs: number) => {
      let alarmed = 0;
      for (let run = 0; run < runs; run++) {
        let state = initializeSampleRatio([0.05, 0.95]);
        for (let day = 0; day < 28; day++) {
          const first = random.binomial(2000, share);
          state = updateSampleRatio(state, [first, 2000 - first]);
        }
        if (state.pValue < 0.05) alarmed++;
      }
      return alarmed / runs;
    };
    expect(alarms(0.05, 1000)).toBeLessThan(0.05);
    expect(alarms(0.06, 100)).toBeGreaterThan(0.95);
  });

  it('refuses what is outside its domain', () => {
    expect(() => initializeSampleRatio([0.5, 0.6])).toThrow(/shares/);
    expect(() => initializeSampleRatio([1])).toThrow(/shares/);
    expect(() => initializeSampleRatio([0, 1])).toThrow(/shares/);
    expect(() => initializeSampleRatio(half, 0)).toThrow(/concentration/);
    expect(() => updateSampleRatio(initializeSampleRatio(half), [1])).toThrow(/1 counts for 2 shares/);
    expect(() => updateSampleRatio(initializeSampleRatio(half), [1, -1])).toThrow(/counts\[1\]/);
    expect(() => sampleRatioChiSquare([1, 0.5], half)).toThrow(/counts\[1\]/);
  });
});
