import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { features } from './features.ts';
import { readModel } from './model.ts';
import { breakEven, payoff } from './payoff.ts';
import { recordColumns } from './records.ts';
import { candidates, type Rule } from './rule.ts';
import { tiers } from './tiers.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const definition = read('penumbra.json') as {
  task: { threshold: number; payoff: Record<keyof typeof payoff, { fixed: number }> };
  records: { id: string; unit: string; incumbent: string; features: string[] };
  slices: { slice: string; when: { field: string; equals: string }[] }[];
};

describe('penumbra.json', () => {
  it('names the features in the order that the model was trained and is served in', () => {
    const names = features.map((feature) => feature.name);
    expect(definition.records.features).toEqual(names);
    expect(readModel(new URL('../model.json', import.meta.url)).features).toEqual(names);
  });

  it('decides by the pay-off that the rule was chosen for', () => {
    expect(definition.task.threshold).toBeCloseTo(breakEven(), 12);
    for (const outcome of ['truePositive', 'falsePositive', 'falseNegative', 'trueNegative'] as const) {
      expect(definition.task.payoff[outcome].fixed).toBe(payoff[outcome]);
    }
  });

  it('names columns that the records have, and the tiers in order of risk', () => {
    const { id, unit, incumbent } = definition.records;
    expect(recordColumns).toEqual(expect.arrayContaining([id, unit, incumbent]));
    expect(definition.slices.map(({ slice }) => slice)).toEqual(tiers.map(({ tier }) => tier));
    for (const { slice, when } of definition.slices) expect(when).toEqual([{ field: 'tier', equals: slice }]);
  });
});

describe('what training wrote', () => {
  it('is small, and a rule among the candidates', () => {
    expect(statSync(new URL('../model.json', import.meta.url)).size).toBeLessThan(500_000);
    const { limit, ...rule } = read('rule.json') as Rule;
    expect(candidates).toContainEqual(rule);
    expect(limit).toBeGreaterThan(0);
  });
});
