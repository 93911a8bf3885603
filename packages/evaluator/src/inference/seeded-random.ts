import { randomBinomial, randomGamma, randomNormal, randomPoisson } from 'd3-random';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';
import { requirePositive } from './domain.ts';

/** Draws for simulations: the same seed gives the same draws, in the order in which they are asked for. */
export interface SeededRandom {
  /** In [0, 1). */
  readonly uniform: () => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** Student's t, not scaled: its variance is nu / (nu - 2) for nu > 2. */
  readonly studentT: (degreesOfFreedom: number) => number;
  /** The number of events, `mean` of them expected, 0 or more. */
  readonly poisson: (mean: number) => number;
  /** The number of successes in `n` trials of probability `p`. */
  readonly binomial: (n: number, p: number) => number;
}

/**
 * Mersenne Twister, because its seeding spreads neighbouring seeds apart: run 1, 2, 3… of a simulation may be
 * seeded so. Normal draws by the polar method, gamma by Marsaglia and Tsang, Poisson and binomial exact at any size.
 *
 * @throws RangeError when the seed is no 32-bit integer.
 */
export function seededRandom(seed: number): SeededRandom {
  if (!Number.isInteger(seed) || seed < -(2 ** 31) || seed >= 2 ** 32) {
    throw new RangeError(`seed is ${seed}; give a 32-bit integer`);
  }
  const generator = mersenne(seed);
  const uniform = () => uniformFloat64(generator);
  const normal = randomNormal.source(uniform)();
  const gamma = randomGamma.source(uniform);
  const poisson = randomPoisson.source(uniform);
  const binomial = randomBinomial.source(uniform);
  return {
    uniform,
    normal,
    studentT: (degreesOfFreedom) => {
      requirePositive(degreesOfFreedom, 'degreesOfFreedom');
      const chiSquare = gamma(degreesOfFreedom / 2, 2)();
      return normal() / Math.sqrt(chiSquare / degreesOfFreedom);
    },
    poisson: (mean) => {
      if (mean === 0) return 0;
      requirePositive(mean, 'mean');
      return poisson(mean)();
    },
    binomial: (n, p) => {
      if (!(Number.isInteger(n) && n >= 0 && p >= 0 && p <= 1)) {
        throw new RangeError(`binomial(${n}, ${p}); give a whole number of trials and a probability`);
      }
      return binomial(n, p)();
    },
  };
}
