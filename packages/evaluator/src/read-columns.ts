import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem } from '@penumbra/core/problem';
import { arrowBatches } from './arrow-batches.ts';
import { type BadRows, MOST_PROBLEMS, noteBadRows, tooMany } from './bad-rows.ts';
import { badCells } from './check-batch.ts';
import { type ColumnBatch, placeOf, selectRows } from './column-batch.ts';
import type { ColumnSpec, FileFormat, NamedFile } from './column-spec.ts';
import {
  type CsvColumns,
  csvSource,
  describeRejected,
  groupedNumber,
  lineOfRecord,
  readHeader,
  rejectedRows,
  rejecting,
} from './csv-file.ts';
import { type ConnectionOnDemand, identifier } from './duckdb.ts';
import { queryBatches } from './duckdb-batches.ts';
import { badLines, jsonQuery, lineOfPlace, withoutLines } from './json-lines.ts';
import type { Kernel } from './kernel.ts';
import { parquetProblems, parquetQuery } from './parquet-file.ts';
import { plainCsvBatches } from './plain-csv.ts';
import { plainJsonBatches } from './plain-json.ts';
import { plainParquetBatches } from './plain-parquet.ts';

/** A file to be read: what it is, and which of its columns. */
export interface ColumnFile {
  readonly file: NamedFile;
  readonly format: FileFormat;
  readonly specs: readonly ColumnSpec[];
  /** The names of the columns of a CSV file that has no header line. */
  readonly header?: readonly string[];
}

/** Batches, and at the end what was wrong: nothing, or problems that void every batch before. */
export type ColumnReader = AsyncGenerator<ColumnBatch, readonly Problem[], void>;

/** Where a row stands: `line` for text files, the words `row n` for the others. */
export type Locate = (place: number) => Promise<{ readonly line?: number; readonly prefix: string }>;

export interface OpenedColumns {
  readonly batches: ColumnReader;
  readonly locate: Locate;
}

/**
 * Reads columns of a file, streamed, each cell checked against its column. Rows that cannot be read are left out
 * as long as `bad` tolerates them. Needs a connection of its own while it runs. With a kernel the columns stand in
 * its arena, from the first batch on: the caller marks it before, and releases it after.
 */
export function openColumns(
  connection: ConnectionOnDemand,
  from: ColumnFile,
  bad: BadRows,
  kernel?: Kernel,
): OpenedColumns {
  // Records (CSV) or lines (JSON) that the reader left out, in order: places count what is left.
  const skipped: number[] = [];
  const locate: Locate = async (place) => {
    if (from.format === 'csv') {
      let record = place + (from.header === undefined ? 2 : 1);
      for (const gone of skipped) if (gone <= record) record += 1;
      return { line: await lineOfRecord(from.file, record), prefix: '' };
    }
    if (from.format === 'jsonl') {
      return { line: await lineOfPlace(from.file, place, new Set(skipped)), prefix: '' };
    }
    return { prefix: `row ${place + 1}: ` };
  };
  const raw = rawBatches(connection, from, bad, skipped, locate, kernel);
  return { batches: checked(raw, from, bad, skipped, locate, kernel), locate };
}

/** A problem with one row of a file. */
export async function rowProblem(
  { file }: ColumnFile,
  locate: Locate,
  place: number,
  { column, what, remedy }: { column: string; what: string; remedy: string },
): Promise<Problem> {
  const { line, prefix } = await locate(place);
  return {
    where: file.name,
    ...(line === undefined ? {} : { line }),
    column,
    what: `${prefix}${what}`,
    remedy,
  };
}

async function* checked(
  batches: ColumnReader,
  from: ColumnFile,
  bad: BadRows,
  skipped: readonly number[],
  locate: Locate,
  kernel: Kernel | undefined,
): ColumnReader {
  const problems: Problem[] = [];
  let wrong = 0;
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) return next.value;
      const batch = next.value;
      const cells = badCells(batch, from.specs, kernel);
      if (cells.length === 0) {
        yield batch;
        continue;
      }
      wrong += cells.length;
      for (const cell of cells.slice(0, MOST_PROBLEMS - problems.length)) {
        problems.push(await rowProblem(from, locate, placeOf(batch, cell.row), cell));
      }
      if (!noteBadRows(bad, from.file.name, wrong + skipped.length)) return tooMany(bad, problems);
      const gone = new Set(cells.map(({ row }) => row));
      yield selectRows(
        batch,
        [...Array(batch.rows).keys()].filter((row) => !gone.has(row)),
      );
    }
  } finally {
    await batches.return([]);
  }
}

async function* rawBatches(
  connection: ConnectionOnDemand,
  from: ColumnFile,
  bad: BadRows,
  skipped: number[],
  locate: Locate,
  kernel: Kernel | undefined,
): ColumnReader {
  const { file, format, specs } = from;
  if (format === 'arrow') return yield* arrowBatches(file, specs, kernel);
  if (format === 'parquet') {
    const given = kernel ? yield* plainParquetBatches(kernel, file, specs) : 0;
    if (given === 'read') return [];
    const opened = await connection.open();
    const problems = await parquetProblems(opened, file, specs);
    if (problems.length > 0) return problems;
    yield* unknownRows(queryBatches(opened, parquetQuery(file, specs), specs, kernel), { rows: given });
    return [];
  }
  return yield* format === 'csv'
    ? csvBatches(connection, from, bad, skipped, locate, kernel)
    : jsonBatches(connection, from, bad, skipped, kernel);
}

async function* csvBatches(
  connection: ConnectionOnDemand,
  from: ColumnFile,
  bad: BadRows,
  skipped: number[],
  locate: Locate,
  kernel: Kernel | undefined,
): ColumnReader {
  const { file, specs, header: given } = from;
  const read = given ? { ok: true as const, value: given } : await readHeader(file);
  if (!read.ok) return read.problems;
  const header = { names: read.value, inFile: given === undefined };
  const missing = specs.filter(({ name }) => !read.value.includes(name));
  if (missing.length > 0) return missing.map(({ name }) => missingColumn(file, name, read.value));
  const types = new Map(specs.map(({ name, type }) => [name, type === 'text' ? 'VARCHAR' : 'DOUBLE']));
  const query = (options?: string) =>
    `SELECT ${specs.map(({ name }) => identifier(name)).join(', ')} FROM ${csvSource(file, header, types, options)}`;
  const rows = kernel ? yield* plainRows(kernel, file, header, specs) : 0;
  if (rows === 'all') return [];
  const opened = await connection.open();
  const problems = yield* secondTry(
    rows,
    (options) => queryBatches(opened, query(options), specs, kernel),
    async (failed): Promise<Retry> => {
      const most = bad.tolerated + MOST_PROBLEMS;
      const rejected = await rejectedRows(opened, file, header, types, most).catch(() => []);
      if (rejected.length === 0) return [unreadable(file, failed)];
      if (!noteBadRows(bad, file.name, rejected.length)) {
        const first = rejected.slice(0, MOST_PROBLEMS);
        return tooMany(bad, await Promise.all(first.map((row) => describeRejected(file, row))));
      }
      skipped.push(...rejected.map(({ record }) => record));
      await opened.run('DROP TABLE IF EXISTS left_out; DROP TABLE IF EXISTS left_out_scan');
      return rejecting('left_out');
    },
  );
  if (problems.length > 0) return problems;
  const grouped = await groupedNumber(opened, file, header, specs);
  if (!grouped) return [];
  const { place, column, text } = grouped;
  return [
    await rowProblem(from, locate, place, {
      column,
      what: `${JSON.stringify(text)} is not a number`,
      remedy: 'Write a decimal number with a point, such as 1234.5',
    }),
  ];
}

/** Gives the rows that the kernel reads; how many, or that they were all. */
async function* plainRows(
  kernel: Kernel,
  file: NamedFile,
  header: CsvColumns,
  specs: readonly ColumnSpec[],
): AsyncGenerator<ColumnBatch, number | 'all', void> {
  const batches = plainCsvBatches(kernel, file, header, specs);
  let rows = 0;
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) return next.value === 'read' ? 'all' : rows;
      rows += next.value.rows;
      yield next.value;
    }
  } finally {
    await batches.return('irregular');
  }
}

async function* jsonBatches(
  connection: ConnectionOnDemand,
  { file, specs }: ColumnFile,
  bad: BadRows,
  skipped: number[],
  kernel: Kernel | undefined,
): ColumnReader {
  const given = kernel ? yield* plainJsonBatches(kernel, file, specs) : 0;
  if (given === 'read') return [];
  const opened = await connection.open();
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-json-'));
  let source = file;
  try {
    return yield* secondTry(
      given,
      () => queryBatches(opened, jsonQuery(source, specs), specs, kernel),
      async (failed): Promise<Retry> => {
        const found = await badLines(file, specs, bad.tolerated + MOST_PROBLEMS);
        if (found.length === 0) return [unreadable(file, failed)];
        if (!noteBadRows(bad, file.name, found.length)) {
          const problems = found.slice(0, MOST_PROBLEMS).map((line) => ({
            where: file.name,
            ...line,
            remedy: 'Write one JSON object a line, numbers as numbers',
          }));
          return tooMany(bad, problems);
        }
        skipped.push(...found.map(({ line }) => line));
        source = await withoutLines(file, new Set(skipped), join(folder, 'clean'));
        return '';
      },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How to read on, or what is wrong. */
type Retry = string | readonly Problem[];

/** What the reader says of a file in which no row can be found that is to blame. Throws what is no such error. */
function unreadable({ name, path }: NamedFile, failed: unknown): Problem {
  if (!(failed instanceof Error)) throw failed;
  return {
    where: name,
    what: `the file cannot be read: ${failed.message.split('\n')[0]?.replaceAll(path, name)}`,
    remedy: 'Write it again, with line feeds between rows and quotes around texts that hold anything unusual',
  };
}

/**
 * Reads at full speed; only where that fails are the bad rows looked for, and where they are tolerated the file
 * is read again without them. The first `given` rows were given on before, and are left out; so are, the second
 * time, those of the first.
 */
async function* secondTry(
  given: number,
  open: (options?: string) => AsyncGenerator<ColumnBatch, void, void>,
  explain: (failed: unknown) => Promise<Retry>,
): ColumnReader {
  const known = { rows: given };
  let failed: unknown;
  try {
    yield* unknownRows(open(), known);
    return [];
  } catch (error) {
    failed = error;
  }
  const retry = await explain(failed);
  if (typeof retry !== 'string') return retry;
  yield* unknownRows(open(retry), known);
  return [];
}

/** The rows beyond those that are known, which come first again; and they are known from then on. */
async function* unknownRows(
  batches: AsyncGenerator<ColumnBatch, void, void>,
  known: { rows: number },
): AsyncGenerator<ColumnBatch, void, void> {
  for await (const batch of batches) {
    const old = Math.max(0, Math.min(known.rows - batch.first, batch.rows));
    if (old === batch.rows) continue;
    known.rows = batch.first + batch.rows;
    yield old === 0 ? batch : selectRows(batch, [...Array(batch.rows).keys()].slice(old));
  }
}

const missingColumn = (file: NamedFile, column: string, names: readonly string[]): Problem => ({
  where: file.name,
  line: 1,
  column,
  what: 'the definition asks for this column and the file does not have it',
  remedy: `Add it or correct the definition; the file has ${names.map((known) => JSON.stringify(known)).join(', ')}`,
});
