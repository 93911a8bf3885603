import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, datesFrom } from '../calendar.ts';
import type { Definition } from '../definition.ts';
import type { StoredEvent } from '../events.ts';
import { exampleDefinition, exampleRegression } from '../testing/example-definition.ts';
import {
  type EffectHook,
  foldersOf,
  type InMemoryPipeline,
  inMemoryPipeline,
  runQuietly,
} from '../testing/in-memory-pipeline.ts';
import { review } from './review.ts';

/*
 * The promise of the whole pipeline: any message delivered twice, late or out of order, and any worker dying at
 * any place, ends in the same log as the quiet run.
 */

const DAYS = datesFrom('2001-02-01', '2001-02-06');
const LAST_LANDED = '2001-02-10';

/** Looks at ages of 1, 2 (maturity), 3 and 4. */
const outcomesOf = { ...exampleDefinition.outcomes, maturityDays: 2, watchDays: 2, minCoverage: 0.75 };
const byModel: Definition = { ...exampleDefinition, deployment: 'd', outcomes: outcomesOf };
const elsewhere: Definition = { ...exampleRegression, deployment: 'd', outcomes: outcomesOf };
const { records, predictions, outcomes } = foldersOf('d');

const EMPTY = '2001-02-03';
const BROKEN = '2001-02-05';
const idsOf = (date: string) => [1, 2, 3, 4].map((n) => `${date}-r${n}`);

/** One day has no records, one has broken ones; the rest have four. */
function recordsOf(date: string): string[] {
  if (date === EMPTY) return [];
  return date === BROKEN ? ['broken'] : idsOf(date);
}

/** Two outcomes of a date land after one day, one after two, the last after three; then the first is corrected. */
function landedOn(landed: string): string[] {
  const dated = (age: number, ...ns: number[]) => {
    const ids = idsOf(addDays(landed, -age));
    return ns.map((n) => `${ids[n]},${n % 2}`);
  };
  const corrected = dated(4, 0).map((line) => line.replace(/0$/, '1'));
  return [...dated(1, 0, 1), ...dated(2, 2), ...dated(3, 3), ...corrected];
}

type Close = (memory: InMemoryPipeline) => void;

/** What closes a folder, in order of the calendar. */
function foldersToClose(definition: Definition): Close[] {
  return datesFrom('2001-02-01', LAST_LANDED).flatMap((date): Close[] => [
    (memory) => memory.close(outcomes(date), landedOn(date)),
    ...(DAYS.includes(date)
      ? [(memory: InMemoryPipeline) => memory.close(records(date), recordsOf(date))]
      : []),
    ...(DAYS.includes(date) && definition.predictions
      ? [
          (memory: InMemoryPipeline) =>
            memory.close(
              predictions(date),
              idsOf(date).map((id, index) => `${id},0.${3 * index}`),
            ),
        ]
      : []),
  ]);
}

async function newPipeline(definition: Definition, onEffect?: EffectHook): Promise<InMemoryPipeline> {
  const memory = inMemoryPipeline(onEffect ? { onEffect } : {});
  // The second day's transform fails once, the fourth day's always.
  memory.transforms.script = ({ jobName }) =>
    /2001-02-02-1$|2001-02-04-\d$/.test(jobName)
      ? { status: 'failed', kind: 'Failed', reason: 'out of memory' }
      : { status: 'completed' };
  await memory.register(definition, '2001-02-01');
  return memory;
}

/** The log after the last review, without the time at which things happened to be decided. */
async function logOf(memory: InMemoryPipeline): Promise<Omit<StoredEvent, 'at'>[]> {
  await review(memory.pipeline, { deployment: 'd', asOf: LAST_LANDED });
  return (await memory.events('d')).map(({ at: _, ...event }) => event);
}

async function quietRun(definition: Definition): Promise<Omit<StoredEvent, 'at'>[]> {
  const memory = await newPipeline(definition);
  for (const close of foldersToClose(definition)) {
    close(memory);
    await runQuietly(memory);
  }
  return logOf(memory);
}

/** Numbers in [0, 1) from a seed (mulberry32), so that a failing run can be run again. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Unrest {
  readonly seed: number;
  /** Chance that a worker dies at an effect, that a delivered message stays to be delivered again, or is lost. */
  readonly crash: number;
  readonly repeat: number;
  /** Messages that are worked on at the same time. */
  readonly workers: number;
}

async function restlessRun(definition: Definition, { seed, crash, repeat, workers }: Unrest) {
  const chance = chances(seed);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(chance() * list.length)];
  let calm = true;
  const memory = await newPipeline(definition, async () => {
    for (let turns = Math.floor(chance() * workers * 3); turns > 0; turns -= 1) await undefined;
    if (!calm && chance() < crash) throw new Error('the worker dies');
  });

  calm = false;
  const toClose = foldersToClose(definition);
  for (let step = 0; step < 400; step += 1) {
    const what = chance();
    const running = pick(memory.transforms.running());
    if (what < 0.15 && toClose.length > 0) {
      toClose.splice(Math.floor(chance() * toClose.length), 1)[0]?.(memory);
    } else if (what < 0.25 && running !== undefined) {
      memory.transforms.end(running);
      if (chance() < repeat) memory.transforms.tellQueue(running);
      const event = memory.sent.at(-1);
      if (event && chance() < 0.3) memory.lose(event);
    } else {
      const batch = Array.from({ length: workers }, () => pick(memory.sent)).flatMap((sent) => sent ?? []);
      const again = batch.map((message) => (chance() < repeat ? structuredClone(message) : message));
      await Promise.allSettled(again.map((message) => memory.deliver(message)));
    }
  }
  // Then every folder is closed, nobody dies any more, and the queues run empty.
  calm = true;
  for (const close of toClose) close(memory);
  await runQuietly(memory);
  return logOf(memory);
}

const unrest = fc.record({
  seed: fc.integer(),
  crash: fc.constantFrom(0, 0.05, 0.3),
  repeat: fc.constantFrom(0, 0.2, 0.6),
  workers: fc.constantFrom(1, 2, 4),
});

describe.each([
  ['by a model', byModel],
  ['made elsewhere', elsewhere],
])('with predictions %s', (_, definition) => {
  it('the quiet run tells every kind of story', async () => {
    const types = new Set((await quietRun(definition)).map(({ event }) => event.type));
    const expected = ['PartitionReady', 'PartitionRejected', 'OutcomesLanded', 'PartitionEvaluated'];
    for (const type of [...expected, 'PartitionMatured', 'PartitionRestated', 'RolloutReviewed']) {
      expect(types).toContain(type);
    }
  });

  it('the log is the same whatever was delivered late, twice, out of order, at once, or by a dying worker', async () => {
    const quiet = await quietRun(definition);
    await fc.assert(
      fc.asyncProperty(unrest, async (how) => {
        expect(await restlessRun(definition, how)).toEqual(quiet);
      }),
      { numRuns: 40 },
    );
  });
});
