import { addDays } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import { seededRandom } from '@penumbra/evaluator/inference/seeded-random';
import { definitionWith } from '@penumbra/evaluator/testing/virtual-rollout';
import { matureDay, virtualRollout } from '@penumbra/evaluator/virtual-rollout';
import { type DayProcess, dateOf, daysOf } from './days.ts';

/** Daily looks in a run. */
export const LOOKS = 84;

export interface PromotionCell {
  readonly kind: 'promotion';
  readonly name: string;
  readonly process: DayProcess;
  readonly policy?: object;
  /** Slices, all alike and independent; the first promotion of any of them counts. */
  readonly slices?: number;
}

export interface PromotionRun {
  /** Mature days at the first promotion; undefined where there was none in all looks. */
  readonly promoted: number | undefined;
  /** The same for a t-test that is read every day from day 14, level 5 %: what many would do. */
  readonly daily: number | undefined;
}

/** One challenger's life in shadow, reviewed daily by the shipped policy. */
export function runPromotion(cell: PromotionCell, seed: number): PromotionRun {
  const random = seededRandom(seed);
  const names = Array.from({ length: cell.slices ?? 1 }, (_, index) => `slice-${index}`);
  const rollout = virtualRollout(definitionOf(cell, names));
  const draws = names.map((name) => [name, daysOf(cell.process, random)] as const);
  const daily = dailyTTest();
  let promoted: number | undefined;
  const early = [];
  for (let look = 1; look <= LOOKS; look += 1) {
    const date = dateOf(look - 1);
    const numbers = Object.fromEntries(draws.map(([name, draw]) => [name, draw()]));
    const first = numbers[names[0] ?? ''];
    daily.add((first?.difference.sum ?? 0) / (first?.labelled ?? 1));
    const day = matureDay(date, numbers);
    if (promoted !== undefined) continue;
    // The first twenty days cannot promote anything, and come in one review.
    if (look < 20) {
      early.push(day);
      continue;
    }
    const reviewed = rollout.review(addDays(date, 1), look === 20 ? [...early, day] : [day]);
    if (reviewed.slices.some(({ action }) => action === 'promote')) promoted = look;
  }
  return { promoted, daily: daily.rejectedAt() };
}

const definitions = new Map<string, Definition>();

function definitionOf({ name, policy = {} }: PromotionCell, names: readonly string[]): Definition {
  const known = definitions.get(name);
  if (known) return known;
  const slices = names.map((slice) => ({ slice, when: [{ field: 'tier', equals: slice }] }));
  const definition = definitionWith(policy, { slices });
  definitions.set(name, definition);
  return definition;
}

/** Quantile of Student's t by its expansion about the normal's, good to 1e-4 from 13 degrees of freedom. */
function tQuantile95(degreesOfFreedom: number): number {
  const z = 1.6448536269514722;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + first / degreesOfFreedom + second / degreesOfFreedom ** 2;
}

function dailyTTest() {
  let n = 0;
  let sum = 0;
  let squares = 0;
  let rejected: number | undefined;
  return {
    add: (value: number) => {
      n += 1;
      sum += value;
      squares += value * value;
      if (n < 14 || rejected !== undefined) return;
      const variance = (squares - (sum * sum) / n) / (n - 1);
      if (sum / n > tQuantile95(n - 1) * Math.sqrt(variance / n)) rejected = n;
    },
    rejectedAt: () => rejected,
  };
}
