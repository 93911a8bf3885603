import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { StoredEvent } from '@penumbra/core/events';
import type { Policy } from '@penumbra/core/policy-schema';
import type { ReportedDay } from '@penumbra/core/rollout-events';
import { describe, expect, it } from 'vitest';
import { backtest, replay } from './backtest.ts';
import { explain, reviewDates } from './explain.ts';
import { seededRandom } from './inference/seeded-random.ts';
import { type RecordedLog, recordedLog } from './recorded-log.ts';
import { definitionWith } from './testing/virtual-rollout.ts';
import { matureDay, START, sliceOf, virtualRollout } from './virtual-rollout.ts';

const RECORDED = {
  shadowDays: 10,
  stages: [10, 100].map((percent) => ({ percent, minDays: 3, minRows: 0 })),
};
const DAYS = 40;

/** An application that gives the first slice to the challenger already in shadow, and reports it. */
const wrongArms = (date: CalendarDate): ReportedDay => ({
  date,
  exposures: 900,
  unknown: 0,
  dropped: 0,
  slices: [{ slice: 'regional', percent: 0, challengerUnits: 300, controlUnits: 600, mismatches: 300 }],
});

/** A log of forty days: the challenger is no better in the first slice, and better in the second. */
function recorded(): RecordedLog {
  const random = seededRandom(2);
  const rollout = virtualRollout(definitionWith(RECORDED));
  const events: RecordedLog['rollout'][number][] = [
    {
      type: 'DeploymentRegistered',
      data: { definition: definitionWith(RECORDED), definitionVersion: 1, startDate: START },
    },
  ];
  const days = new Map();
  for (let index = 0; index < DAYS; index += 1) {
    const date = addDays(START, index);
    const day = matureDay(
      date,
      { regional: sliceOf(1000, random.normal()), hub: sliceOf(2000, 2 + 0.3 * random.normal()) },
      {
        transform: { attempt: 1, jobName: `job-${date}`, phase: 'completed', retry: false },
        predictions: [{ key: `scores-${date}`, bytes: 1, etag: 'e' }],
      },
    );
    days.set(date, day.state);
    if (index === 20) {
      rollout.person({ type: 'Pause', reason: 'a holiday' });
      events.push({ type: 'RolloutPaused', data: { reason: 'a holiday' } });
      rollout.person({ type: 'Resume', reason: 'back' });
      events.push({ type: 'RolloutResumed', data: { reason: 'back' } });
    }
    const reported = index === 5 ? [wrongArms(date)] : [];
    events.push({ type: 'RolloutReviewed', data: rollout.review(addDays(date, 1), [day], reported) });
  }
  return { rollout: events, days };
}

const log = recorded();
const policyOf = (policy: object): Policy => definitionWith({ ...RECORDED, ...policy }).policy;

describe('a backtest', () => {
  it('under the recorded policy is what was recorded', () => {
    const same = backtest(log, policyOf({}));
    expect(same.sameAgain).toBe(true);
    expect(same.differences).toEqual([]);
    for (const { recorded: one, other } of same.slices) expect(other).toEqual(one);
    const written = log.rollout.flatMap(({ type, data }) => (type === 'RolloutReviewed' ? [data] : []));
    expect(replay(log, (definition) => definition).reviews).toEqual(written);
    expect(written.some(({ reported = [] }) => reported.length > 0)).toBe(true);
  });

  it('tells the day on which each slice would have opened, and what would have been served', () => {
    const { slices, differences } = backtest(log, policyOf({ onUnproven: 'skip' }));
    const [regional, hub] = slices;
    expect(regional?.other.opened).toBeNull();
    expect(hub?.recorded).toMatchObject({ opened: null, percent: 0, records: 0, money: 0, harm: 0 });
    expect(hub?.other).toMatchObject({ percent: 100, rollbacks: 0 });
    expect(differences[0]).toMatchObject({
      slice: 'hub',
      recorded: undefined,
      other: { to: { percent: 10 } },
    });
    expect(differences[0]?.asOf).toBe(hub?.other.opened);
    // About 2 a record on the records served, and none of it lost.
    const { money = 0, records = 0, harm } = hub?.other ?? {};
    expect(records).toBeGreaterThan(20_000);
    expect(money / records).toBeCloseTo(2, 0);
    expect(harm).toBe(0);
  });

  it('counts what an imprudent policy would have lost', () => {
    const stages = [{ percent: 100, needs: 'no-harm', minDays: 100 }];
    const { slices } = backtest(log, policyOf({ shadowDays: 1, stages }));
    const { money = 0, harm = 0 } = slices[0]?.other ?? {};
    expect(harm).toBeLessThan(-5000);
    expect(money).toBeGreaterThan(harm);
  });

  it('leaves out what people did that has no meaning under the other policy', () => {
    const approved = {
      type: 'StageApproved' as const,
      data: { slice: 'hub', stage: 2, reason: 'looks right' },
    };
    const { ignored } = backtest({ ...log, rollout: [...log.rollout, approved] }, policyOf({}));
    expect(ignored).toEqual(['StageApproved: stage 1 is the next to approve']);
  });

  it('is a pure function of the log', () => {
    const other = policyOf({ onUnproven: 'skip', shadowDays: 12 });
    expect(backtest(log, other)).toEqual(backtest(recorded(), other));
  });
});

describe('an explanation', () => {
  it('is of the last review, or of the one as of a date', () => {
    expect(explain(log, undefined)?.asOf).toBe(reviewDates(log).at(-1));
    expect(explain(log, '2001-01-15')?.asOf).toBe('2001-01-15');
    expect(explain(log, '2002-01-15')).toBeUndefined();
  });

  it('names the rule, the setting behind it, and what the next step needs', () => {
    const early = explain(log, '2001-01-06')?.slices[0];
    expect(early).toMatchObject({
      rule: 'not enough mature days',
      setting: { field: 'policy.shadowDays', value: 10 },
      next: { stage: 1, percent: 10 },
    });
    expect(early?.next.missing[0]).toBe('5 more mature days in this stage');
    const late = explain(log, undefined)?.slices[1];
    expect(late?.setting).toEqual({ field: 'policy.onUnproven', value: 'wait' });
    expect(late?.next.missing).toContain('the slices before it, out of its way');
  });

  it('projects the days that proof still takes at this effect, on the safe side', () => {
    const random = seededRandom(9);
    const rollout = virtualRollout(definitionWith(RECORDED));
    const events: RecordedLog['rollout'][number][] = [log.rollout[0] as RecordedLog['rollout'][number]];
    const numbers = (index: number) => {
      // Two days of one size and two of another: mean and spread stay, with little autocorrelation.
      const swing = [1, 1, -1, -1][index % 4] ?? 0;
      return { regional: sliceOf(1000, 0.45 + swing + 0.01 * random.normal()) };
    };
    let projected: number | undefined;
    for (let index = 0; index < 150; index += 1) {
      const day = matureDay(addDays(START, index), numbers(index));
      const reviewed = rollout.review(addDays(START, index + 1), [day]);
      events.push({ type: 'RolloutReviewed', data: reviewed });
      if (index === 19) {
        const found = explain({ rollout: events, days: new Map() }, undefined)?.slices[0]?.next.missing ?? [];
        projected = Number(/^(\d+) more mature days at this effect$/.exec(found[0] ?? '')?.[1]);
      }
      if (reviewed.slices[0]?.action === 'promote') {
        expect(projected).toBeDefined();
        const taken = index - 19;
        // The autocorrelation of twenty days is overestimated, and corrected as days come in.
        expect(taken).toBeLessThanOrEqual(projected ?? 0);
        expect(taken).toBeGreaterThan((projected ?? 0) / 2);
        return;
      }
    }
    throw new Error('never promoted');
  });

  it('leads to the job and the file behind each number', () => {
    const [first] = explain(log, undefined)?.slices[0]?.days ?? [];
    expect(first).toMatchObject({
      date: START,
      rows: 1000,
      job: `job-${START}`,
      predictions: [`scores-${START}`],
      metrics: { key: 'k', sha256: 's' },
      restated: null,
    });
  });
});

it('a log is sorted into the rollout and its days, whatever else stands between', () => {
  const stored = (stream: string, event: StoredEvent['event']): StoredEvent => ({
    deployment: 'rebooking',
    stream,
    version: 1,
    eventId: 'e',
    causationId: 'c',
    correlationId: 'c',
    actor: { kind: 'system', name: 'penumbra' },
    at: '2001-01-01T00:00:00.000Z',
    event,
  });
  const sorted = recordedLog([
    stored('day/2001-01-01', { type: 'PartitionReady', data: { files: [], rows: 5, definitionVersion: 1 } }),
    stored('rollout', { type: 'RolloutPaused', data: { reason: 'x' } }),
  ]);
  expect(sorted.rollout).toHaveLength(1);
  expect(sorted.days.get('2001-01-01')?.partition?.rows).toBe(5);
});
