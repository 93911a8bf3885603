import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalUpperQuantile, normalUpperTail } from './normal-distribution.ts';

describe('standard normal', () => {
  it('has the published tails, far out too', () => {
    expect(normalUpperTail(0)).toBe(0.5);
    expect(normalUpperTail(1.959963984540054)).toBeCloseTo(0.025, 12);
    expect(normalUpperTail(10) / 7.61985302416053e-24).toBeCloseTo(1, 10);
    expect(normalUpperQuantile(0.025)).toBeCloseTo(1.959963984540054, 12);
    expect(normalUpperQuantile(1e-9)).toBeCloseTo(5.9978070150076865, 10);
    expect([normalUpperQuantile(0), normalUpperQuantile(1)]).toEqual([Infinity, -Infinity]);
  });

  it('finds its way back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -500, max: 3000 }), (hundredths) => {
        const z = hundredths / 100;
        expect(normalUpperQuantile(normalUpperTail(z))).toBeCloseTo(z, 8);
      }),
    );
  });
});
