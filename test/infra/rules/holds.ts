import { expect, it } from 'vitest';
import type { Graph } from '../graph.ts';
import { RULES } from './all.ts';

/** A test for each rule, on the graph that there is by then. */
export function holdsToTheRules(graph: () => Graph): void {
  it('has everything', () => {
    expect(graph().resources.length).toBeGreaterThan(150);
  });

  it.each(RULES.map(({ name, check }) => [name, check] as const))('%s', (_, check) => {
    expect(check(graph())).toEqual([]);
  });
}
