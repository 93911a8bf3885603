import { describe, expect, it } from 'vitest';
import { planOf } from './plan.ts';
import { UNSCORABLE_DATE } from './scenario.ts';
import { OPERATIONS, type OperationName, SEAMS } from './seams.ts';

const words = Array.from({ length: 4000 }, (_, index) => `place ${index}`);
const names = Object.keys(OPERATIONS) as OperationName[];

describe('the plan of a seed', () => {
  it('brings the same faults to the same places, in whatever order they are met', () => {
    const there = words.map((word) => planOf(7).fault('append', word));
    const plan = planOf(7);
    const back = [...words].reverse().map((word) => plan.fault('append', word));
    expect(back.reverse()).toEqual(there);
  });

  it('brings other faults with another seed, or to a message that was received once more', () => {
    const faults = (seed: number, receiveCount: number) =>
      words.map((word) => planOf(seed).fault('send', word, receiveCount));
    expect(faults(1, 1)).not.toEqual(faults(2, 1));
    expect(faults(1, 1)).not.toEqual(faults(1, 2));
  });

  it.each(names)('brings every kind of fault to %s, and about as many as it should', (operation) => {
    const { chance, kinds } = OPERATIONS[operation];
    const faults = words.flatMap((word) => planOf(3).fault(operation, word) ?? []);
    expect(new Set(faults)).toEqual(new Set(kinds));
    expect(Math.abs(faults.length / words.length - chance)).toBeLessThan(0.03);
  });

  it('lets the third attempt of a transform be, and never touches the date that fails by itself', () => {
    const plan = planOf(5);
    for (const word of words) {
      expect(plan.transformEnd(word, '2024-02-27', 3)).toBeUndefined();
      expect(plan.badAttempts(word, '2024-02-27')).toBeLessThan(3);
      expect(plan.badAttempts(word, UNSCORABLE_DATE)).toBe(0);
    }
  });

  it('names every seam once', () => {
    expect(new Set(SEAMS).size).toBe(SEAMS.length);
  });
});
