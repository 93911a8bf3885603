import { beforeAll, describe, expect, it } from 'vitest';
import { settingsOf } from '../../infra/settings.ts';
import type { Graph } from './graph.ts';
import { holdsToTheRules } from './rules/holds.ts';
import { synthesize } from './synthesize.ts';

// The personal stage is held to the same rules in bundles.test.ts, where its functions are built too.
describe('the stage production, as SST puts it together', () => {
  let graph: Graph;
  beforeAll(async () => {
    const { resources } = await synthesize({ stage: 'production', withoutBundles: true });
    graph = { stage: 'production', resources };
  }, 300_000);

  holdsToTheRules(() => graph);
});

describe('the name of a stage', () => {
  it('is refused where its jobs would bear the names of another', () => {
    expect(() => settingsOf('ada-2')).toThrow('"ada-2" cannot be a stage of Penumbra');
    expect(() => settingsOf('Ada')).toThrow('use up to 20 lower-case letters and digits');
  });

  it('decides what is kept', () => {
    expect(settingsOf('production').retain).toBe(true);
    expect(settingsOf('ada').retain).toBe(false);
  });
});
