import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Arms,
  absoluteDifference,
  momentsOfProportion,
  momentsOfSums,
  relativeDifference,
  withinDayDifference,
} from './arm-difference.ts';

const rows = fc.array(
  fc.integer({ min: -40, max: 40 }).map((value) => value / 4),
  { minLength: 2, maxLength: 12 },
);

function momentsOf(values: readonly number[]) {
  const sum = values.reduce((total, value) => total + value, 0);
  const sumOfSquares = values.reduce((total, value) => total + value * value, 0);
  return momentsOfSums({ n: values.length, sum, sumOfSquares });
}

describe('moments', () => {
  it('come from the sums', () => {
    expect(momentsOf([1, 2, 3, 6])).toEqual({ n: 4, mean: 3, variance: 14 / 3 });
  });

  it('do not know the spread of one row, nor the mean of none', () => {
    expect(momentsOf([5])).toEqual({ n: 1, mean: 5, variance: Infinity });
    expect(momentsOf([])).toEqual({ n: 0, mean: Number.NaN, variance: Infinity });
    expect(momentsOfProportion({ n: 1, successes: 1 })).toEqual({ n: 1, mean: 1, variance: Infinity });
    expect(momentsOfProportion({ n: 0, successes: 0 })).toEqual({
      n: 0,
      mean: Number.NaN,
      variance: Infinity,
    });
  });

  it('have no negative variance, whatever the rounding', () => {
    const { variance } = momentsOfSums({ n: 3, sum: 0.3, sumOfSquares: 0.03 - 1e-17 });
    expect(variance).toBeGreaterThanOrEqual(0);
  });

  it('refuse what cannot be counted', () => {
    expect(() => momentsOfSums({ n: 1.5, sum: 1, sumOfSquares: 1 })).toThrow(/n is 1.5/);
    expect(() => momentsOfSums({ n: 2, sum: Number.NaN, sumOfSquares: 1 })).toThrow(/finite/);
    expect(() => momentsOfProportion({ n: 2, successes: 3 })).toThrow(/3 successes/);
  });
});

describe('differences of two arms', () => {
  it('add the variances of the means', () => {
    const result = absoluteDifference({
      control: { n: 100, mean: 2, variance: 4 },
      challenger: { n: 50, mean: 3, variance: 6 },
    });
    expect(result).toEqual({ n: 150, estimate: 1, standardError: 0.4 });
  });

  it('are relative to the control, by the delta method', () => {
    const result = relativeDifference({
      control: { n: 100, mean: 2, variance: 4 },
      challenger: { n: 50, mean: 3, variance: 6 },
    });
    expect(result.estimate).toBe(0.5);
    expect(result.standardError ** 2).toBeCloseTo(6 / (4 * 50) + (4 * 9) / (16 * 100), 12);
  });

  it('have no relative size against a control of 0', () => {
    const challenger = momentsOf([1, 2, 3]);
    for (const control of [momentsOf([0, 0]), momentsOf([])]) {
      expect(relativeDifference({ control, challenger })).toMatchObject({
        estimate: Number.NaN,
        standardError: Infinity,
      });
    }
  });

  it('change their sign with the arms', () => {
    fc.assert(
      fc.property(rows, rows, (one, other) => {
        const forth = absoluteDifference({ control: momentsOf(one), challenger: momentsOf(other) });
        const back = absoluteDifference({ control: momentsOf(other), challenger: momentsOf(one) });
        expect(back.estimate).toBe(0 - forth.estimate);
        expect(back.standardError).toBeCloseTo(forth.standardError, 12);
      }),
    );
  });
});

describe('differences within the day', () => {
  const day = fc.record({ control: rows, challenger: rows });

  it('do not see what a day does to both arms', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(day, fc.integer({ min: -50, max: 50 })), { minLength: 1 }), (days) => {
        const arms = (shock: number, values: { control: number[]; challenger: number[] }): Arms => ({
          control: momentsOf(values.control.map((value) => value + shock)),
          challenger: momentsOf(values.challenger.map((value) => value + shock)),
        });
        const calm = withinDayDifference(days.map(([values]) => arms(0, values)));
        const shaken = withinDayDifference(days.map(([values, shock]) => arms(shock, values)));
        expect(shaken.estimate).toBeCloseTo(calm.estimate, 9);
        expect(shaken.standardError).toBeCloseTo(calm.standardError, 9);
      }),
    );
  });

  it('of one day are the plain difference', () => {
    fc.assert(
      fc.property(day, ({ control, challenger }) => {
        const arms = { control: momentsOf(control), challenger: momentsOf(challenger) };
        const plain = absoluteDifference(arms);
        const within = withinDayDifference([arms]);
        expect(within).toMatchObject({ n: plain.n, days: 1 });
        expect(within.estimate).toBeCloseTo(plain.estimate, 12);
        expect(within.standardError).toBeCloseTo(plain.standardError, 12);
      }),
    );
  });

  it('weigh a day by the rows that can be compared', () => {
    const moments = (n: number, mean: number) => ({ n, mean, variance: 1 });
    const result = withinDayDifference([
      { control: moments(10, 0), challenger: moments(10, 1) },
      { control: moments(30, 0), challenger: moments(60, 2) },
    ]);
    expect(result.estimate).toBeCloseTo((5 * 1 + 20 * 2) / 25, 12);
    expect(result.standardError ** 2).toBeCloseTo((25 * (2 / 10) + 400 * (1 / 30 + 1 / 60)) / 625, 12);
  });

  it('leave out days that have no difference, and say how many remain', () => {
    const full = { control: momentsOf([1, 2]), challenger: momentsOf([2, 3]) };
    const empty = { control: momentsOf([1, 2]), challenger: momentsOf([]) };
    const single = { control: momentsOf([7]), challenger: momentsOf([2, 3]) };
    expect(withinDayDifference([empty, full, single])).toEqual(withinDayDifference([full]));
    expect(withinDayDifference([empty])).toEqual({
      n: 0,
      estimate: Number.NaN,
      standardError: Infinity,
      days: 0,
    });
  });
});
