import { describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';

function moments(draw: () => number, draws = 50_000) {
  const values = Array.from({ length: draws }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / draws;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws;
  return { mean, variance, standardError: Math.sqrt(variance / draws), values };
}

describe('seeded random', () => {
  it('repeats itself from the same seed', () => {
    const draws = (seed: number) => {
      const random = seededRandom(seed);
      return [
        random.uniform(),
        random.normal(),
        random.studentT(3),
        random.poisson(40),
        random.binomial(100, 0.3),
      ];
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
  });

  it('keeps its stream from version to version', () => {
    const random = seededRandom(1);
    expect([random.uniform(), random.uniform(), random.normal()].map((value) => value.toFixed(12))).toEqual([
      '0.689407913535',
      '0.100767326978',
      '0.787852035080',
    ]);
  });

  it('does not tie neighbouring seeds together', () => {
    const seeds = Array.from({ length: 5000 }, (_, seed) => seed);
    const first = seeds.map((seed) => seededRandom(seed).uniform() - 0.5);
    const products = first.slice(1).map((value, index) => value * (first[index] ?? 0));
    const correlation = products.reduce((sum, value) => sum + value, 0) / products.length / (1 / 12);
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(5000));
  });

  it.each([
    {
      name: 'uniform',
      draw: (r: ReturnType<typeof seededRandom>) => r.uniform(),
      mean: 0.5,
      variance: 1 / 12,
    },
    { name: 'normal', draw: (r: ReturnType<typeof seededRandom>) => r.normal(), mean: 0, variance: 1 },
    { name: 't of 8', draw: (r: ReturnType<typeof seededRandom>) => r.studentT(8), mean: 0, variance: 8 / 6 },
    {
      name: 'Poisson 2.5',
      draw: (r: ReturnType<typeof seededRandom>) => r.poisson(2.5),
      mean: 2.5,
      variance: 2.5,
    },
    {
      name: 'Poisson 900',
      draw: (r: ReturnType<typeof seededRandom>) => r.poisson(900),
      mean: 900,
      variance: 900,
    },
    {
      name: 'binomial 10',
      draw: (r: ReturnType<typeof seededRandom>) => r.binomial(10, 0.3),
      mean: 3,
      variance: 2.1,
    },
    {
      name: 'binomial 50000',
      draw: (r: ReturnType<typeof seededRandom>) => r.binomial(50_000, 0.02),
      mean: 1000,
      variance: 980,
    },
  ])('$name has its mean and variance', ({ draw, mean, variance }) => {
    const random = seededRandom(7);
    const found = moments(() => draw(random));
    expect(Math.abs(found.mean - mean)).toBeLessThan(4 * found.standardError);
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.05);
  });

  it('has the tails of Student t', () => {
    const random = seededRandom(3);
    const { values } = moments(() => random.studentT(3), 100_000);
    // 5.840909 is exceeded in either direction with probability .01.
    const beyond = values.filter((value) => Math.abs(value) > 5.840909).length / values.length;
    expect(Math.abs(beyond - 0.01)).toBeLessThan(4 * Math.sqrt(0.01 / values.length));
  });

  it('gives none of nothing', () => {
    const random = seededRandom(3);
    expect([
      random.poisson(0),
      random.binomial(0, 0.5),
      random.binomial(9, 0),
      random.binomial(9, 1),
    ]).toEqual([0, 0, 0, 9]);
  });

  it('refuses what is outside its domain', () => {
    const random = seededRandom(3);
    expect(() => seededRandom(0.5)).toThrow(/seed/);
    expect(() => seededRandom(2 ** 32)).toThrow(/seed/);
    expect(() => random.studentT(0)).toThrow(/degreesOfFreedom/);
    expect(() => random.poisson(-1)).toThrow(/mean/);
    expect(() => random.binomial(-1, 0.5)).toThrow(/binomial/);
    expect(() => random.binomial(5, 1.5)).toThrow(/binomial/);
  });
});
