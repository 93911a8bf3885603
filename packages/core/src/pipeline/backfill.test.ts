import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../calendar.ts';
import type { StoredEvent } from '../events.ts';
import { type InMemoryPipeline, runQuietly } from '../testing/in-memory-pipeline.ts';
import {
  byModel,
  chances,
  elsewhere,
  foldersToClose,
  LAST_LANDED,
  newPipeline,
  quietRun,
} from '../testing/six-days.ts';
import { backfillDays, planBackfill } from './backfill.ts';
import { backfillReviews, PAUSED_FOR_BACKFILL, unreviewedDates } from './backfill-reviews.ts';
import { keys } from './keys.ts';
import type { Pipeline } from './ports.ts';
import { reevaluate } from './reevaluate.ts';
import { review } from './review.ts';

const RANGE = { deployment: 'd', from: '2001-02-01', to: '2001-02-06' };
const TODAY = `${addDays(LAST_LANDED, 1)}T06:00:00Z`;

const daysOf = (events: readonly Omit<StoredEvent, 'at'>[]) =>
  events.filter(({ stream }) => stream.startsWith('day/'));
const withoutTime = (events: readonly StoredEvent[]) => events.map(({ at: _, ...event }) => event);
const loseAll = (memory: InMemoryPipeline) => {
  while (memory.sent[0]) memory.lose(memory.sent[0]);
};

/** Everything was closed before anybody listened. */
async function pastOf(definition = byModel): Promise<InMemoryPipeline> {
  const memory = await newPipeline(definition);
  for (const close of foldersToClose(definition)) close(memory);
  loseAll(memory);
  return memory;
}

const fill = async (
  memory: InMemoryPipeline,
  { concurrency = 2, pause = () => runQuietly(memory), signal = new AbortController().signal } = {},
) =>
  backfillDays(memory.pipeline, await planBackfill(memory.pipeline, RANGE), {
    ...RANGE,
    concurrency,
    pause,
    signal,
  });
const steps = async (memory: InMemoryPipeline) =>
  (await planBackfill(memory.pipeline, RANGE)).map(({ plan }) => plan.step);

describe.each([
  ['by a model', byModel],
  ['made elsewhere', elsewhere],
])('a backfill of predictions %s', (_, definition) => {
  it('leaves the days as if they had come one by one', async () => {
    const memory = await pastOf(definition);
    await fill(memory);
    expect(daysOf(withoutTime(await memory.events('d')))).toEqual(daysOf(await quietRun(definition)));
    expect(memory.sent).toEqual([]);
  });
});

describe('a backfill', () => {
  it('skips what is done or held, and says why', async () => {
    const memory = await pastOf();
    expect(await steps(memory)).toEqual(Array(6).fill('transform'));
    await fill(memory);
    const planned = await planBackfill(memory.pipeline, RANGE);
    expect(planned.map(({ plan }) => ('reason' in plan ? plan.reason : plan.step))).toEqual([
      'done',
      'done',
      'the partition is empty',
      'transform failed 3 times: out of memory',
      'records rejected: a line is broken',
      'done',
    ]);
    const before = await memory.events('d');
    await fill(memory);
    expect(await memory.events('d')).toEqual(before);
  });

  it('takes a rejected date up once its records are mended', async () => {
    const memory = await pastOf();
    await fill(memory);
    memory.close(keys.records('d', '2001-02-05'), ['2001-02-05-r1']);
    loseAll(memory);
    expect((await steps(memory))[4]).toBe('transform');
  });

  it('never runs more transforms than it may, and resumes after a stop at any place', async () => {
    const quiet = daysOf(await quietRun(byModel));
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom(1, 2, 4), async (seed, concurrency) => {
        const chance = chances(seed);
        const memory = await pastOf();
        for (let run = 0; run < 50 && (await steps(memory)).some((step) => step === 'transform'); run += 1) {
          const stop = new AbortController();
          await fill(memory, {
            concurrency,
            signal: stop.signal,
            pause: () => workALittle(memory, chance, stop),
          });
          expect(memory.transforms.running().length).toBeLessThanOrEqual(concurrency);
        }
        await runQuietly(memory);
        await fill(memory);
        expect(daysOf(withoutTime(await memory.events('d')))).toEqual(quiet);

        async function workALittle(at: InMemoryPipeline, luck: () => number, stop: AbortController) {
          for (let turn = 0; turn < 3; turn += 1) {
            const message = at.sent[Math.floor(luck() * at.sent.length)];
            const [running] = at.transforms.running();
            if (message) await at.deliver(message);
            expect(at.transforms.running().length).toBeLessThanOrEqual(concurrency);
            if (running && luck() < 0.4 && at.transforms.running().includes(running))
              at.transforms.end(running);
          }
          if (luck() < 0.1) stop.abort();
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('reviews of past mornings', () => {
  const lateOf = (memory: InMemoryPipeline): Pipeline => ({ ...memory.pipeline, now: () => TODAY });

  it('are made once for each morning that nobody reviewed, in order', async () => {
    const memory = await pastOf();
    await fill(memory);
    const dates = await unreviewedDates(lateOf(memory), RANGE);
    expect(dates.at(-1)).toBe(LAST_LANDED);
    await backfillReviews(lateOf(memory), 'd', dates, 'as-live');
    expect(await unreviewedDates(lateOf(memory), RANGE)).toEqual([]);
    const asOf = (await memory.events('d')).flatMap(({ event }) =>
      event.type === 'RolloutReviewed' ? event.data.asOf : [],
    );
    expect(asOf).toEqual(dates);
  });

  it('in shadow are made while the rollout is paused, which ends with them', async () => {
    const memory = await pastOf();
    await fill(memory);
    const late = lateOf(memory);
    await backfillReviews(late, 'd', await unreviewedDates(late, RANGE), 'in-shadow');
    const types = (await memory.events('d'))
      .filter(({ stream }) => stream === 'rollout')
      .map(({ event }) => event.type);
    expect(types.slice(0, 3)).toEqual(['DeploymentRegistered', 'RolloutPaused', 'RolloutReviewed']);
    expect(types.at(-1)).toBe('RolloutResumed');
    expect((await memory.pipeline.rollouts('d')).state.paused).toBeUndefined();
    expect(PAUSED_FOR_BACKFILL).toContain('backfill');
  });
});

describe('a re-evaluation', () => {
  const partition = { deployment: 'd', date: '2001-02-01' };
  const evaluateAs = (memory: InMemoryPipeline, value: number): Pipeline => ({
    ...memory.pipeline,
    evaluator: {
      ...memory.pipeline.evaluator,
      evaluate: async (request) => {
        const evaluation = await memory.pipeline.evaluator.evaluate(request);
        if (!evaluation.ok) return evaluation;
        const overall = { ...evaluation.summary.overall, logLoss: value };
        return { ...evaluation, summary: { ...evaluation.summary, overall } };
      },
    },
  });

  it('appends a restatement for a new number, once, and leaves what was frozen as it is', async () => {
    const memory = await pastOf();
    await fill(memory);
    const before = await memory.events('d');
    expect((await reevaluate(memory.pipeline, partition)).result).toBe('unchanged');
    expect(await memory.events('d')).toEqual(before);

    expect((await reevaluate(evaluateAs(memory, 0.5), partition)).result).toBe('restated');
    expect((await reevaluate(evaluateAs(memory, 0.5), partition)).result).toBe('unchanged');
    const after = await memory.events('d');
    const added = after.filter(({ eventId }) => !before.some((event) => event.eventId === eventId));
    expect(added.map(({ event }) => event.type)).toEqual(['PartitionRestated']);
    expect(added[0]?.event.data).toMatchObject({ metrics: { key: expect.stringContaining('.restated-') } });
    const kept = after.filter((event) => !added.includes(event));
    expect(kept).toEqual(before);
  });

  it('changes no review, whether it was made before or is made after', async () => {
    const seen: unknown[] = [];
    const memory = await pastOf();
    await fill(memory);
    const watching: Pipeline = {
      ...memory.pipeline,
      review: (state, days, asOf, reported) => {
        seen.push(days.map(({ state: day }) => day.mature));
        return memory.pipeline.review(state, days, asOf, reported);
      },
    };
    await review(watching, { deployment: 'd', asOf: '2001-02-09' });
    await reevaluate(evaluateAs(memory, 0.5), partition);
    const [before] = seen.splice(0);
    await review(watching, { deployment: 'd', asOf: '2001-02-10' });
    expect((seen[0] as unknown[]).slice(0, 1)).toEqual((before as unknown[]).slice(0, 1));
  });

  it('leaves alone what is not mature', async () => {
    const memory = await pastOf();
    expect(await reevaluate(memory.pipeline, partition)).toMatchObject({ result: 'skipped' });
  });
});
