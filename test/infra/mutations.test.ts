import { beforeAll, describe, expect, it } from 'vitest';
import { apply, MUTATIONS } from './mutations.ts';
import { RULES } from './rules/all.ts';
import { type Violation, violationsOf } from './rules/rule.ts';
import { synthesize } from './synthesize.ts';

describe.each(MUTATIONS.map((lot, index) => [index + 1, lot] as const))('mistakes, lot %i', (number, lot) => {
  let violations: readonly Violation[];
  beforeAll(async () => {
    const { resources } = await synthesize({
      stage: 'production',
      name: `mistakes-${number}`,
      withoutBundles: true,
      edit: (folder) => apply(lot, folder),
    });
    violations = violationsOf(RULES, { stage: 'production', resources });
  }, 300_000);

  it.each(lot.map((mutation) => [mutation.mistake, mutation] as const))('%s', (_, { rule, says }) => {
    const said = violations.filter((violation) => violation.rule === rule).map(({ what }) => what);
    expect(
      said.filter((what) => says.test(what)),
      `${rule} says: ${said.join('; ')}`,
    ).not.toEqual([]);
  });
});

it('are at least twelve, each of its own kind', () => {
  const all = MUTATIONS.flat();
  expect(all.length).toBeGreaterThanOrEqual(12);
  expect(new Set(all.map(({ says }) => String(says))).size).toBe(all.length);
});
