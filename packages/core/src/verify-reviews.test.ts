import { beforeAll, describe, expect, it } from 'vitest';
import type { StoredEvent } from './events.ts';
import type { Pipeline } from './pipeline/ports.ts';
import { review as reviewOnce } from './pipeline/review.ts';
import type { RolloutReview } from './rollout-events.ts';
import { runQuietly } from './testing/in-memory-pipeline.ts';
import { byModel, foldersToClose, LAST_LANDED, newPipeline } from './testing/six-days.ts';
import { verifyReviews } from './verify-reviews.ts';

/** A policy that tells of every day how much of it was known; enough to see what a review saw. */
const policy: Pipeline['review'] = (state, days, asOf) => {
  const entered = days
    .filter(({ date, state: day }) => day.mature && !state.evidence.some((known) => known.date === date))
    .map(({ date, state: day }) => ({
      date,
      slices: { all: { rows: day.mature?.summary.overall.labelled ?? 0, mean: 1 } },
    }));
  const held = days
    .filter(({ state: day }) => !day.mature)
    .map(({ date, state: day }) => ({
      date,
      reason: day.rejected ? 'rejected' : day.predictions ? `${day.looks.length} looks` : 'no predictions',
    }));
  return { asOf, definitionVersion: 1, entered, held, slices: [] };
};

let log: readonly StoredEvent[];

beforeAll(async () => {
  const memory = await newPipeline(byModel);
  const live: Pipeline = { ...memory.pipeline, review: policy };
  const closed = foldersToClose(byModel);
  const asOf = ['2001-02-04', '2001-02-06', '2001-02-08', LAST_LANDED];
  for (const [index, close] of closed.entries()) {
    close(memory);
    if (index % 4 !== 0) await runQuietly(memory);
    if (index % 4 === 3)
      await reviewOnce(live, { deployment: 'd', asOf: asOf[(index - 3) / 4] ?? LAST_LANDED });
  }
  await runQuietly(memory);
  await reviewOnce(live, { deployment: 'd', asOf: LAST_LANDED });
  log = await memory.events('d');
});

const differences = (events: readonly StoredEvent[]) =>
  [...verifyReviews(events, policy)].flatMap(({ difference }) => difference ?? []);

describe('verifying reviews', () => {
  it('finds every stored review to be what its evidence gives', () => {
    const reviews = [...verifyReviews(log, policy)];
    expect(reviews.length).toBeGreaterThanOrEqual(4);
    expect(differences(log)).toEqual([]);
  });

  it('does so where the clocks of the workers disagree by an hour', () => {
    const skewed = log.map((event, index) => {
      if (event.stream === 'rollout') return event;
      const shift = index % 2 === 0 ? 3_600_000 : -3_600_000;
      return { ...event, at: new Date(Date.parse(event.at) + shift).toISOString() };
    });
    expect(differences(skewed)).toEqual([]);
  });

  it('names the first place where a stored review is another one', () => {
    const forge = (change: (review: RolloutReview) => RolloutReview) =>
      log.map((event) =>
        event.event.type === 'RolloutReviewed' && event.event.data.entered.length > 0
          ? { ...event, event: { ...event.event, data: change(event.event.data) } }
          : event,
      );
    const [first] = differences(
      forge((review) => ({
        ...review,
        entered: review.entered.map((day) => ({ ...day, slices: { all: { rows: 77, mean: 1 } } })),
      })),
    );
    expect(first).toMatchObject({ path: '/entered/0/slices/all/rows', stored: '77', recomputed: '3' });
    const [held] = differences(
      forge((review) => ({ ...review, held: [...review.held, { date: '2001-02-01', reason: 'a whim' }] })),
    );
    expect(held?.path).toMatch(/^\/held\/\d+$/);
    expect(held?.recomputed).toBe('nothing');
  });

  it('notices evidence that was changed afterwards', () => {
    const tampered = log.map((event): StoredEvent => {
      if (event.event.type !== 'PartitionEvaluated') return event;
      const { data } = event.event;
      const overall = { ...data.summary.overall, labelled: 1 };
      const changed = { ...data, summary: { ...data.summary, overall } };
      return { ...event, event: { type: 'PartitionEvaluated', data: changed } };
    });
    expect(differences(tampered)[0]?.path).toMatch(/^\/entered\/0\/slices\/all\/rows$/);
  });
});
