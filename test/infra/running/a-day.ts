import { addDays, type CalendarDate, datesFrom } from '@penumbra/core/calendar';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import { keys, SUCCESS } from '@penumbra/core/pipeline/keys';
import type { Bucket } from '@penumbra/functions/aws/s3-objects';
import { syntheticDefinition } from '../../support/synthetic-trial.ts';
import { POISON } from './gated-model.ts';
import { MODEL } from './stage-on-this-machine.ts';

const ROWS = 20;

/** A deployment whose dates are judged after two days. */
export function definitionOf(deployment: string, overrides: object = {}): Definition {
  const parsed = parseDefinition(
    syntheticDefinition({ deployment, model: { modelName: MODEL }, ...overrides }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const idsOf = (date: CalendarDate) => Array.from({ length: ROWS }, (_, row) => `${date}-${row}`);
const csv = (header: string, lines: readonly string[]) => Buffer.from([header, ...lines, ''].join('\n'));

/** Puts a date's records, and closes their folder. */
export async function putRecords(
  bucket: Bucket,
  deployment: string,
  date: CalendarDate,
  { poisoned = false, half = '0.5' } = {},
): Promise<void> {
  const folder = keys.records(deployment, date);
  const lines = idsOf(date).map((id, row) => {
    const signal = poisoned && row === 0 ? POISON : (row / ROWS).toFixed(6);
    return `${id},customer-${row},${row % 2},${signal},${half},${row % 3 === 0 ? 'small' : 'large'}`;
  });
  await bucket.write(`${folder}part-0.csv`, csv('id,customer,rule,signal,noise,size', lines));
  await bucket.write(`${folder}${SUCCESS}`, new Uint8Array());
}

/** Puts a date's predictions, where they are made elsewhere. */
export async function putPredictions(bucket: Bucket, deployment: string, date: CalendarDate): Promise<void> {
  const folder = keys.predictions(deployment, date);
  const lines = idsOf(date).map((id, row) => `${id},${row / ROWS}`);
  await bucket.write(`${folder}part-0.csv`, csv('id,score', lines));
  await bucket.write(`${folder}${SUCCESS}`, new Uint8Array());
}

/** Lands all outcomes of a date on that date, and closes the folders up to its maturity. */
export async function putOutcomes(
  bucket: Bucket,
  deployment: string,
  date: CalendarDate,
  { one = '1' } = {},
): Promise<void> {
  for (const landed of datesFrom(date, addDays(date, 2))) {
    const folder = `${keys.outcomes(deployment)}${landed}/`;
    const lines = landed === date ? idsOf(date).map((id, row) => `${id},${row >= ROWS / 2 ? one : '0'}`) : [];
    await bucket.write(`${folder}part-0.csv`, csv('id,bad', lines));
    await bucket.write(`${folder}${SUCCESS}`, new Uint8Array());
  }
}
