import fc from 'fast-check';
import { expect, it } from 'vitest';
import { populationStabilityIndex } from './population-stability.ts';

const counts = fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 });

it('is the sum of (p - q) ln(p / q) over the bins', () => {
  // 10,000 rows make the half row that is added to each bin vanish.
  const index = populationStabilityIndex([3000, 7000], [5000, 5000]);
  expect(index).toBeCloseTo(-0.2 * Math.log(0.6) + 0.2 * Math.log(1.4), 3);
});

it('is 0 for the same shares, never less, and the same both ways', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      expect(populationStabilityIndex(a, a)).toBeCloseTo(0, 12);
      expect(populationStabilityIndex(a, b)).toBeGreaterThanOrEqual(0);
      expect(populationStabilityIndex(a, b)).toBeCloseTo(populationStabilityIndex(b, a), 9);
    }),
  );
});

it('stays finite where a bin is empty, and says nothing without rows', () => {
  expect(populationStabilityIndex([100, 0], [0, 100])).toBeLessThan(Infinity);
  expect(populationStabilityIndex([0, 0], [0, 100])).toBe(0);
});
