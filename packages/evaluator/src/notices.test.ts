import type { RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { describe, expect, it } from 'vitest';
import { type DigestEntry, digestText, rollbackText } from './notices.ts';
import { definitionWith } from './testing/virtual-rollout.ts';

const definition = definitionWith({ shadowDays: 5, stages: [{ percent: 5 }, { percent: 100 }] });

const slice = (
  name: string,
  action: SliceReview['action'],
  [from, to]: readonly [number, number],
  reason: string,
): SliceReview => ({
  slice: name,
  from: { stage: from, percent: [0, 5, 100][from] ?? 0 },
  to: { stage: to, percent: [0, 5, 100][to] ?? 0 },
  action,
  rule: 'a rule',
  reasons: [reason, 'and the numbers behind it'],
  evidence: {
    matureDays: 3,
    rows: 900,
    meanDifference: 1,
    lowerBound: 0.5,
    upperBound: 2,
    standardDeviation: 1,
    autocorrelation: 0,
    effectiveDays: 3,
    verdict: 'EXCEEDS',
  },
  daysInStage: 3,
});

const entry = (
  deployment: string,
  slices: readonly SliceReview[],
  more: { held?: RolloutReview['held']; paused?: string } = {},
): DigestEntry => ({
  deployment,
  definition,
  state: {
    slices: Object.fromEntries(
      slices.map(({ slice: name, to }) => [
        name,
        { ...to, since: null, approvedStage: 0, rollbacks: 0, rolledBack: null },
      ]),
    ),
    ...(more.paused === undefined ? {} : { paused: more.paused }),
  },
  review: {
    asOf: '2001-02-03',
    definitionVersion: 1,
    entered: [],
    held: more.held ?? [],
    slices: [...slices],
  },
});

describe('the notice of a rollback', () => {
  it('says what, by whom, why, and that nothing has to be done', () => {
    const reason = 'hub: it cost more\nregional: it cost more too';
    expect(
      rollbackText({
        deployment: 'rebooking',
        by: 'review as of 2001-02-03',
        reason,
        slices: ['hub', 'regional'],
      }),
    ).toBe(`rebooking: hub and regional rolled back (review as of 2001-02-03)
  hub: it cost more
  regional: it cost more too
Nothing has to be done for the incumbent to decide. Why: penumbra explain rebooking`);
  });

  it('of a kill switch is of every slice', () => {
    const rollback = { deployment: 'rebooking', by: 'ada', reason: 'wrong fares', slices: null };
    expect(rollbackText(rollback)).toMatch(/^rebooking: every slice rolled back \(ada\)\n {2}wrong fares\n/);
  });
});

describe('the daily digest', () => {
  it('tells where each slice is and what it needs, those that moved first', () => {
    const quiet = entry('quiet', [slice('hub', 'hold', [0, 0], '3 of the 5 mature days')], {
      held: [{ date: '2001-02-01', reason: 'its records were never closed' }],
    });
    const moved = entry('moved', [slice('hub', 'promote', [0, 1], 'the challenger exceeds the incumbent')]);
    expect(digestText('2001-02-03', [quiet, moved])).toBe(`Penumbra, as of 2001-02-03: 1 slice promoted

moved: 1 of 1 slice served
  hub: 0 % → 5 %, promoted: the challenger exceeds the incumbent

quiet: 0 of 1 slice served
  hub: in shadow, 3 of the 5 mature days. To 5 % it needs 2 more mature days in this stage
  2001-02-01 is held: its records were never closed`);
  });

  it('tells first what could not be reviewed', () => {
    const text = digestText('2001-02-03', [
      entry('fine', [slice('hub', 'hold', [2, 2], 'the last stage is reached')]),
      { deployment: 'broken', failed: 'its log cannot be read' },
    ]);
    expect(text).toMatch(
      /: 1 deployment not reviewed\n\nbroken: not reviewed: its log cannot be read\n\nfine/,
    );
    expect(text).toContain('hub: at 100 %, the last stage is reached');
  });

  it('says that a rollout is paused, and that nothing moved', () => {
    const text = digestText('2001-02-03', [
      entry('one', [slice('hub', 'hold', [0, 0], 'the rollout is paused')], { paused: 'prices change' }),
    ]);
    expect(text).toContain(': nothing moved');
    expect(text).toContain('one: 0 of 1 slice served, paused: prices change');
  });

  it('stays short enough for a chat and for an event, however many deployments there are', () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({
      deployment: `d-${index}`,
      failed: 'x'.repeat(100),
    }));
    const text = digestText('2001-02-03', many);
    expect(text.length).toBeLessThan(31_000);
    expect(text).toMatch(/The rest: penumbra status <deployment>$/);
  });
});
