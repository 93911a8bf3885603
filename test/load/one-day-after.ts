import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import { keys, SUCCESS } from '@penumbra/core/pipeline/keys';
import { review } from '@penumbra/core/pipeline/review';
import { sweep } from '@penumbra/core/pipeline/sweep';
import { START, syntheticLog } from '@penumbra/core/testing/synthetic-log';
import { type LocalPipeline, startLocalPipeline } from '@penumbra/local/local-pipeline';
import pLimit from 'p-limit';
import { definitionOf } from './deployments-at-once.ts';
import { type Entry, type Ledger, ledger } from './ledger.ts';
import { quiet } from './quiet.ts';
import { startScoringModel } from './scoring-model.ts';

const NAME = 'long-lived';
const SLICES = 2;
const ROWS = 8;
const PUTS_AT_ONCE = 25;

export interface OneDay {
  readonly entries: readonly Entry[];
  readonly forbidden: Ledger['forbidden'];
}

/**
 * What one more day costs a deployment that has lived for so many, counted in processes that have never seen it: its
 * records are scored, its first outcomes land, and it is reviewed and swept.
 */
export async function oneDayAfter(days: number): Promise<OneDay> {
  const dataDir = await mkdtemp(join(tmpdir(), 'penumbra-one-day-'));
  const model = await startScoringModel();
  const counted = ledger();
  const last = addDays(START, days - 1);
  const date = addDays(last, 1);
  const clock = { now: morningAfter(last) };
  const start = () =>
    startLocalPipeline({
      dataDir,
      models: { load: { url: model.url } },
      now: () => clock.now,
      instrument: counted.instrument,
      wrap: (queue, handler) => (event, context) => counted.within(queue, () => handler(event, context)),
    });
  try {
    const before = await start();
    await lived(before, days);
    // The review of its last day has left what reviews leave.
    await review(before.pipeline, { deployment: NAME, asOf: date });
    await before.stop();

    const pipeline = await start();
    clock.now = morningAfter(date);
    await put(pipeline, keys.records(NAME, date), 'id,customer,rule,signal,noise,size', recordsOf(date));
    await quiet(pipeline);
    const next = addDays(date, 1);
    clock.now = morningAfter(next);
    const outcomes = idsOf(date).map((id, row) => `${id},${row % 2}`);
    await put(pipeline, `${keys.outcomes(NAME)}${date}/`, 'id,bad', []);
    await put(pipeline, `${keys.outcomes(NAME)}${next}/`, 'id,bad', outcomes);
    await quiet(pipeline);
    await counted.within('review', () => review(pipeline.pipeline, { deployment: NAME, asOf: next }));
    await counted.within('sweep', () => sweep(pipeline.pipeline, { deployment: NAME }));
    await pipeline.stop();
    return { entries: counted.entries(), forbidden: counted.forbidden };
  } finally {
    await model.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const morningAfter = (date: CalendarDate): string => `${addDays(date, 1)}T06:00:00.000Z`;

/** Puts a log as so many days leave it. */
async function lived({ pipeline }: LocalPipeline, days: number): Promise<void> {
  const limit = pLimit(PUTS_AT_ONCE);
  const events = [...syntheticLog(NAME, days, SLICES, definitionOf(NAME))];
  await Promise.all(events.map((event) => limit(() => pipeline.log.append(event))));
  await pipeline.deployments.add(NAME);
}

async function put({ bucket }: LocalPipeline, folder: string, header: string, lines: readonly string[]) {
  await bucket.write(`${folder}part-0.csv`, Buffer.from(`${[header, ...lines].join('\n')}\n`));
  await bucket.write(`${folder}${SUCCESS}`, new Uint8Array());
}

const idsOf = (date: CalendarDate) => Array.from({ length: ROWS }, (_, row) => `${date}-${row}`);

const recordsOf = (date: CalendarDate) =>
  idsOf(date).map((id, row) => `${id},customer-${row % 5},${row % 2},0.${row},0.5,${row % SLICES}`);
