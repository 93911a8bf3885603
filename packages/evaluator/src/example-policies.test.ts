import { readFileSync } from 'node:fs';
import type { Stratum } from '@penumbra/core/day-events';
import type { RolloutReview } from '@penumbra/core/rollout-events';
import { describe, expect, it } from 'vitest';
import { seededRandom } from './inference/seeded-random.ts';
import { definitionWith, play } from './testing/virtual-rollout.ts';
import { sliceOf, virtualRollout } from './virtual-rollout.ts';

const EXAMPLES = new URL('../../../examples/policies/', import.meta.url);
const policy = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, EXAMPLES), 'utf8'));

const ROWS = 4000;
const cuts: Readonly<Record<string, readonly number[]>> = {
  canary: [1, 5, 25, 100],
  'ab-test': [50, 98, 100],
  'blue-green': [100],
};

/** A slice whose pairs differ by `pairs` on average and whose arms, where both serve, by `arms`. */
function days(name: string, pairs: (index: number) => number, arms: (index: number) => number) {
  const random = seededRandom(11);
  const noise = Array.from({ length: 400 }, () => 0.3 * random.normal());
  return (index: number) => {
    let before = 0;
    const strata = (cuts[name] ?? []).map((upTo): Stratum => {
      const rows = Math.round(((upTo - before) / 100) * ROWS);
      before = upTo;
      const value = (mean: number) => ({ sum: rows * mean, sumOfSquares: rows * (mean * mean + 1) });
      return { upTo, units: rows, rows, challenger: value(arms(index)), incumbent: value(0) };
    });
    return { regional: sliceOf(ROWS, pairs(index) + (noise[index] ?? 0), { strata }) };
  };
}

const moves = (reviews: readonly RolloutReview[]) =>
  reviews.flatMap(({ slices }, index) =>
    slices
      .filter(({ action }) => action !== 'hold')
      .map(({ action, to, rule }) => `${index + 1}: ${action} to ${to.percent} %, ${rule}`),
  );
const rolloutOf = (name: string) => virtualRollout(definitionWith(policy(name)));
const approve = (rollout: ReturnType<typeof rolloutOf>, stage: number) =>
  rollout.person({ type: 'Approve', slice: 'regional', stage, reason: 'go' });

describe('a canary', () => {
  it('opens on no harm, and grows beyond 5 % on proof alone', () => {
    const good = days(
      'canary',
      () => 2,
      () => 2,
    );
    expect(moves(play(rolloutOf('canary'), 30, good))).toEqual([
      '7: promote to 1 %, no harm',
      '11: promote to 5 %, no harm',
      '19: promote to 25 %, proven',
      '27: promote to 100 %, proven',
    ]);
    const unproven = days(
      'canary',
      () => 0,
      () => 0,
    );
    expect(moves(play(rolloutOf('canary'), 60, unproven))).toEqual([
      '7: promote to 1 %, no harm',
      '11: promote to 5 %, no harm',
    ]);
  });

  it('goes back on harm to those whom it decides', () => {
    const bad = days(
      'canary',
      () => 0,
      (index) => (index < 20 ? 0 : -1),
    );
    const found = moves(play(rolloutOf('canary'), 60, bad));
    expect(found[2]).toMatch(/^2[1-9]: roll-back to 1 %, harm$/);
    expect(found[3]).toMatch(/roll-back to 0 %, harm$/);
  });
});

describe('an A/B test', () => {
  it('waits for a person to begin, keeps its split, and ends on what its arms earned', () => {
    const rollout = rolloutOf('ab-test');
    // The pairing sees nothing: the outcome depends on who decides.
    const winning = days(
      'ab-test',
      () => 0,
      () => 0.5,
    );
    expect(moves(play(rollout, 6, winning))).toEqual([]);
    approve(rollout, 1);
    expect(moves(play(rollout, 40, winning, 6))).toEqual([
      '1: promote to 50 %, no harm',
      '30: promote to 98 %, proven',
    ]);
  });

  it('stays where it is without a difference between the arms, however the pairs look', () => {
    const rollout = rolloutOf('ab-test');
    const equal = days(
      'ab-test',
      () => 2,
      () => 0,
    );
    play(rollout, 6, equal);
    approve(rollout, 1);
    const reviews = play(rollout, 80, equal, 6);
    expect(moves(reviews)).toEqual(['1: promote to 50 %, no harm']);
    expect(reviews.at(-1)?.slices[0]?.rule).toBe('not proven');
  });
});

describe('a blue/green switch', () => {
  it('goes from nothing to everything, is watched, and goes back', () => {
    const rollout = rolloutOf('blue-green');
    const turning = days(
      'blue-green',
      (index) => (index < 40 ? 2 : -6),
      () => 0,
    );
    expect(moves(play(rollout, 25, turning))).toEqual([]);
    approve(rollout, 1);
    const after = play(rollout, 60, turning, 25);
    const found = moves(after);
    expect(found[0]).toBe('1: promote to 100 %, proven');
    expect(found[1]).toMatch(/^\d+: roll-back to 0 %, harm$/);
    expect(found).toHaveLength(2);
  });
});
