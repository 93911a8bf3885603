import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossing } from './root.ts';

describe('crossing', () => {
  it('finds the root, near and far', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60, max: 60 }), (power) => {
        const root = 3 ** power;
        expect(crossing((x) => x - root) / root).toBeCloseTo(1, 14);
      }),
    );
  });

  it('is 0 when the function starts at or above 0', () => {
    expect(crossing((x) => x)).toBe(0);
    expect(crossing((x) => x + 1)).toBe(0);
  });

  it('finds a step', () => {
    expect(crossing((x) => (x < 0.7 ? -Infinity : 1))).toBe(0.7);
  });

  it('gives up on a function without a root', () => {
    expect(() => crossing(() => -1)).toThrow(/no root/);
    expect(() => crossing(() => Number.NaN)).toThrow(/no root/);
  });
});
