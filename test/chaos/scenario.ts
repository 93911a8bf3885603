import { addDays, type CalendarDate, datesFrom } from '@penumbra/core/calendar';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import { keys, SUCCESS } from '@penumbra/core/pipeline/keys';
import { syntheticDefinition } from '../support/synthetic-trial.ts';
import { draws } from './draws.ts';
import { UNSCORABLE } from './models.ts';

export type Kind = 'by-model' | 'elsewhere';
export const KINDS: readonly Kind[] = ['by-model', 'elsewhere'];

export const FROM: CalendarDate = '2024-02-27';
const MATURITY = 2;
const WATCH = 2;
/** Days of records. */
export const LONG = 4;
export const SHORT = 2;

/** Days on which something lands and a review is held, for so many days of records. */
export const calendarOf = (days: number): CalendarDate[] =>
  datesFrom(FROM, addDays(FROM, days - 1 + MATURITY + WATCH));
const ROWS = 24;
/** One date that no container can score, and one whose first records cannot be read and are mended a day later. */
export const UNSCORABLE_DATE = addDays(FROM, 2);
const BROKEN_DATE = addDays(FROM, 1);

/** An object of the deployment's bucket, its key without the deployment. */
interface Upload {
  readonly key: string;
  readonly text: string;
}

export interface Scenario {
  readonly kind: Kind;
  /** What is put into S3 on a date, in this order; folders are closed by their last object. */
  readonly uploads: ReadonlyMap<CalendarDate, readonly Upload[]>;
}

export function definitionOf(deployment: string, kind: Kind): Definition {
  const parsed = parseDefinition(
    syntheticDefinition({
      deployment,
      records: {
        format: 'csv',
        id: 'id',
        unit: 'customer',
        incumbent: 'rule',
        ...(kind === 'by-model' ? { features: ['signal', 'noise', 'part'] } : {}),
      },
      outcomes: {
        format: 'csv',
        id: 'id',
        label: 'bad',
        maturityDays: MATURITY,
        minCoverage: 0.9,
        watchDays: WATCH,
      },
      model: kind === 'by-model' ? { modelName: 'challenger' } : undefined,
      predictions: kind === 'elsewhere' ? { format: 'csv', id: 'id', score: 'score' } : undefined,
    }),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.value;
}

/** A few days of history with every kind of story: late, corrected and missing outcomes, a bad day, a broken file. */
export function scenarioOf(kind: Kind, days: number): Scenario {
  const calendar = calendarOf(days);
  const draw = draws(KINDS.indexOf(kind) + 1);
  const uploads = new Map<CalendarDate, Upload[]>(calendar.map((date) => [date, []]));
  const outcomes = new Map<CalendarDate, string[]>(calendar.map((date) => [date, []]));

  for (const date of calendar.slice(0, days)) {
    const rows = Array.from({ length: ROWS }, (_, row) => {
      const id = `${date}-${row}`;
      const signal = draw(id, 'signal');
      const bad = draw(id, 'bad') < (signal < 0.5 ? 0.1 : 0.9) ? 1 : 0;
      const age = Math.floor(draw(id, 'age') ** 2 * 3);
      outcomes.get(addDays(date, age))?.push(`${id},${bad}`);
      if (row % 11 === 5) {
        outcomes.get(addDays(date, MATURITY + 1 + (row % 2)))?.push(`${id},${1 - bad}`);
      }
      const scored =
        kind === 'by-model' && date === UNSCORABLE_DATE && row === 0 ? UNSCORABLE : signal.toFixed(6);
      const rule = draw(id, 'rule') < 0.5 ? 1 : 0;
      const size = row % 3 === 0 ? 'small' : 'large';
      const part = row < ROWS / 2 ? 0 : 1;
      return {
        part,
        signal,
        line: [id, `customer-${row % 7}`, rule, scored, draw(id).toFixed(3), part, size].join(),
      };
    });
    const records = keys.records('', date);
    const header = 'id,customer,rule,signal,noise,part,size\n';
    const file = (part: number) => ({
      key: `${records}part-${part}.csv`,
      text: `${header}${rows
        .filter((row) => row.part === part)
        .map(({ line }) => `${line}\n`)
        .join('')}`,
    });
    const closed = { key: `${records}${SUCCESS}`, text: '' };
    const today = uploads.get(date) ?? [];
    if (kind === 'elsewhere') {
      const predictions = keys.predictions('', date);
      const scores = rows.map(({ signal }, row) => `${date}-${row},${signal.toFixed(6)}\n`).join('');
      today.push({ key: `${predictions}scores.csv`, text: `id,score\n${scores}` });
      today.push({ key: `${predictions}${SUCCESS}`, text: '' });
    }
    if (kind === 'elsewhere' && date === BROKEN_DATE) {
      today.push(file(0), { ...file(1), text: `${header}broken\n` }, closed);
      uploads.get(addDays(date, 1))?.push(file(1), closed);
    } else {
      today.push(file(0), file(1), closed);
    }
  }
  for (const [landed, lines] of outcomes) {
    const folder = `${keys.outcomes('')}${landed}/`;
    uploads
      .get(landed)
      ?.unshift(
        ...(lines.length > 0 ? [{ key: `${folder}part-0.csv`, text: `id,bad\n${lines.join('\n')}\n` }] : []),
        { key: `${folder}${SUCCESS}`, text: '' },
      );
  }
  return { kind, uploads };
}
