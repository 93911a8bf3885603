import { addDays, daysBetween } from '@penumbra/core/calendar';
import { ROLLOUT, type StoredEvent } from '@penumbra/core/events';
import type { History } from '@penumbra/core/history';
import { syntheticLog } from '@penumbra/core/testing/synthetic-log';
import { describe, expect, it } from 'vitest';
import { historyOf } from './history.ts';

const DAYS = 12;
const START = '2001-01-01';
const MATURITY = 5;
const log = [...syntheticLog('twelve-days', DAYS, 2)];

const told = (events: readonly StoredEvent[], asOf?: string): History => {
  const history = historyOf(events, asOf);
  if (!history) throw new Error('nothing is told');
  return history;
};

/** What a person did, written where the next event of the rollout stands. */
const byAda = (events: readonly StoredEvent[], event: StoredEvent['event']): StoredEvent[] => {
  const last = events.findLast(({ stream }) => stream === ROLLOUT);
  if (!last) throw new Error('no rollout');
  const { version } = last;
  return [
    ...events,
    {
      ...last,
      version: version + 1,
      actor: { kind: 'person', name: 'ada' },
      at: '2001-01-13T09:00:00Z',
      event,
    },
  ];
};

describe('a history', () => {
  it('tells every day from the first on, and each look at it', () => {
    const { days, from, to } = told(log);
    expect([from, to, days.length]).toEqual([START, addDays(START, DAYS - 1), DAYS]);
    const [first] = days;
    expect(first).toMatchObject({ status: 'mature', rows: 5000, restated: null });
    expect(first?.looks.map(({ age }) => age).slice(0, 4)).toEqual([1, 2, 3, 5]);
    expect(first?.steps).toMatchObject({ landed: addDays(START, 1), mature: addDays(START, MATURITY) });
  });

  it('is told as it was known: nothing that landed later, no review that came later', () => {
    const asOf = addDays(START, 7);
    const { days, reviews, reviewDates, cumulative } = told(log, asOf);
    expect(reviews.at(-1)?.asOf).toBe(asOf);
    expect(reviewDates.at(-1)).toBe(addDays(START, DAYS - 1));
    expect(days.at(-1)?.date).toBe(asOf);
    for (const { date, status, looks } of days) {
      expect(status).toBe(daysBetween(date, asOf) >= MATURITY ? 'mature' : 'waiting');
      for (const look of looks) expect(look.asOf <= asOf).toBe(true);
    }
    expect(cumulative.days).toBe(7 - MATURITY + 1);
  });

  it('says what people did, between which reviews, and keeps it out of the time before', () => {
    const steered = byAda(log, { type: 'RolloutPaused', data: { reason: 'a holiday' } });
    const now = told(steered);
    expect(now.paused).toBe('a holiday');
    expect(now.interventions).toEqual([
      {
        version: DAYS + 2,
        type: 'RolloutPaused',
        at: '2001-01-13T09:00:00Z',
        after: addDays(START, DAYS - 1),
        by: 'ada',
        slice: null,
        reason: 'a holiday',
      },
    ]);
    expect(now.ahead[0]?.missing).toContain('a person who resumes the rollout');
    expect(now.ahead[0]?.reviews).toBeNull();
    const before = told(steered, addDays(START, DAYS - 2));
    expect([before.paused, before.interventions]).toEqual([null, []]);
  });

  it('before the first review tells the days, and claims nothing', () => {
    const early = log.filter(({ event }) => event.type !== 'RolloutReviewed');
    const { reviews, slices, ahead, rollout } = told(early);
    expect([reviews, ahead, rollout.certificate]).toEqual([[], [], null]);
    expect(slices.map(({ verdict, percent }) => [verdict, percent])).toEqual([
      ['NOT_ASSESSABLE', 0],
      ['NOT_ASSESSABLE', 0],
    ]);
  });

  it('tells nothing of a log that registers nothing', () => {
    expect(historyOf([])).toBeUndefined();
    expect(historyOf(log.filter(({ stream }) => stream !== ROLLOUT))).toBeUndefined();
  });
});
