import { beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from './graph.ts';
import { RULES } from './rules/all.ts';
import { synthesize } from './synthesize.ts';

describe.each(['production', 'ada'])('the stage %s, as SST puts it together', (stage) => {
  let graph: Graph;
  beforeAll(async () => {
    const { resources } = await synthesize({ stage, withoutBundles: true });
    graph = { stage, resources };
  }, 170_000);

  it('has everything', () => {
    expect(graph.resources.length).toBeGreaterThan(150);
  });

  it.each(RULES.map(({ name, check }) => [name, check] as const))('%s', (_, check) => {
    expect(check(graph)).toEqual([]);
  });
});

it('refuses a stage whose jobs would bear the names of another', async () => {
  await expect(synthesize({ stage: 'ada-2', name: 'refused', withoutBundles: true })).rejects.toThrow(
    /"ada-2" cannot be a stage of Penumbra/,
  );
}, 60_000);
