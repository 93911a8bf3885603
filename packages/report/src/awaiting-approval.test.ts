import type { Intervention } from '@penumbra/core/history';
import { expect, test } from 'vitest';
import { awaitingApproval } from './awaiting-approval.ts';
import { historyFixture } from './testing/history-fixture.ts';

const plain = historyFixture();
const [first] = plain.slices;
const last = plain.reviews.at(-1);
if (!first || !last) throw new Error('the fixture has no slice, or no review');

/** The last review left the slice, at its first stage, to a person. */
const waiting = {
  ...plain,
  slices: [{ ...first, stage: 1 }],
  reviews: [
    ...plain.reviews.slice(0, -1),
    {
      asOf: last.asOf,
      slices: last.slices.slice(0, 1).map((reviewed) => ({
        ...reviewed,
        from: { stage: 1, percent: 1 },
        to: { stage: 1, percent: 1 },
        action: 'hold' as const,
        rule: 'approval pending' as const,
      })),
    },
  ],
};
const approval: Intervention = {
  version: 99,
  type: 'StageApproved',
  at: `${last.asOf}T09:00:00.000Z`,
  after: last.asOf,
  by: 'ada',
  slice: first.slice,
  reason: 'as discussed',
};

test('a stage waits for a person where the last review said so', () => {
  const { percent } = plain.definition.policy.stages[1] ?? {};
  expect(awaitingApproval(waiting)).toEqual([{ slice: first.slice, stage: 2, percent }]);
});

test('a slice that was held for anything else waits for nobody', () => {
  expect(awaitingApproval(plain)).toEqual([]);
});

test('it waits no longer once somebody has approved; an approval before the review was of another stage', () => {
  expect(awaitingApproval({ ...waiting, interventions: [approval] })).toEqual([]);
  expect(
    awaitingApproval({ ...waiting, interventions: [{ ...approval, after: '2001-01-01' }] }),
  ).toHaveLength(1);
});

test('a slice that was taken back to shadow since does not wait', () => {
  expect(awaitingApproval({ ...waiting, slices: [{ ...first, stage: 0, percent: 0 }] })).toEqual([]);
});

test('before the first review nothing waits', () => {
  expect(awaitingApproval({ ...waiting, reviews: [] })).toEqual([]);
});
