import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { sequentialT, sequentialTStrict, weeklyBlocks } from './sequential-t.ts';

/** d_t = .5 + sin t, t = 1..28. */
const swinging = Array.from({ length: 28 }, (_, day) => 0.5 + Math.sin(day + 1));

/** Eighths, so that sums, shifts and doublings are exact and laws can be checked to the last bit. */
const eighths = fc.integer({ min: -400, max: 400 }).map((value) => value / 8);
const days = fc.array(eighths, { minLength: 3, maxLength: 80 });
const alpha = fc.integer({ min: 1, max: 450 }).map((value) => value / 1000);
const autocorrelation = fc.constantFrom<'estimated' | number>('estimated', 0, 0.3, 0.8);

describe('sequential t, against published numbers', () => {
  it('takes days as independent when told so', () => {
    const result = sequentialT(swinging, { alpha: 0.05, autocorrelation: 0 });
    expect(result.t).toBeCloseTo(4.183125, 5);
    expect(result.logE).toBeCloseTo(4.904406, 5);
    expect(result.lowerBound).toBeCloseTo(0.16896, 5);
    expect(result.promotes).toBe(true);
  });

  it('estimates the autocorrelation and shrinks the number of days', () => {
    const result = sequentialT(swinging, { alpha: 0.05 });
    expect(result.autocorrelation).toBeCloseTo(0.64187, 5);
    expect(result.effectiveDays).toBeCloseTo(6.107453, 5);
    expect(result.degreesOfFreedom).toBeCloseTo(5.107453, 5);
    expect(result.logE).toBeCloseTo(0.459509, 5);
    expect(result.promotes).toBe(false);
  });

  it('has its default g where the bound at 28 independent days is narrowest', () => {
    const lowerBound = (g?: number) =>
      sequentialT(swinging, { alpha: 0.05, autocorrelation: 0, ...(g === undefined ? {} : { g }) })
        .lowerBound;
    expect(lowerBound()).toBe(lowerBound(3.66));
    expect(lowerBound()).toBeGreaterThan(lowerBound(3.5));
    expect(lowerBound()).toBeGreaterThan(lowerBound(3.82));
  });
});

describe('sequential t, where there is little to go by', () => {
  it.each([[[]], [[3]], [[3, 4]]])('gives no evidence and no bound on %j', (values: number[]) => {
    const result = sequentialT(values, { alpha: 0.05 });
    expect(result).toMatchObject({
      n: values.length,
      autocorrelation: 0,
      effectiveDays: values.length,
      t: 0,
      logE: 0,
      lowerBound: -Infinity,
      upperBound: Infinity,
      promotes: false,
    });
  });

  it('has no mean of nothing, and no standard deviation of one', () => {
    expect(sequentialT([], { alpha: 0.05 }).mean).toBeNaN();
    expect(sequentialT([3], { alpha: 0.05 })).toMatchObject({ mean: 3, standardDeviation: Number.NaN });
  });

  it('gives no evidence while the effective days are one or fewer', () => {
    const result = sequentialT([1, 2, 4], { alpha: 0.05, autocorrelation: 0.8 });
    expect(result.degreesOfFreedom).toBeLessThan(0);
    expect(result).toMatchObject({ logE: 0, lowerBound: -Infinity, upperBound: Infinity, promotes: false });
  });

  it('has no bound where no value of T, however large, would be enough', () => {
    const result = sequentialT([10, 10.1, 9.9], { alpha: 0.01, autocorrelation: 0 });
    expect(result.t).toBeGreaterThan(100);
    expect(result).toMatchObject({ lowerBound: -Infinity, upperBound: Infinity, promotes: false });
  });

  it('takes equal values for their mean, once there are enough', () => {
    const at = (n: number) =>
      sequentialT(
        Array.from({ length: n }, () => 0.1),
        { alpha: 0.05 },
      );
    expect(at(4)).toMatchObject({
      standardDeviation: 0,
      t: Infinity,
      lowerBound: -Infinity,
      promotes: false,
    });
    expect(at(28)).toMatchObject({ autocorrelation: 0, lowerBound: 0.1, upperBound: 0.1, promotes: true });
    expect(at(28).logE).toBeCloseTo((27 / 2) * Math.log((3.66 + 28) / 3.66), 10);
  });

  it('never promotes on differences that are all 0', () => {
    const result = sequentialT(
      Array.from({ length: 500 }, () => 0),
      { alpha: 0.05 },
    );
    expect(result).toMatchObject({ mean: 0, t: 0, lowerBound: 0, upperBound: 0, promotes: false });
    expect(result.logE).toBeLessThan(0);
  });

  it('is continuous as the variance vanishes', () => {
    const nearly = Array.from({ length: 28 }, (_, day) => 1 + (day % 2) * 1e-9);
    const limit = sequentialT(
      Array.from({ length: 28 }, () => 1),
      { alpha: 0.05, autocorrelation: 0 },
    );
    const result = sequentialT(nearly, { alpha: 0.05, autocorrelation: 0 });
    expect(result.logE).toBeCloseTo(limit.logE, 6);
    expect(result.lowerBound).toBeCloseTo(1, 6);
  });

  it.each([Number.NaN, Infinity, -Infinity])('names the place of a value that is %d', (value) => {
    expect(() => sequentialT([1, 2, value, 4], { alpha: 0.05 })).toThrow(/^values\[2\]/);
    expect(() => weeklyBlocks([1, value])).toThrow(/^values\[1\]/);
  });

  it('refuses options outside their domain', () => {
    for (const level of [0, 0.5, -1, Number.NaN]) {
      expect(() => sequentialT([1, 2, 3], { alpha: level })).toThrow(/alpha/);
    }
    for (const g of [0, -1, Number.NaN, Infinity]) {
      expect(() => sequentialT([1, 2, 3], { alpha: 0.05, g })).toThrow(/g is/);
    }
    for (const phi of [-0.1, 1, Number.NaN]) {
      expect(() => sequentialT([1, 2, 3], { alpha: 0.05, autocorrelation: phi })).toThrow(/autocorrelation/);
    }
  });
});

describe('sequential t, laws', () => {
  it('promotes exactly when the lower bound is above 0', () => {
    fc.assert(
      fc.property(days, alpha, autocorrelation, (values, level, phi) => {
        const result = sequentialT(values, { alpha: level, autocorrelation: phi });
        fc.pre(Math.abs(result.lowerBound) > 1e-9 || result.standardDeviation === 0);
        expect(result.promotes).toBe(result.lowerBound > 0);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the mean between its bounds', () => {
    fc.assert(
      fc.property(days, alpha, autocorrelation, (values, level, phi) => {
        const { lowerBound, mean, upperBound } = sequentialT(values, { alpha: level, autocorrelation: phi });
        expect(lowerBound).toBeLessThanOrEqual(mean);
        expect(mean).toBeLessThanOrEqual(upperBound);
      }),
    );
  });

  it('does not depend on the unit', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -8, max: 8 }), autocorrelation, (values, power, phi) => {
        const unit = 2 ** power;
        const before = sequentialT(values, { alpha: 0.05, autocorrelation: phi });
        const after = sequentialT(
          values.map((value) => value * unit),
          { alpha: 0.05, autocorrelation: phi },
        );
        expect(after).toEqual({
          ...before,
          mean: before.mean * unit,
          standardDeviation: before.standardDeviation * unit,
          lowerBound: before.lowerBound * unit,
          upperBound: before.upperBound * unit,
        });
      }),
    );
  });

  it('moves its bounds with the values', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -1000, max: 1000 }), autocorrelation, (values, shift, phi) => {
        const before = sequentialT(values, { alpha: 0.05, autocorrelation: phi });
        const after = sequentialT(
          values.map((value) => value + shift),
          { alpha: 0.05, autocorrelation: phi },
        );
        expect(after.standardDeviation).toBe(before.standardDeviation);
        expect(after.autocorrelation).toBe(before.autocorrelation);
        if (before.lowerBound === -Infinity) expect(after.lowerBound).toBe(-Infinity);
        else expect(after.lowerBound - shift).toBeCloseTo(before.lowerBound, 9);
      }),
    );
  });

  it('mirrors when every value changes its sign', () => {
    fc.assert(
      fc.property(days, alpha, autocorrelation, (values, level, phi) => {
        const before = sequentialT(values, { alpha: level, autocorrelation: phi });
        const after = sequentialT(
          values.map((value) => 0 - value),
          { alpha: level, autocorrelation: phi },
        );
        expect(after.logE).toBe(before.logE);
        expect(after.t).toBe(0 - before.t);
        expect(after.lowerBound).toBe(0 - before.upperBound);
        expect(after.upperBound).toBe(0 - before.lowerBound);
      }),
    );
  });

  it('promises less at a smaller alpha', () => {
    fc.assert(
      fc.property(days, alpha, alpha, autocorrelation, (values, one, other, phi) => {
        const careful = sequentialT(values, { alpha: Math.min(one, other), autocorrelation: phi });
        const bold = sequentialT(values, { alpha: Math.max(one, other), autocorrelation: phi });
        expect(careful.lowerBound).toBeLessThanOrEqual(bold.lowerBound);
        expect(careful.upperBound).toBeGreaterThanOrEqual(bold.upperBound);
        if (careful.promotes) expect(bold.promotes).toBe(true);
      }),
    );
  });

  it('narrows as the same pattern goes on', () => {
    fc.assert(
      fc.property(
        days,
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(0, 0.3, 0.8),
        (values, times, phi) => {
          const width = (repeats: number) => {
            const repeated = Array.from({ length: repeats }, () => values).flat();
            const { lowerBound, upperBound } = sequentialT(repeated, { alpha: 0.05, autocorrelation: phi });
            return upperBound - lowerBound;
          };
          expect(width(times + 1)).toBeLessThanOrEqual(width(times));
        },
      ),
    );
  });

  it('promises less the more the days depend on each other', () => {
    fc.assert(
      fc.property(days, (values) => {
        const lowerBounds = [0, 0.2, 0.5, 0.8].map(
          (phi) => sequentialT(values, { alpha: 0.05, autocorrelation: phi }).lowerBound,
        );
        expect(lowerBounds).toEqual([...lowerBounds].sort((a, b) => b - a));
      }),
    );
  });

  it('keeps the estimated autocorrelation between 0 and .8', () => {
    const alternating = Array.from({ length: 30 }, (_, day) => day % 2);
    const drifting = Array.from({ length: 200 }, (_, day) => day);
    expect(sequentialT(alternating, { alpha: 0.05 }).autocorrelation).toBe(0);
    expect(sequentialT(drifting, { alpha: 0.05 }).autocorrelation).toBe(0.8);
  });

  it('has an e-value whose mean is 1 at the null', () => {
    const random = seededRandom(20_010_203);
    const runs = 40_000;
    const eValues = Array.from({ length: runs }, () => {
      const values = Array.from({ length: 8 }, random.normal);
      const { logE, t } = sequentialT(values, { alpha: 0.05, autocorrelation: 0 });
      return { two: Math.exp(logE), one: t > 0 ? 2 * Math.exp(logE) : 0 };
    });
    for (const side of ['one', 'two'] as const) {
      const mean = eValues.reduce((sum, eValue) => sum + eValue[side], 0) / runs;
      const variance = eValues.reduce((sum, eValue) => sum + (eValue[side] - mean) ** 2, 0) / runs;
      expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(variance / runs));
      expect(Math.sqrt(variance / runs)).toBeLessThan(0.05);
    }
  });
});

describe('weekly blocks', () => {
  it('are the means of complete weeks; the last days wait for theirs', () => {
    const values = Array.from({ length: 17 }, (_, day) => day);
    expect(weeklyBlocks(values)).toEqual([3, 10]);
    expect(weeklyBlocks(values.slice(0, 6))).toEqual([]);
  });

  it('are the evidence of the strict mode, each for one', () => {
    const strict = sequentialTStrict(swinging, { alpha: 0.05 });
    expect(strict).toEqual(
      sequentialT(weeklyBlocks(swinging), { alpha: 0.05, g: 3.66 / 7, autocorrelation: 0 }),
    );
    expect(strict).toMatchObject({ n: 4, effectiveDays: 4, autocorrelation: 0 });
    expect(sequentialTStrict(swinging, { alpha: 0.05, g: 7 })).toEqual(
      sequentialT(weeklyBlocks(swinging), { alpha: 0.05, g: 1, autocorrelation: 0 }),
    );
  });

  it('do not see a cycle of a week', () => {
    const cycle = Array.from({ length: 70 }, (_, day) => 1 + (day % 7));
    expect(sequentialTStrict(cycle, { alpha: 0.05 })).toMatchObject({ mean: 4, standardDeviation: 0 });
  });
});
