import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Definition } from '../definition.ts';
import { runQuietly } from '../testing/in-memory-pipeline.ts';
import {
  byModel,
  chances,
  elsewhere,
  foldersToClose,
  logOf,
  newPipeline,
  quietRun,
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
