import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestRho, type MixtureOptions, normalMixtureBound } from './normal-mixture.ts';

const one: MixtureOptions = { alpha: 0.05, sides: 'one' };
const two: MixtureOptions = { alpha: 0.05, sides: 'two' };

const alpha = fc.integer({ min: 1, max: 450 }).map((value) => value / 1000);
const positive = fc.integer({ min: 1, max: 100_000 }).map((value) => value / 10);
const sides = fc.constantFrom<'one' | 'two'>('one', 'two');

describe('normal mixture, against the numbers of confseq at v = 100', () => {
  it('best rho', () => {
    expect(bestRho(100, two)).toBeCloseTo(12.60056, 5);
  });

  it('two-sided bound', () => {
    expect(normalMixtureBound(100, bestRho(100, two), two)).toBeCloseTo(30.35209, 5);
  });

  it('one-sided bound', () => {
    expect(normalMixtureBound(100, bestRho(100, one), one)).toBeCloseTo(27.66071, 5);
  });
});

describe('normal mixture, laws', () => {
  it('rises with time, and slower than time', () => {
    fc.assert(
      fc.property(positive, positive, sides, (v, rho, side) => {
        const bound = (time: number) => normalMixtureBound(time, rho, { alpha: 0.05, sides: side });
        expect(bound(2 * v)).toBeGreaterThan(bound(v));
        expect(bound(2 * v) / 2).toBeLessThan(bound(v));
      }),
    );
  });

  it('rises as alpha falls, and is lower when only one side is asked', () => {
    fc.assert(
      fc.property(positive, positive, alpha, (v, rho, level) => {
        const bound = (at: number, side: 'one' | 'two') =>
          normalMixtureBound(v, rho, { alpha: at, sides: side });
        expect(bound(level / 2, 'one')).toBeGreaterThan(bound(level, 'one'));
        expect(bound(level / 2, 'two')).toBeGreaterThan(bound(level, 'two'));
        expect(bound(level, 'one')).toBeLessThan(bound(level, 'two'));
      }),
    );
  });

  it('scales: time by k², the bound by k', () => {
    fc.assert(
      fc.property(positive, positive, sides, (v, rho, side) => {
        const bound = normalMixtureBound(v, rho, { alpha: 0.05, sides: side });
        const scaled = normalMixtureBound(9 * v, 9 * rho, { alpha: 0.05, sides: side });
        expect(scaled / bound).toBeCloseTo(3, 9);
      }),
    );
  });

  it('is narrowest at the v that rho is best for', () => {
    for (const options of [one, two]) {
      const best = normalMixtureBound(100, bestRho(100, options), options);
      for (const v of [10, 50, 200, 1000]) {
        expect(best).toBeLessThan(normalMixtureBound(100, bestRho(v, options), options));
      }
    }
  });

  it('refuses what is outside its domain', () => {
    expect(() => bestRho(0, two)).toThrow(/v is 0/);
    expect(() => normalMixtureBound(-1, 1, two)).toThrow(/v is -1/);
    expect(() => normalMixtureBound(1, 0, two)).toThrow(/rho/);
    expect(() => normalMixtureBound(1, 1, { alpha: 0.6, sides: 'one' })).toThrow(/alpha/);
  });
});
