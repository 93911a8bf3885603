import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import type { NamedFile } from '../column-spec.ts';
import type { Connecting, DuckDb } from '../duckdb.ts';
import { preparePartition } from '../prepare-partition.ts';
import { dayStatement } from '../sql/day-statement.ts';
import { duckDbViews, type LocalObject } from '../sql/duckdb-views.ts';
import { metricsFromRows, type SqlEvaluation } from '../sql/metrics-from-rows.ts';
import type { ResultRow } from '../sql/result-rows.ts';
import { columnsOfDay, needsArms } from '../sql/sql-columns.ts';
import { athenaTables, type DayTables } from '../sql/tables.ts';
import type { DayData, OutcomeRow } from './day-data.ts';

export const DATE = '2001-02-03';
const BUCKET = 'bucket';
const DATABASE = 'penumbra_test';

/** The files of a day, outcomes by the day on which they landed (0: the date itself). */
export interface LandedFiles {
  readonly records: readonly NamedFile[];
  readonly predictions: readonly NamedFile[];
  readonly outcomes: readonly { readonly day: number; readonly file: NamedFile }[];
}

export interface SqlDayOptions {
  /** For what the pipeline would have written. */
  readonly folder: string;
  readonly recordsFirst?: boolean;
  readonly jobName?: string;
  /** Instead of the hashes of the units as the pipeline writes them. */
  readonly arms?: readonly string[];
  /** Scores of transforms that are not asked for, by the name of the job. */
  readonly otherJobs?: Readonly<Record<string, string>>;
}

/** The statement of a day, run on its files; what comes of its rows. */
export async function evaluateBySql(
  db: DuckDb,
  definition: Definition,
  files: LandedFiles,
  options: SqlDayOptions,
): Promise<SqlEvaluation> {
  return metricsFromRows(definition, await rowsBySql(db, definition, files, options), {
    bucket: BUCKET,
    files: {
      records: files.records.length,
      predictions: files.predictions.length,
      outcomes: files.outcomes.length,
    },
  });
}

/** The rows that the statement of a day gives. */
export async function rowsBySql(
  db: DuckDb,
  definition: Definition,
  files: LandedFiles,
  options: SqlDayOptions,
): Promise<readonly ResultRow[]> {
  const { tables, objects, through } = await tablesOf(db, definition, files, options);
  await db.connection.run(
    duckDbViews(DATABASE, Object.values(tables), (table) => objects.get(table.kind) ?? [], BUCKET),
  );
  const statement = dayStatement(definition, {
    database: DATABASE,
    tables,
    date: DATE,
    landedThrough: addDays(DATE, through),
    jobName: options.jobName,
    recordsFirst: options.recordsFirst,
  });
  const reader = await db.connection.runAndReadAll(statement);
  return reader.getRowObjectsJson() as readonly ResultRow[];
}

async function tablesOf(
  db: Connecting,
  definition: Definition,
  files: LandedFiles,
  { folder, jobName, arms, otherJobs = {} }: SqlDayOptions,
): Promise<{ tables: DayTables; objects: Map<string, LocalObject[]>; through: number }> {
  const columns = await columnsOfDay(db, definition, {
    records: files.records[0],
    predictions: files.predictions[0],
    outcomes: files.outcomes[0]?.file,
  });
  if (!columns.ok) throw new Error(JSON.stringify(columns.problems));
  const { deployment } = definition;
  const placed =
    (kind: string, part: string) =>
    (file: NamedFile, index: number): LocalObject => ({
      key: `${deployment}/${kind}/${part}/${index}-${file.name.slice(file.name.lastIndexOf('/') + 1)}`,
      path: file.path,
    });
  const ofJob = jobName === undefined ? '' : `/${jobName}`;
  const objects = new Map<string, LocalObject[]>([
    ['records', files.records.map(placed('records', `date=${DATE}`))],
    ['predictions', files.predictions.map(placed('predictions', `date=${DATE}${ofJob}`))],
    [
      'outcomes',
      files.outcomes.map(({ day, file }, index) =>
        placed('outcomes', `landed=${addDays(DATE, day)}`)(file, index),
      ),
    ],
  ]);
  for (const [job, text] of Object.entries(otherJobs)) {
    const path = join(folder, job);
    await writeFile(path, text);
    objects.get('predictions')?.push({ key: `${deployment}/predictions/date=${DATE}/${job}/0.out`, path });
  }
  if (needsArms(definition)) {
    await mkdir(folder, { recursive: true });
    const written = arms
      ? await writtenArms(folder, arms)
      : await preparedArms(db, definition, files, folder);
    objects.set('arms', written.map((path) => ({ name: path, path })).map(placed('arms', `date=${DATE}`)));
  }
  const through = Math.max(0, ...files.outcomes.map(({ day }) => day));
  return { tables: athenaTables(definition, { bucket: BUCKET, columns: columns.value }), objects, through };
}

const armsPath = (folder: string, index: number): string => join(folder, `arms-${index}.jsonl`);

function writtenArms(folder: string, texts: readonly string[]): Promise<string[]> {
  return Promise.all(
    texts.map(async (text, index) => {
      await writeFile(armsPath(folder, index), text);
      return armsPath(folder, index);
    }),
  );
}

/** The hashes of the units as the pipeline writes them, as far as it gets: what is bad is for the statement to find. */
async function preparedArms(
  db: Connecting,
  definition: Definition,
  { records }: LandedFiles,
  folder: string,
): Promise<string[]> {
  const inputs = records.map((file, index) => ({
    records: file,
    path: join(folder, `input-${index}`),
    arms: armsPath(folder, index),
  }));
  await preparePartition(db, { ...definition, toleratedBadRows: 1_000_000 }, inputs);
  return inputs.map(({ arms }) => arms).filter((path) => existsSync(path));
}
/** The outcomes of a day by landing: the next one of an id lands on the next day, so that all know which is the latest. */
export function landings(outcomes: DayData['outcomes']): OutcomeRow[][] {
  const seen = new Map<string, number>();
  const byDay: OutcomeRow[][] = [];
  for (const row of outcomes.flat()) {
    const day = seen.get(row.id) ?? 0;
    seen.set(row.id, day + 1);
    byDay[day] ??= [];
    byDay[day]?.push(row);
  }
  return byDay;
}
