import { addDays, datesFrom } from '../calendar.ts';
import type { Definition } from '../definition.ts';
import type { StoredEvent } from '../events.ts';
import { review } from '../pipeline/review.ts';
import { exampleDefinition, exampleRegression } from './example-definition.ts';
import {
  type EffectHook,
  foldersOf,
  type InMemoryPipeline,
  inMemoryPipeline,
  runQuietly,
} from './in-memory-pipeline.ts';

/*
 * Six days that tell every kind of story: one without records, one with broken ones, one whose transform fails
 * once and one whose transform always fails; outcomes come late, and one is corrected.
 */

const DAYS = datesFrom('2001-02-01', '2001-02-06');
export const LAST_LANDED = '2001-02-10';

/** Looks at ages of 1, 2 (maturity), 3 and 4. */
const outcomesOf = { ...exampleDefinition.outcomes, maturityDays: 2, watchDays: 2, minCoverage: 0.75 };
export const byModel: Definition = { ...exampleDefinition, deployment: 'd', outcomes: outcomesOf };
export const elsewhere: Definition = { ...exampleRegression, deployment: 'd', outcomes: outcomesOf };
/** Compared by queries; nothing is split, so that no file of arms is needed. */
export const byQuery: Definition = {
  ...elsewhere,
  evaluation: { ...elsewhere.evaluation, engine: 'athena' },
};
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

export type Close = (memory: InMemoryPipeline) => void;

/** What closes a folder, in order of the calendar. */
export function foldersToClose(definition: Definition): Close[] {
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

export async function newPipeline(definition: Definition, onEffect?: EffectHook): Promise<InMemoryPipeline> {
  const memory = inMemoryPipeline(onEffect ? { onEffect } : {});
  // The second day's transform fails once, the fourth day's always.
  memory.transforms.script = ({ jobName }) =>
    /2001-02-02-1$|2001-02-04-\d$/.test(jobName)
      ? { status: 'failed', kind: 'Failed', reason: 'out of memory' }
      : { status: 'completed' };
  // The first query for the second day fails, and all that are to make the fourth mature.
  const first = new Map<string, string>();
  memory.queries.script = ({ date, asOf, eventId }) => {
    const look = `${date} as of ${asOf}`;
    if (!first.has(look)) first.set(look, eventId);
    const fails =
      look === '2001-02-04 as of 2001-02-06' || (date === '2001-02-02' && first.get(look) === eventId);
    return fails
      ? { status: 'failed', kind: 'FAILED', reason: 'out of resources', mayPass: true }
      : { status: 'succeeded' };
  };
  await memory.register(definition, '2001-02-01');
  return memory;
}

/** What runs outside and may end, and be told of twice: transforms and queries. */
export const runningIn = ({ transforms, queries }: InMemoryPipeline): Running[] => [
  ...transforms.running().map((name) => ({
    end: () => transforms.end(name),
    tell: () => transforms.tellQueue(name),
  })),
  ...queries.running().map((id) => ({ end: () => queries.end(id), tell: () => queries.tellQueue(id) })),
];

export interface Running {
  end(): void;
  tell(): void;
}

/** The log after the last review, without the time at which things happened to be decided. */
export async function logOf(memory: InMemoryPipeline): Promise<Omit<StoredEvent, 'at'>[]> {
  await review(memory.pipeline, { deployment: 'd', asOf: LAST_LANDED });
  return (await memory.events('d')).map(({ at: _, ...event }) => event);
}

export async function quietRun(definition: Definition): Promise<Omit<StoredEvent, 'at'>[]> {
  const memory = await newPipeline(definition);
  for (const close of foldersToClose(definition)) {
    close(memory);
    await runQuietly(memory);
  }
  return logOf(memory);
}

/** Numbers in [0, 1) from a seed (mulberry32), so that a failing run can be run again. */
export function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
