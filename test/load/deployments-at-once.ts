import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, type CalendarDate, datesFrom } from '@penumbra/core/calendar';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import { keys, SUCCESS } from '@penumbra/core/pipeline/keys';
import { register } from '@penumbra/core/pipeline/register';
import { review } from '@penumbra/core/pipeline/review';
import { type LocalPipeline, startLocalPipeline } from '@penumbra/local/local-pipeline';
import pLimit from 'p-limit';
import { draws } from '../chaos/draws.ts';
import { syntheticDefinition } from '../support/synthetic-trial.ts';
import { type Entry, type Ledger, ledger } from './ledger.ts';
import { quiet } from './quiet.ts';
import { startScoringModel } from './scoring-model.ts';

export const FROM: CalendarDate = '2024-01-01';
const ROWS = 8;
const AT_ONCE = 16;
/** Of the outcomes: a date is looked at at each of these ages, and mature at the last one. */
const AGES = [1, 2];
const MATURITY = 3;

export interface LoadOptions {
  readonly deployments: number;
  /** Days of records of each. */
  readonly days: number;
  readonly onDay?: (done: number, total: number) => void;
}

export interface Load {
  readonly partitions: number;
  readonly events: number;
  /** Messages that handlers received. */
  readonly messages: number;
  readonly seconds: number;
  readonly entries: readonly Entry[];
  readonly forbidden: readonly string[];
  readonly largestItem: Ledger['largestItem'];
}

/** Runs deployments side by side over the same days, through the queues and handlers that run on AWS, and counts. */
export async function runAtOnce({ deployments, days, onDay }: LoadOptions): Promise<Load> {
  const dataDir = await mkdtemp(join(tmpdir(), 'penumbra-load-'));
  const model = await startScoringModel();
  const counted = ledger();
  const clock = { now: morningAfter(FROM) };
  let messages = 0;
  const pipeline = await startLocalPipeline({
    dataDir,
    models: { load: { url: model.url } },
    now: () => clock.now,
    instrument: counted.instrument,
    wrap: (queue, handler) => async (event, context) => {
      messages += event.Records.length;
      return counted.within(queue, () => handler(event, context));
    },
  });
  const names = Array.from({ length: deployments }, (_, index) => `load-${String(index).padStart(4, '0')}`);
  const limit = pLimit(AT_ONCE);
  const each = (work: (name: string) => Promise<unknown>) =>
    Promise.all(names.map((name) => limit(() => work(name))));
  try {
    await each((name) =>
      register(pipeline.pipeline, { definition: definitionOf(name), startDate: FROM, causationId: 'load' }),
    );
    const begin = performance.now();
    const calendar = datesFrom(FROM, addDays(FROM, days - 1 + MATURITY));
    for (const [index, date] of calendar.entries()) {
      clock.now = morningAfter(date);
      await each((name) => putDate(pipeline, name, date, index < days));
      await quiet(pipeline);
      await each((name) =>
        counted.within('review', () => review(pipeline.pipeline, { deployment: name, asOf: date })),
      );
      onDay?.(index + 1, calendar.length);
    }
    const entries = counted.entries();
    return {
      partitions: deployments * days,
      events: await countEvents(pipeline, names),
      messages,
      seconds: (performance.now() - begin) / 1000,
      entries,
      forbidden: counted.forbidden,
      largestItem: counted.largestItem,
    };
  } finally {
    await pipeline.stop();
    await model.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const morningAfter = (date: CalendarDate): string => `${addDays(date, 1)}T06:00:00.000Z`;

export function definitionOf(deployment: string): Definition {
  const parsed = parseDefinition(
    syntheticDefinition({
      deployment,
      outcomes: {
        format: 'csv',
        id: 'id',
        label: 'bad',
        maturityDays: MATURITY,
        minCoverage: 0.9,
        watchDays: MATURITY,
        provisionalAges: AGES,
      },
      model: { modelName: 'load' },
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.value;
}

/** The records of a date, while there are any, and the outcomes of the day before. */
async function putDate({ bucket }: LocalPipeline, name: string, date: CalendarDate, withRecords: boolean) {
  const draw = draws(1);
  const ids = (of: CalendarDate) => Array.from({ length: ROWS }, (_, row) => `${of}-${row}`);
  const put = async (folder: string, header: string, lines: readonly string[]) => {
    await bucket.write(`${folder}part-0.csv`, Buffer.from(`${[header, ...lines].join('\n')}\n`));
    await bucket.write(`${folder}${SUCCESS}`, new Uint8Array());
  };
  const before = addDays(date, -1);
  const outcomes = ids(before).map((id) => `${id},${draw(name, id) < draw(name, id, 'bad') ? 1 : 0}`);
  await put(`${keys.outcomes(name)}${date}/`, 'id,bad', before < FROM ? [] : outcomes);
  if (!withRecords) return;
  const records = ids(date).map((id, row) => {
    const rule = draw(name, id, 'rule') < 0.5 ? 1 : 0;
    return `${id},customer-${row % 5},${rule},${draw(name, id).toFixed(4)},0.5,${row % 2 === 0 ? 'small' : 'large'}`;
  });
  await put(keys.records(name, date), 'id,customer,rule,signal,noise,size', records);
}

async function countEvents({ pipeline }: LocalPipeline, names: readonly string[]): Promise<number> {
  let events = 0;
  for (const name of names) for await (const _ of pipeline.log.replay(name)) events += 1;
  return events;
}
