import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../inference/seeded-random.ts';
import { obrienFlemingBoundaries, obrienFlemingSpending } from './group-sequential.ts';

describe("Lan-DeMets O'Brien-Fleming boundaries", () => {
  it.each([
    { looks: 4, expected: [4.332634, 2.963132, 2.359044, 2.01409], digits: 5 },
    { looks: 5, expected: [4.8769, 3.357, 2.6803, 2.2898, 2.031], digits: 4 },
  ])('of $looks looks at one-sided .025 are the published ones', ({ looks, expected, digits }) => {
    const boundaries = obrienFlemingBoundaries({ looks, alpha: 0.025 });
    expect(boundaries).toHaveLength(looks);
    boundaries.forEach((boundary, look) => {
      expect(boundary).toBeCloseTo(expected[look] ?? Number.NaN, digits);
    });
  });

  it('of one look are the quantile of the normal', () => {
    expect(obrienFlemingBoundaries({ looks: 1, alpha: 0.025 })[0]).toBeCloseTo(1.959964, 6);
  });

  it('fall from look to look and rise as alpha falls', () => {
    const bold = obrienFlemingBoundaries({ looks: 12, alpha: 0.05 });
    const careful = obrienFlemingBoundaries({ looks: 12, alpha: 0.01 });
    expect(bold).toEqual([...bold].sort((a, b) => b - a));
    careful.forEach((boundary, look) => {
      expect(boundary).toBeGreaterThan(bold[look] ?? Number.NaN);
    });
  });

  it('are crossed by alpha of the null, as much at each look as was to be spent', () => {
    const random = seededRandom(1983);
    const boundaries = obrienFlemingBoundaries({ looks: 4, alpha: 0.1 });
    const runs = 100_000;
    const crossedAt = boundaries.map(() => 0);
    for (let run = 0; run < runs; run++) {
      let sum = 0;
      const look = boundaries.findIndex((boundary, index) => {
        sum += random.normal();
        return sum / Math.sqrt(index + 1) > boundary;
      });
      if (look >= 0) crossedAt[look] = (crossedAt[look] ?? 0) + 1;
    }
    let spent = 0;
    crossedAt.forEach((crossed, look) => {
      const toSpend = obrienFlemingSpending((look + 1) / 4, 0.1) - spent;
      spent += toSpend;
      expect(Math.abs(crossed / runs - toSpend)).toBeLessThan(4 * Math.sqrt(toSpend / runs));
    });
    expect(spent).toBeCloseTo(0.1, 12);
  });

  it('are infinite while there is less to spend than a number can hold', () => {
    const boundaries = obrienFlemingBoundaries({ looks: 100, alpha: 1e-6 });
    expect(boundaries[0]).toBe(Infinity);
    expect(boundaries.at(-1)).toBeGreaterThan(4.75);
    expect(boundaries.at(-1)).toBeLessThan(5.5);
  });

  it('refuse what is outside their domain', () => {
    expect(() => obrienFlemingBoundaries({ looks: 0, alpha: 0.05 })).toThrow(/looks/);
    expect(() => obrienFlemingBoundaries({ looks: 2.5, alpha: 0.05 })).toThrow(/looks/);
    expect(() => obrienFlemingBoundaries({ looks: 101, alpha: 0.05 })).toThrow(/looks/);
    expect(() => obrienFlemingBoundaries({ looks: 4, alpha: 0.5 })).toThrow(/alpha/);
    expect(() => obrienFlemingSpending(0, 0.05)).toThrow(/t is 0/);
  });
});
