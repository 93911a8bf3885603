import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import { parse } from 'csv-parse';
import { type DuckDb, identifier, literal } from './duckdb.ts';

/** A file on disk, and the name that people know it by (an S3 key). */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
}

export interface ColumnSpec {
  readonly name: string;
  /** number: a finite decimal number with a point. binary: 0 or 1. */
  readonly type: 'text' | 'number' | 'binary';
  /** Whether an empty cell is allowed; it reads as null or NaN. */
  readonly optional?: boolean;
}

/** The columns of a file that were asked for. A missing number is NaN, a missing text null. */
export interface Columns {
  readonly rows: number;
  readonly text: ReadonlyMap<string, readonly (string | null)[]>;
  readonly numbers: ReadonlyMap<string, Float64Array>;
}

/** Problems told about one file; more of the same help nobody. */
const MOST_PROBLEMS = 5;
/** Longest header line, in bytes. */
const HEADER_LIMIT = 1 << 20;

/**
 * Reads columns of a CSV file (RFC 4180, UTF-8, comma, point) and checks them against their types. `header`
 * gives the names for a file that has no header line. All or nothing: with one bad row there is no result, and
 * the first bad rows are named with their line.
 */
export async function readCsv(
  { connection }: DuckDb,
  file: NamedFile,
  specs: readonly ColumnSpec[],
  header?: readonly string[],
): Promise<Result<Columns>> {
  const names = header ? success(header) : await readHeader(file);
  if (!names.ok) return names;
  const missing = missingColumns(file, names.value, specs);
  if (missing.length > 0) return { ok: false, problems: missing };

  const types = new Map(specs.map(({ name, type }) => [name, type === 'text' ? 'VARCHAR' : 'DOUBLE']));
  const rejects = 'bad_rows';
  await connection.run(`DROP TABLE IF EXISTS ${rejects}; DROP TABLE IF EXISTS ${rejects}_scan`);
  const reader = await connection.runAndReadAll(
    `SELECT ${specs.map(({ name }) => identifier(name)).join(', ')} FROM ${csvSource(
      file,
      { names: names.value, inFile: header === undefined },
      types,
      `store_rejects = true, rejects_limit = ${MOST_PROBLEMS},
       rejects_table = ${literal(rejects)}, rejects_scan = ${literal(`${rejects}_scan`)}`,
    )}`,
  );
  const rejected = await connection.runAndReadAll(
    `SELECT line::INT, column_name, error_type::VARCHAR, error_message FROM ${rejects} ORDER BY line LIMIT ${MOST_PROBLEMS}`,
  );
  if (rejected.currentRowCount > 0) {
    const rows = rejected.getRowsJS() as [number, string | null, string, string][];
    return { ok: false, problems: await Promise.all(rows.map((row) => rejectedRow(file, row))) };
  }
  return checkTypes(file, specs, reader.getColumnsJS() as (string | number | null)[][], header === undefined);
}

/** A CSV file as an SQL table function, nothing about it guessed: columns are text unless `types` says otherwise. */
export function csvSource(
  file: NamedFile,
  header: { readonly names: readonly string[]; readonly inFile: boolean },
  types: ReadonlyMap<string, string> = new Map(),
  options?: string,
): string {
  const columns = header.names.map((name) => `${literal(name)}: ${literal(types.get(name) ?? 'VARCHAR')}`);
  return `read_csv(${literal(file.path)}, auto_detect = false, header = ${header.inFile}, delim = ',', quote = '"',
    escape = '"', strict_mode = true, columns = {${columns.join(', ')}}${options === undefined ? '' : `, ${options}`})`;
}

/** The names in the header line of a CSV file; a problem where there is none or a name is there twice. */
export async function readHeader(file: NamedFile): Promise<Result<readonly string[]>> {
  const handle = await open(file.path);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEADER_LIMIT), 0, HEADER_LIMIT, 0);
    const records = parse(buffer.subarray(0, bytesRead), { bom: true, to_line: 1, relax_column_count: true });
    for await (const record of records) {
      const names = record as string[];
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice !== undefined) {
        return failure({
          where: file.name,
          line: 1,
          column: twice,
          what: 'the header names this column twice',
          remedy: 'Give each column a name of its own',
        });
      }
      return success(names);
    }
    return failure({
      where: file.name,
      line: 1,
      what: 'the file is empty',
      remedy: 'Write at least the header line, or leave the file out',
    });
  } finally {
    await handle.close();
  }
}

function missingColumns(file: NamedFile, names: readonly string[], specs: readonly ColumnSpec[]): Problem[] {
  return specs
    .filter(({ name }) => !names.includes(name))
    .map(({ name }) => ({
      where: file.name,
      line: 1,
      column: name,
      what: 'the definition asks for this column and the file does not have it',
      remedy: `Add it or correct the definition; the file has ${names.map((known) => JSON.stringify(known)).join(', ')}`,
    }));
}

async function rejectedRow(
  file: NamedFile,
  [record, column, kind, message]: [number, string | null, string, string],
): Promise<Problem> {
  const line = await lineOfRecord(file, record);
  const at = { where: file.name, line, ...(column === null ? {} : { column }) };
  if (kind === 'CAST') {
    const value = /Could not convert string "(.*)" to/s.exec(message)?.[1] ?? '';
    return {
      ...at,
      what: `${JSON.stringify(value)} is not a number`,
      remedy: 'Write a decimal number with a point, such as 1234.5',
    };
  }
  return {
    where: file.name,
    line,
    what: message.split('\n')[0]?.replace(/\.$/, '') ?? kind.toLowerCase(),
    remedy:
      'Give every line the columns of the header; put text with commas, quotes or line breaks in double quotes',
  };
}

async function checkTypes(
  file: NamedFile,
  specs: readonly ColumnSpec[],
  values: readonly (readonly (string | number | null)[])[],
  hasHeader: boolean,
): Promise<Result<Columns>> {
  const rows = values[0]?.length ?? 0;
  const text = new Map<string, readonly (string | null)[]>();
  const numbers = new Map<string, Float64Array>();
  for (const [index, spec] of specs.entries()) {
    const column = values[index] ?? [];
    const bad = column.findIndex((value) => wrong(value, spec) !== undefined);
    if (bad >= 0) {
      return failure({
        where: file.name,
        line: await lineOfRow(file, bad, hasHeader),
        column: spec.name,
        what: wrong(column[bad] ?? null, spec) ?? '',
        remedy: remedyFor(spec),
      });
    }
    if (spec.type === 'text') text.set(spec.name, column as (string | null)[]);
    else
      numbers.set(
        spec.name,
        Float64Array.from(column, (value) => (value === null ? Number.NaN : Number(value))),
      );
  }
  return success({ rows, text, numbers });
}

function wrong(value: string | number | null, { type, optional }: ColumnSpec): string | undefined {
  if (value === null || value === '') return optional ? undefined : 'the cell is empty';
  if (type === 'text') return undefined;
  const number = Number(value);
  if (!Number.isFinite(number)) return `${value} is not a finite number`;
  return type === 'binary' && number !== 0 && number !== 1 ? `${value} is neither 0 nor 1` : undefined;
}

function remedyFor({ type, optional }: ColumnSpec): string {
  const allowed = { text: 'a text', number: 'a decimal number with a point', binary: '0 or 1' }[type];
  return `Write ${allowed}${optional ? ', or leave the cell empty' : ' in every row'}`;
}

/** The 1-based line of data row `row` (0-based): records may span lines, so only a parser can tell. */
export function lineOfRow(file: NamedFile, row: number, hasHeader: boolean): Promise<number> {
  return lineOfRecord(file, row + (hasHeader ? 2 : 1));
}

async function lineOfRecord(file: NamedFile, record: number): Promise<number> {
  const parser = createReadStream(file.path).pipe(
    parse({ bom: true, relax_column_count: true, relax_quotes: true, info: true, raw: true, to: record }),
  );
  let end = record;
  let lines = 1;
  try {
    for await (const parsed of parser) {
      const { info, raw } = parsed as { info: { lines: number }; raw: string };
      end = info.lines;
      lines = raw.replace(/\r?\n$/, '').split('\n').length;
    }
  } catch {
    // A file too broken to count in still gets the number of the record.
    return record;
  }
  return Math.max(1, end - lines + 1);
}
