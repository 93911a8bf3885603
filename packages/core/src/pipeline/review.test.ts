import { beforeEach, describe, expect, it } from 'vitest';
import { exampleDefinition } from '../testing/example-definition.ts';
import {
  foldersOf,
  type InMemoryPipeline,
  inMemoryPipeline,
  runQuietly,
} from '../testing/in-memory-pipeline.ts';
import { move, reviewOf } from '../testing/rollout-examples.ts';
import { type DatedDay, review } from './review.ts';
import { reviewWindow } from './review-window.ts';

const DEPLOYMENT = 'rebooking';
const { records, outcomes } = foldersOf(DEPLOYMENT);
const definition = {
  ...exampleDefinition,
  outcomes: { ...exampleDefinition.outcomes, maturityDays: 2, watchDays: 2 },
};

let memory: InMemoryPipeline;
let seen: readonly DatedDay[];

/** A policy that gives hubs the first stage where any day is mature, and remembers what it was shown. */
beforeEach(async () => {
  seen = [];
  memory = inMemoryPipeline({
    review: ({ slices }, days, asOf) => {
      seen = days;
      const promote = slices.hubs?.stage === 0 && days.some(({ state }) => state.mature);
      return reviewOf(asOf, ...(promote ? [move('hubs', 'promote', 0, 1)] : []));
    },
  });
  await memory.register(definition, '2001-02-01');
});

const reviewAsOf = (asOf: string) => review(memory.pipeline, { deployment: DEPLOYMENT, asOf });

async function matureFirstDay(): Promise<void> {
  memory.close(records('2001-02-01'), ['r1']);
  memory.close(outcomes('2001-02-01'), []);
  memory.close(outcomes('2001-02-02'), ['r1,1']);
  memory.close(outcomes('2001-02-03'), []);
  await runQuietly(memory);
}

const reviews = async () =>
  (await memory.events(DEPLOYMENT)).filter(({ event }) => event.type === 'RolloutReviewed');

describe('the daily review', () => {
  it('looks at every day that is old enough, those without a partition too', async () => {
    await matureFirstDay();
    await reviewAsOf('2001-02-05');
    expect(seen.map(({ date, state }) => [date, state.mature !== undefined])).toEqual([
      ['2001-02-01', true],
      ['2001-02-02', false],
      ['2001-02-03', false],
    ]);
  });

  it('records its decision and publishes what applications read', async () => {
    await matureFirstDay();
    const { review: decided, document } = await reviewAsOf('2001-02-05');
    expect(decided?.slices).toEqual([move('hubs', 'promote', 0, 1)]);
    expect(document?.slices.map(({ slice, percent }) => [slice, percent])).toEqual([
      ['small-airports', 0],
      ['hubs', 1],
    ]);
    expect(await memory.pipeline.documents.read(DEPLOYMENT)).toEqual(document);
  });

  it('is recorded once for a date; asked again, it publishes the same document', async () => {
    await matureFirstDay();
    const first = await reviewAsOf('2001-02-05');
    expect(await reviewAsOf('2001-02-05')).toEqual(first);
    expect(await reviews()).toHaveLength(1);
  });

  it('is recorded once where two workers do it at the same time', async () => {
    await matureFirstDay();
    const [one, other] = await Promise.all([reviewAsOf('2001-02-05'), reviewAsOf('2001-02-05')]);
    expect(one).toEqual(other);
    expect(await reviews()).toHaveLength(1);
  });

  it('of an older date changes nothing', async () => {
    await matureFirstDay();
    const { document } = await reviewAsOf('2001-02-05');
    await reviewAsOf('2001-02-04');
    expect(await reviews()).toHaveLength(1);
    expect(await memory.pipeline.documents.read(DEPLOYMENT)).toEqual(document);
  });

  it('publishes after a crash between the decision and the document', async () => {
    await matureFirstDay();
    const { publish } = memory.pipeline.documents;
    Object.assign(memory.pipeline.documents, { publish: () => Promise.reject(new Error('crash')) });
    await expect(reviewAsOf('2001-02-05')).rejects.toThrow('crash');
    Object.assign(memory.pipeline.documents, { publish });
    await reviewAsOf('2001-02-05');
    expect(await reviews()).toHaveLength(1);
    expect(await memory.pipeline.documents.read(DEPLOYMENT)).toMatchObject({
      asOf: '2001-02-05',
      version: 2,
    });
  });

  it('never replaces a newer document', async () => {
    const { document } = await reviewAsOf('2001-02-05');
    if (!document) throw new Error('no document');
    const newer = { ...document, version: document.version + 1, asOf: '2001-02-06' };
    await memory.pipeline.documents.publish(newer);
    expect(await memory.pipeline.documents.publish(document)).toBe('stale');
    await reviewAsOf('2001-02-05');
    expect(await memory.pipeline.documents.read(DEPLOYMENT)).toEqual(newer);
  });

  it('of a deployment that nobody registered is refused by name', async () => {
    await expect(review(memory.pipeline, { deployment: 'nobody', asOf: '2001-02-05' })).rejects.toThrow(
      'there is no deployment "nobody"',
    );
  });
});

describe('the days that a review looks at', () => {
  const window = (startDate: string, asOf: string) => reviewWindow(definition.outcomes, startDate, asOf);

  it('are none before the first one is old enough', () => {
    expect(window('2001-02-01', '2001-02-02')).toEqual([]);
    expect(window('2001-02-01', '2001-02-03')).toEqual(['2001-02-01']);
  });
  it('begin with the deployment, and later with those whose watch ended a week ago', () => {
    expect(window('2001-02-01', '2001-02-12').at(0)).toBe('2001-02-01');
    expect(window('2001-02-01', '2001-03-12').at(0)).toBe('2001-03-01');
    expect(window('2001-02-01', '2001-03-12').at(-1)).toBe('2001-03-10');
    expect(window('2001-02-01', '2001-03-12')).toHaveLength(10);
  });
});
