import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Problem } from '@penumbra/core/problem';
import { arrowBatches } from './arrow-batches.ts';
import { type BadRows, MOST_PROBLEMS, noteBadRows, tooMany } from './bad-rows.ts';
import { badCells } from './check-batch.ts';
import { type ColumnBatch, placeOf, selectRows } from './column-batch.ts';
import type { ColumnSpec, FileFormat, NamedFile } from './column-spec.ts';
import {
  csvSource,
  describeRejected,
  lineOfRecord,
  readHeader,
  rejectedRows,
  rejecting,
} from './csv-file.ts';
import { identifier } from './duckdb.ts';
import { queryBatches } from './duckdb-batches.ts';
import { badLines, jsonQuery, lineOfPlace, withoutLines } from './json-lines.ts';
import { parquetProblems, parquetQuery } from './parquet-file.ts';

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
 * as long as `bad` tolerates them. Needs a connection of its own while it runs.
 */
export function openColumns(connection: DuckDBConnection, from: ColumnFile, bad: BadRows): OpenedColumns {
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
  return { batches: checked(rawBatches(connection, from, bad, skipped), from, bad, skipped, locate), locate };
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
): ColumnReader {
  const problems: Problem[] = [];
  let wrong = 0;
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) return next.value;
      const batch = next.value;
      const cells = badCells(batch, from.specs);
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
  connection: DuckDBConnection,
  from: ColumnFile,
  bad: BadRows,
  skipped: number[],
): ColumnReader {
  const { file, format, specs } = from;
  if (format === 'arrow') return yield* arrowBatches(file, specs);
  if (format === 'parquet') {
    const problems = await parquetProblems(connection, file, specs);
    if (problems.length > 0) return problems;
    yield* queryBatches(connection, parquetQuery(file, specs), specs);
    return [];
  }
  return yield* format === 'csv'
    ? csvBatches(connection, from, bad, skipped)
    : jsonBatches(connection, from, bad, skipped);
}

async function* csvBatches(
  connection: DuckDBConnection,
  { file, specs, header: given }: ColumnFile,
  bad: BadRows,
  skipped: number[],
): ColumnReader {
  const read = given ? { ok: true as const, value: given } : await readHeader(file);
  if (!read.ok) return read.problems;
  const header = { names: read.value, inFile: given === undefined };
  const missing = specs.filter(({ name }) => !read.value.includes(name));
  if (missing.length > 0) return missing.map(({ name }) => missingColumn(file, name, read.value));
  const types = new Map(specs.map(({ name, type }) => [name, type === 'text' ? 'VARCHAR' : 'DOUBLE']));
  const query = (options?: string) =>
    `SELECT ${specs.map(({ name }) => identifier(name)).join(', ')} FROM ${csvSource(file, header, types, options)}`;
  return yield* secondTry(
    (options) => queryBatches(connection, query(options), specs),
    async (): Promise<Retry> => {
      const rejected = await rejectedRows(connection, file, header, types, bad.tolerated + MOST_PROBLEMS);
      if (rejected.length === 0) return undefined;
      if (!noteBadRows(bad, file.name, rejected.length)) {
        const first = rejected.slice(0, MOST_PROBLEMS);
        return tooMany(bad, await Promise.all(first.map((row) => describeRejected(file, row))));
      }
      skipped.push(...rejected.map(({ record }) => record));
      await connection.run('DROP TABLE IF EXISTS left_out; DROP TABLE IF EXISTS left_out_scan');
      return rejecting('left_out');
    },
  );
}

async function* jsonBatches(
  connection: DuckDBConnection,
  { file, specs }: ColumnFile,
  bad: BadRows,
  skipped: number[],
): ColumnReader {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-json-'));
  let source = file;
  try {
    return yield* secondTry(
      () => queryBatches(connection, jsonQuery(source, specs), specs),
      async (): Promise<Retry> => {
        const found = await badLines(file, specs, bad.tolerated + MOST_PROBLEMS);
        if (found.length === 0) return undefined;
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

/** undefined: nothing to be found that explains the failure. Text: how to read on. Otherwise: what is wrong. */
type Retry = string | readonly Problem[] | undefined;

/**
 * Reads at full speed; only where that fails are the bad rows looked for, and where they are tolerated the file
 * is read again without them. The rows that were given on already come first again, and are left out.
 */
async function* secondTry(
  open: (options?: string) => AsyncGenerator<ColumnBatch, void, void>,
  explain: () => Promise<Retry>,
): ColumnReader {
  let given = 0;
  let failed: unknown;
  try {
    for await (const batch of open()) {
      given += batch.rows;
      yield batch;
    }
    return [];
  } catch (error) {
    failed = error;
  }
  const retry = await explain();
  if (retry === undefined) throw failed;
  if (typeof retry !== 'string') return retry;
  for await (const batch of open(retry)) {
    const known = Math.max(0, Math.min(given - batch.first, batch.rows));
    if (known === batch.rows) continue;
    yield selectRows(batch, [...Array(batch.rows).keys()].slice(known));
  }
  return [];
}

const missingColumn = (file: NamedFile, column: string, names: readonly string[]): Problem => ({
  where: file.name,
  line: 1,
  column,
  what: 'the definition asks for this column and the file does not have it',
  remedy: `Add it or correct the definition; the file has ${names.map((known) => JSON.stringify(known)).join(', ')}`,
});
