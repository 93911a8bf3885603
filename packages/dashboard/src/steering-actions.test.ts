import type { History } from '@penumbra/core/history';
import { historyFixture } from '@penumbra/report/testing/history-fixture';
import { describe, expect, it } from 'vitest';
import { steeringActions } from './steering-actions.ts';

const shadow = (history: History) => history.slices.map((slice) => ({ ...slice, stage: 0, percent: 0 }));
const plain = historyFixture();
const names = (overrides: Partial<History> = {}) =>
  steeringActions({ ...plain, ...overrides }).map(({ name }) => name);
const choicesOf = (name: string, overrides: Partial<History> = {}) =>
  steeringActions({ ...plain, ...overrides }).find((action) => action.name === name)?.choices ?? [];

describe('what may be done to a rollout', () => {
  it('is to pause it, and to take its traffic back', () => {
    expect(names()).toEqual(['pause', 'override']);
  });

  it('is to resume it where it is paused; the kill switch stays', () => {
    expect(names({ paused: 'a holiday' })).toEqual(['resume', 'override']);
  });

  it('is to resume it alone where it was taken back and nothing is served', () => {
    expect(names({ overridden: 'complaints', slices: shadow(plain) })).toEqual(['resume']);
  });

  it('is to take back what is still served after an override of another slice', () => {
    expect(names({ overridden: 'complaints' })).toEqual(['resume', 'override']);
  });
});

describe('an override', () => {
  it('is of every slice, or of one that is served', () => {
    const [first, second] = plain.slices;
    if (!first) throw new Error('the fixture has no slice');
    const two = [
      { ...first, slice: 'served', percent: 25 },
      { ...(second ?? first), slice: 'dark', percent: 0, stage: 0 },
    ];
    expect(choicesOf('override', { slices: two })).toEqual([
      { label: 'every slice', command: { name: 'override', slice: null } },
      { label: 'served only, now at 25\u00a0%', command: { name: 'override', slice: 'served' } },
    ]);
  });

  it('of a deployment of one slice needs no choice', () => {
    expect(choicesOf('override', { slices: plain.slices.slice(0, 1) })).toHaveLength(1);
  });
});

it('an approval says which stage of which slice, and how much traffic that is', () => {
  const last = plain.reviews.at(-1);
  if (!last) throw new Error('the fixture has no review');
  const at = { stage: 1, percent: 1 };
  const reviewed = last.slices.map((of) => ({ ...of, from: at, to: at, rule: 'approval pending' as const }));
  const slices = plain.slices.map((of) => ({ ...of, stage: 1, percent: 1 }));
  const [choice] = choicesOf('approve', { slices, reviews: [{ asOf: last.asOf, slices: reviewed }] });
  const { slice } = plain.slices[0] ?? {};
  expect(choice?.command).toEqual({ name: 'approve', slice, stage: 2 });
  expect(choice?.label).toMatch(new RegExp(`^stage 2 of ${slice}, 5\u00a0% of its traffic$`));
});
