import { beforeAll, describe, expect, it } from 'vitest';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import { type SequentialT, sequentialT, sequentialTStrict } from './sequential-t.ts';

const RUNS = 2000;
const LAST_DAY = 84;
const ALPHA = 0.05;

/** Days without a true difference; standard deviation 1, correlation phi from day to day. */
function worthlessModel(random: SeededRandom, phi: number): number[] {
  const days = [random.normal()];
  while (days.length < LAST_DAY) {
    days.push(phi * (days.at(-1) ?? 0) + Math.sqrt(1 - phi * phi) * random.normal());
  }
  return days;
}

/** Quantile of Student's t by its expansion about the normal's, good to 1e-4 from 13 degrees of freedom. */
function tQuantile95(degreesOfFreedom: number): number {
  const z = 1.6448536269514722;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + first / degreesOfFreedom + second / degreesOfFreedom ** 2;
}

/** A t-test on all days so far, on every day from day 14. */
function plainTPromotes(days: readonly number[]): boolean {
  let sum = 0;
  let squares = 0;
  return days.some((value, index) => {
    const n = index + 1;
    sum += value;
    squares += value * value;
    const variance = (squares - (sum * sum) / n) / (n - 1);
    return n >= 14 && sum / n > tQuantile95(n - 1) * Math.sqrt(variance / n);
  });
}

/** At one of the looks from day 21. */
function sometimePromotes(
  days: readonly number[],
  test: (days: readonly number[]) => SequentialT,
  everyDays = 1,
): boolean {
  for (let day = 21; day <= LAST_DAY; day += everyDays) if (test(days.slice(0, day)).promotes) return true;
  return false;
}

function share(models: readonly number[][], promoted: (days: readonly number[]) => boolean): number {
  return models.filter(promoted).length / models.length;
}

describe('false promotions over 84 daily looks at alpha 5 %, 2,000 worthless models', () => {
  const random = seededRandom(84);
  let independent: number[][];
  let dependent: number[][];
  beforeAll(() => {
    independent = Array.from({ length: RUNS }, () => worthlessModel(random, 0));
    dependent = Array.from({ length: RUNS }, () => worthlessModel(random, 0.3));
  });

  it('the plain t-test read every day promotes one in five', () => {
    expect(share(independent, plainTPromotes)).toBeGreaterThan(0.15);
    expect(share(dependent, plainTPromotes)).toBeGreaterThan(0.25);
  });

  it('the adjusted sequential t stays clearly below alpha on independent days', () => {
    const adjusted = (days: readonly number[]) => sequentialT(days, { alpha: ALPHA });
    expect(share(independent, (days) => sometimePromotes(days, adjusted))).toBeLessThan(0.03);
  });

  it('the adjusted sequential t holds where days depend on each other, and the unadjusted does not', () => {
    const adjusted = (days: readonly number[]) => sequentialT(days, { alpha: ALPHA });
    const unadjusted = (days: readonly number[]) => sequentialT(days, { alpha: ALPHA, autocorrelation: 0 });
    expect(share(dependent, (days) => sometimePromotes(days, adjusted))).toBeLessThanOrEqual(0.06);
    expect(share(dependent.slice(0, RUNS / 4), (days) => sometimePromotes(days, unadjusted))).toBeGreaterThan(
      0.07,
    );
  });

  it('weekly blocks, which change once a week, hold without an estimate of the autocorrelation', () => {
    const strict = (days: readonly number[]) => sequentialTStrict(days, { alpha: ALPHA });
    expect(share(dependent, (days) => sometimePromotes(days, strict, 7))).toBeLessThan(0.05);
  });
});
