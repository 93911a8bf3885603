import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../definition.ts';
import { runQuietly } from '../testing/in-memory-pipeline.ts';
import {
  byModel,
  byQuery,
  chances,
  elsewhere,
  foldersToClose,
  logOf,
  newPipeline,
  quietRun,
  runningIn,
} from '../testing/six-days.ts';

/*
 * The promise of the whole pipeline: any message delivered twice, late or out of order, and any worker dying at
 * any place, ends in the same log as the quiet run.
 */

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
    const running = pick(runningIn(memory));
    if (what < 0.15 && toClose.length > 0) {
      toClose.splice(Math.floor(chance() * toClose.length), 1)[0]?.(memory);
    } else if (what < 0.25 && running !== undefined) {
      running.end();
      if (chance() < repeat) running.tell();
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

/** Of restless runs, which on a busy machine take a while. */
const LONG = 120_000;

describe.each([
  ['by a model', byModel, 40],
  ['made elsewhere', elsewhere, 40],
  ['made elsewhere, compared by queries', byQuery, 25],
])('with predictions %s', (_, definition, numRuns) => {
  it('the quiet run tells every kind of story', async () => {
    const types = new Set((await quietRun(definition)).map(({ event }) => event.type));
    const expected = ['PartitionReady', 'PartitionRejected', 'OutcomesLanded', 'PartitionEvaluated'];
    for (const type of [...expected, 'PartitionMatured', 'PartitionRestated', 'RolloutReviewed']) {
      expect(types).toContain(type);
    }
  });

  it('the quiet run tells of queries that succeed, that are asked again and that are given up, where it has any', async () => {
    const told = (await quietRun(definition)).flatMap(({ event }) => {
      if (event.type === 'QueryFailed') return `failed, ${event.data.retry ? 'asked again' : 'given up'}`;
      return event.type.startsWith('Query') ? event.type : [];
    });
    const { engine } = definition.evaluation;
    const every = ['QuerySubmitted', 'QuerySucceeded', 'failed, asked again', 'failed, given up'];
    expect([...new Set(told)].sort()).toEqual(engine === 'athena' ? every.sort() : []);
  });

  it(
    'the log is the same whatever was delivered late, twice, out of order, at once, or by a dying worker',
    async () => {
      const quiet = await quietRun(definition);
      await fc.assert(
        fc.asyncProperty(unrest, async (how) => {
          expect(await restlessRun(definition, how)).toEqual(quiet);
        }),
        { numRuns },
      );
    },
    LONG,
  );
});
