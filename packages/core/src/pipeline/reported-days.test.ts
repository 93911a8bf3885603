import { beforeEach, describe, expect, it } from 'vitest';
import type { Arm } from '../assignment.ts';
import { bucketOf, isChallenger } from '../bucketing.ts';
import type { Exposure } from '../exposures.ts';
import type { ReportedDay } from '../rollout-events.ts';
import { exampleDefinition } from '../testing/example-definition.ts';
import { type InMemoryPipeline, inMemoryPipeline } from '../testing/in-memory-pipeline.ts';
import { move, reviewOf } from '../testing/rollout-examples.ts';
import { verifyReviews } from '../verify-reviews.ts';
import { review } from './review.ts';

const DEPLOYMENT = 'rebooking';
const { deployment } = exampleDefinition;

let memory: InMemoryPipeline;
let shown: readonly ReportedDay[][];

/** A policy that gives hubs 25 % on the first date, remembers the reports that it was shown, and records them. */
const policy: InMemoryPipeline['pipeline']['review'] = (state, _, asOf, reported) => {
  const moves = state.lastReview ? [] : [move('hubs', 'promote', 0, 3)];
  return {
    ...reviewOf(asOf, ...moves),
    entered: [],
    ...(reported.length > 0 ? { reported: [...reported] } : {}),
  };
};

beforeEach(async () => {
  shown = [];
  memory = inMemoryPipeline({
    review: (state, days, asOf, reported) => {
      shown = [...shown, [...reported]];
      return policy(state, days, asOf, reported);
    },
  });
  await memory.register(exampleDefinition, '2001-02-01');
});

const reviewAsOf = (asOf: string) => review(memory.pipeline, { deployment: DEPLOYMENT, asOf });

/** The arm that the log gives at 25 %. */
const right = (unit: string): Arm =>
  isChallenger(bucketOf(deployment, unit), 25) ? 'challenger' : 'incumbent';
const units = Array.from({ length: 200 }, (_, index) => `customer-${index}`);
const challengers = units.filter((unit) => right(unit) === 'challenger').length;

const exposureOf = (unit: string, more: Partial<Exposure> = {}): Exposure => ({
  deployment: DEPLOYMENT,
  unit,
  slice: 'hubs',
  arm: right(unit),
  percent: 25,
  version: 2,
  at: 0,
  ...more,
});
const report = (date: string, exposures: readonly Exposure[], dropped = 0) =>
  memory.pipeline.exposures.add(DEPLOYMENT, date, { exposures, dropped });

describe('what production reported', () => {
  it('is nothing where nobody reports', async () => {
    await reviewAsOf('2001-02-05');
    await reviewAsOf('2001-02-06');
    expect(shown).toEqual([[], []]);
  });

  it('is compared by the review of its date with the document that decided, unit by unit', async () => {
    await reviewAsOf('2001-02-05');
    const twice = [...units, ...units].map((unit) => exposureOf(unit));
    await report('2001-02-06', twice.slice(0, 150), 4);
    await report('2001-02-06', twice.slice(150));
    // Before the review nobody had the challenger, and a unit may come under both documents.
    await report('2001-02-06', [exposureOf('customer-1', { version: 1, percent: 0, arm: 'incumbent' })], 1);
    await reviewAsOf('2001-02-06');
    const at = { slice: 'hubs', mismatches: 0 };
    expect(shown.at(-1)).toEqual([
      {
        date: '2001-02-06',
        exposures: 401,
        unknown: 0,
        dropped: 5,
        slices: [
          { ...at, percent: 0, challengerUnits: 0, controlUnits: 1 },
          { ...at, percent: 25, challengerUnits: challengers, controlUnits: units.length - challengers },
        ],
      },
    ]);
  });

  it('counts units that were told another arm', async () => {
    await reviewAsOf('2001-02-05');
    const wrong = units.map((unit, index) => exposureOf(unit, index < 40 ? { arm: 'challenger' } : {}));
    await report('2001-02-06', wrong);
    await reviewAsOf('2001-02-06');
    const mismatches = units.slice(0, 40).filter((unit) => right(unit) === 'incumbent').length;
    expect(mismatches).toBeGreaterThan(20);
    expect(shown.at(-1)?.[0]?.slices).toMatchObject([{ slice: 'hubs', percent: 25, mismatches }]);
  });

  it('goes by the percentage of the log, whatever production takes it for', async () => {
    await reviewAsOf('2001-02-05');
    await report('2001-02-06', [exposureOf('a', { percent: 100, arm: right('a') })]);
    await reviewAsOf('2001-02-06');
    expect(shown.at(-1)?.[0]?.slices).toMatchObject([{ percent: 25, mismatches: 0 }]);
  });

  it.each([
    ['a version', { version: 77 }],
    ['a slice', { slice: 'nowhere' }],
    ['a deployment', { deployment: 'another' }],
  ])('is unknown where the log has no such document: %s', async (_, more) => {
    await reviewAsOf('2001-02-05');
    await report('2001-02-06', [exposureOf('a', more), exposureOf('b')]);
    await reviewAsOf('2001-02-06');
    expect(shown.at(-1)).toMatchObject([{ exposures: 2, unknown: 1 }]);
  });

  it('is compared once: by the first review at or after its date, and after a silence no more than a week of it', async () => {
    await reviewAsOf('2001-02-05');
    for (const date of ['2001-02-05', '2001-02-06', '2001-02-07', '2001-02-08'])
      await report(date, [exposureOf('a')]);
    await reviewAsOf('2001-02-07');
    expect(shown.at(-1)?.map(({ date }) => date)).toEqual(['2001-02-06', '2001-02-07']);
    await reviewAsOf('2001-02-07');
    await report('2001-02-09', [exposureOf('a')]);
    await report('2001-02-20', [exposureOf('a')]);
    await reviewAsOf('2001-02-20');
    expect(shown.at(-1)?.map(({ date }) => date)).toEqual(['2001-02-20']);
  });

  it('is recorded with the review, so that the log alone gives the same review again', async () => {
    await reviewAsOf('2001-02-05');
    await report(
      '2001-02-06',
      units.map((unit) => exposureOf(unit)),
    );
    await reviewAsOf('2001-02-06');
    const verified = [...verifyReviews(await memory.events(DEPLOYMENT), policy)];
    expect(verified.map(({ asOf, difference }) => [asOf, difference])).toEqual([
      ['2001-02-05', undefined],
      ['2001-02-06', undefined],
    ]);
    const forgetful: typeof policy = (state, days, asOf) => policy(state, days, asOf, []);
    const [, second] = verifyReviews(await memory.events(DEPLOYMENT), forgetful);
    expect(second?.difference?.path).toBe('/reported');
  });
});
