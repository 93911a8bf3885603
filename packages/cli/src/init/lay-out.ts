import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readArrow, writeArrowRows } from '@penumbra/evaluator/arrow-table';
import { type DuckDb, identifier, literal } from '@penumbra/evaluator/duckdb';
import type { Lateness } from './definition-of.ts';
import type { Plan } from './plan.ts';
import { type Sample, tableOf } from './sample.ts';

/** Folders are cut by a column of this name first: the data may have columns of any other. */
const DAY = 'penumbra_day';
/** Outcomes that come later than nearly all others do not set the maturity. */
const NEARLY_ALL = 0.99;
const DEFAULT: Lateness = {
  maturityDays: 7,
  minCoverage: 0.95,
  because: 'a guess: set it to the age at which nearly all outcomes are known',
};

const dayOf = (column: string) => `strftime(TRY_CAST(${column} AS TIMESTAMP), '%Y-%m-%d')`;

/** How late outcomes are, where records and outcomes tell their dates. */
export async function lateness(
  { connection }: DuckDb,
  { records, outcomes }: { readonly records: Sample; readonly outcomes: Sample | undefined },
  plan: Plan,
  maturityDays: number | undefined,
): Promise<Lateness> {
  const given = maturityDays === undefined ? DEFAULT : { ...DEFAULT, maturityDays, because: 'as you said' };
  if (!outcomes || plan.date === undefined) return given;
  const age =
    plan.landed === undefined
      ? 'NULL'
      : `date_diff('day', TRY_CAST(r.${identifier(plan.date)} AS DATE), TRY_CAST(o.${identifier(plan.landed)} AS DATE))`;
  const reader = await connection.runAndReadAll(
    `SELECT count(DISTINCT r.${identifier(plan.id)}) AS known, quantile_disc(${age}, ${NEARLY_ALL}) AS age
     FROM ${tableOf(records.path, records.format, true)} r
     JOIN ${tableOf(outcomes.path, outcomes.format, true)} o
     ON r.${identifier(plan.id)} = o.${identifier(plan.outcomes.id)}`,
  );
  const [found = {}] = reader.getRowObjectsJS();
  const share = Number(found.known) / records.rows;
  // A twentieth below what the sample has: days differ.
  const minCoverage = Math.min(DEFAULT.minCoverage, Math.max(0, Math.floor(share * 20 - 1) / 20));
  if (maturityDays !== undefined || found.age === null || found.age === undefined) {
    return { ...given, minCoverage };
  }
  const age99 = Math.max(0, Number(found.age));
  return { maturityDays: age99, minCoverage, because: `99 % of the outcomes landed within ${age99} days` };
}

/** Writes the files of a trial folder, one folder a date. Answers how many dates there are. */
export async function layOut(
  db: DuckDb,
  folder: string,
  {
    records,
    outcomes,
    predictions,
  }: {
    readonly records: Sample;
    readonly outcomes: Sample | undefined;
    readonly predictions: Sample | undefined;
  },
  plan: Plan,
  { maturityDays }: Lateness,
): Promise<number> {
  const date = identifier(plan.date ?? '');
  const rows = (sample: Sample) => `${tableOf(sample.path, sample.format, true)} s`;
  const days = `SELECT ${identifier(plan.id)} AS id, ${dayOf(date)} AS day FROM ${rows(records)}`;
  const ofRecord = (sample: Sample, id: string) =>
    `${rows(sample)} JOIN (${days}) d ON s.${identifier(id)} = d.id`;
  const write = (sample: Sample, kind: string, label: string, day: string, from: string) =>
    partition(db, join(folder, kind), sample, label, { day, from });
  const dates = await write(records, 'records', 'date', dayOf(date), rows(records));
  if (outcomes) {
    const [day, from] =
      plan.landed === undefined
        ? [`strftime(d.day::DATE + ${maturityDays}, '%Y-%m-%d')`, ofRecord(outcomes, plan.outcomes.id)]
        : [dayOf(identifier(plan.landed)), rows(outcomes)];
    await write(outcomes, 'outcomes', 'landed', day, from);
  }
  if (predictions && plan.predictions)
    await write(predictions, 'predictions', 'date', 'd.day', ofRecord(predictions, plan.predictions.id));
  return dates;
}

/** The rows `s` of a sample, and an expression of the day to which each belongs. */
interface Dated {
  readonly day: string;
  readonly from: string;
}

/** Writes the rows of a sample that have a day into a folder for each. Answers how many days there are. */
async function partition(
  db: DuckDb,
  folder: string,
  sample: Sample,
  label: string,
  dated: Dated,
): Promise<number> {
  if (sample.format === 'arrow') return partitionArrow(db, folder, sample, label, dated);
  const { format } = sample;
  const { day, from } = dated;
  const options =
    format === 'csv' ? 'FORMAT csv, HEADER true' : format === 'jsonl' ? 'FORMAT json' : 'FORMAT parquet';
  await db.connection.run(
    `COPY (SELECT * FROM (SELECT s.*, ${day} AS ${DAY} FROM ${from}) WHERE ${DAY} IS NOT NULL) TO ${literal(folder)} (${options}, PARTITION_BY (${DAY}), FILENAME_PATTERN 'part-{i}', FILE_EXTENSION '${format}')`,
  );
  const made = (await readdir(folder)).filter((name) => name.startsWith(`${DAY}=`));
  for (const name of made) await rename(join(folder, name), join(folder, name.replace(DAY, label)));
  return made.length;
}

/** DuckDB writes no Arrow either: it says which rows go where. */
async function partitionArrow(
  { connection }: DuckDb,
  folder: string,
  { path }: Sample,
  label: string,
  { day, from }: Dated,
): Promise<number> {
  const table = await readArrow(path);
  const reader = await connection.runAndReadAll(
    `SELECT ${DAY}, list("row" ORDER BY "row") AS "rows" FROM (SELECT s.rowid AS "row", ${day} AS ${DAY} FROM ${from}) WHERE ${DAY} IS NOT NULL GROUP BY 1`,
  );
  const days = reader.getRowObjectsJS();
  for (const { [DAY]: date, rows } of days) {
    const into = join(folder, `${label}=${date}`);
    await mkdir(into, { recursive: true });
    await writeArrowRows(table, (rows as readonly bigint[]).map(Number), join(into, 'part-0.arrow'));
  }
  return days.length;
}
