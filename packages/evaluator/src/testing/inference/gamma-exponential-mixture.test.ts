import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gammaExponentialMixtureBound } from './gamma-exponential-mixture.ts';
import { bestRho, normalMixtureBound } from './normal-mixture.ts';

const rho = bestRho(100, { alpha: 0.05, sides: 'one' });
const time = fc.integer({ min: 1, max: 1_000_000 }).map((value) => value / 10);

describe('gamma-exponential mixture', () => {
  it('gives the number of confseq at v = 100, c = 2', () => {
    expect(gammaExponentialMixtureBound(100, { alpha: 0.05, c: 2, rho })).toBeCloseTo(33.02017, 5);
  });

  it('comes down to the normal mixture as the tail vanishes', () => {
    const normal = normalMixtureBound(100, rho, { alpha: 0.05, sides: 'one' });
    const bounds = [1, 0.1, 0.01].map((c) => gammaExponentialMixtureBound(100, { alpha: 0.05, c, rho }));
    expect(bounds).toEqual([...bounds].sort((a, b) => b - a));
    expect(bounds.at(-1)).toBeGreaterThan(normal);
    expect(bounds.at(-1)).toBeCloseTo(normal, 1);
  });

  it('rises with time, with the tail and as alpha falls', () => {
    fc.assert(
      fc.property(time, fc.integer({ min: 1, max: 20 }), (v, c) => {
        const bound = gammaExponentialMixtureBound(v, { alpha: 0.05, c, rho });
        expect(gammaExponentialMixtureBound(2 * v, { alpha: 0.05, c, rho })).toBeGreaterThan(bound);
        expect(gammaExponentialMixtureBound(v, { alpha: 0.05, c: c + 1, rho })).toBeGreaterThan(bound);
        expect(gammaExponentialMixtureBound(v, { alpha: 0.01, c, rho })).toBeGreaterThan(bound);
      }),
    );
  });

  it('scales: steps by k, time by k²', () => {
    fc.assert(
      fc.property(time, (v) => {
        const bound = gammaExponentialMixtureBound(v, { alpha: 0.05, c: 2, rho });
        const scaled = gammaExponentialMixtureBound(9 * v, { alpha: 0.05, c: 6, rho: 9 * rho });
        expect(scaled / bound).toBeCloseTo(3, 8);
      }),
    );
  });

  it('refuses what is outside its domain', () => {
    expect(() => gammaExponentialMixtureBound(-1, { alpha: 0.05, c: 2, rho })).toThrow(/v is -1/);
    expect(() => gammaExponentialMixtureBound(1, { alpha: 0.5, c: 2, rho })).toThrow(/alpha/);
    expect(() => gammaExponentialMixtureBound(1, { alpha: 0.05, c: 0, rho })).toThrow(/c is 0/);
    expect(() => gammaExponentialMixtureBound(1, { alpha: 0.05, c: 2, rho: 0 })).toThrow(/rho/);
  });
});
