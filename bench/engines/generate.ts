import { mkdirSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { addDays } from '@penumbra/core/calendar';
import type { NamedFile } from '@penumbra/evaluator/column-spec';
import { literal, openDuckDb } from '@penumbra/evaluator/duckdb';
import { preparePartition } from '@penumbra/evaluator/prepare-partition';
import { type BenchFormat, benchDefinition, DATE, type GeneratedDay, LANDING_DAYS } from './day.ts';

const ROWS_A_FILE = 5_000_000;
const COPY_OPTIONS: Readonly<Record<BenchFormat, string>> = {
  csv: 'FORMAT csv, HEADER',
  jsonl: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION snappy',
};

/** A number in [0, 1) that a row's number and a word give. */
const chance = (word: string): string => `(hash(i, ${literal(word)}) / 18446744073709551616.0)::DOUBLE`;
/** Numbered ids that look like random ones: multiplying by an odd number loses none modulo 2^32. */
const ID = `printf('%08x%08x', (i * 2654435761) % 4294967296, (i * 40503 + 977) % 4294967296)`;
const LABEL = `(${chance('outcome')} < ${chance('score')} * 0.8)::INT`;

/**
 * Writes one day of `rows` records below a folder, file by file and streamed, the same for the same number of rows:
 * most records have an outcome, some of them a repeated or a corrected one, and some outcomes are of other days.
 */
export async function generateDay(
  folder: string,
  rows: number,
  format: BenchFormat,
  step: (done: number, of: number) => void,
): Promise<GeneratedDay> {
  const definition = benchDefinition(format);
  const db = await openDuckDb({ threads: 2, memoryLimit: '4GB' });
  const kinds = { records: [], predictions: [], outcomes: [], arms: [] } as Record<string, NamedFile[]>;
  const perFile = Math.min(ROWS_A_FILE, Math.ceil(rows / 2));
  const files = Math.ceil(rows / perFile);
  let done = 0;
  const steps = files * (3 + LANDING_DAYS);
  const place = (kind: string, part: string, name: string): NamedFile => {
    const key = `${definition.deployment}/${kind}/${part}/${name}`;
    mkdirSync(join(folder, key, '..'), { recursive: true });
    const file = { name: key, path: join(folder, key) };
    kinds[kind]?.push(file);
    return file;
  };
  const copy = async (kind: string, part: string, index: number, query: string) => {
    const { path } = place(kind, part, `part-${String(index).padStart(4, '0')}.${format}`);
    await db.connection.run(`COPY (${query}) TO ${literal(path)} (${COPY_OPTIONS[format]})`);
    done += 1;
    step(done, steps);
  };
  for (let index = 0; index < files; index += 1) {
    const range = `range(${index * perFile}, ${Math.min(rows, (index + 1) * perFile)}) AS r(i)`;
    await copy(
      'records',
      `date=${DATE}`,
      index,
      `SELECT ${ID} AS id, 'customer-' || (hash(i, 'unit') % ${Math.ceil(rows / 5)})::VARCHAR AS unit,
        ['regional', 'midsize', 'hub', 'elsewhere'][1 + (hash(i, 'tier') % 4)::INT] AS tier,
        (${chance('rule')} < 0.2)::INT AS rule, round(${chance('amount')} * 500, 2) AS amount FROM ${range}`,
    );
    await copy(
      'predictions',
      `date=${DATE}`,
      index,
      `SELECT ${ID} AS id, ${chance('score')} AS score FROM ${range}`,
    );
    // Where a record's outcome lands, in an order of its own.
    const landed = (day: number, label: string, money: string, where: string, id = ID) =>
      `SELECT ${id} AS id, ${label} AS "label", ${money} AS money, hash(i, ${literal(`order-${day}`)}) AS place FROM ${range} WHERE ${where}`;
    const money = `round(${chance('money')} * 300, 2)`;
    const first = `hash(i, 'day') % ${LANDING_DAYS}`;
    for (let day = 0; day < LANDING_DAYS; day += 1) {
      const last = day === LANDING_DAYS - 1;
      const parts = [
        landed(day, LABEL, money, `${first} = ${day} AND ${chance('seen')} < 0.95`),
        // The same again in the same folder, and something else in the last one.
        landed(day, LABEL, money, `${first} = ${day} AND ${chance('seen')} < 0.005`),
        ...(last
          ? [
              landed(
                day,
                `1 - ${LABEL}`,
                `${money} + 1`,
                `${first} < ${day} AND ${chance('seen')} BETWEEN 0.1 AND 0.12`,
              ),
            ]
          : []),
        landed(day, LABEL, money, `${chance(`foreign-${day}`)} < 0.01`, `'other-' || i`),
      ];
      await copy(
        'outcomes',
        `landed=${addDays(DATE, day)}`,
        index,
        `SELECT id, "label", money FROM (${parts.join(' UNION ALL ')}) ORDER BY place`,
      );
    }
    const records = kinds.records?.at(-1);
    const arms = place('arms', `date=${DATE}`, `part-${String(index).padStart(4, '0')}.jsonl`);
    if (records) {
      const prepared = await preparePartition(db, definition, [{ records, path: devNull, arms: arms.path }]);
      if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
    }
    done += 1;
    step(done, steps);
  }
  db.close();
  const { records = [], predictions = [], outcomes = [], arms = [] } = kinds;
  const sorted = [...outcomes].sort((a, b) => (a.name < b.name ? -1 : 1));
  const day: GeneratedDay = { format, rows, records, predictions, outcomes: sorted, arms };
  writeFileSync(join(folder, 'day.json'), JSON.stringify(day));
  return day;
}
