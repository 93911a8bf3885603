import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import { parse } from 'csv-parse';
import type { ColumnSpec, NamedFile } from './column-spec.ts';
import { identifier, literal } from './duckdb.ts';

/** Longest header line, in bytes. */
const HEADER_LIMIT = 1 << 20;

export interface CsvColumns {
  readonly names: readonly string[];
  /** Whether the names are the file's first line. */
  readonly inFile: boolean;
}

/** A row that could not be read: its record number, 1-based, the header counted. */
export interface RejectedRow {
  readonly record: number;
  readonly column: string | null;
  readonly kind: string;
  readonly message: string;
}

/** A CSV file as an SQL table function, nothing about it guessed: columns are text unless `types` says otherwise. */
export function csvSource(
  file: NamedFile,
  header: CsvColumns,
  types: ReadonlyMap<string, string> = new Map(),
  options?: string,
): string {
  const columns = header.names.map((name) => `${literal(name)}: ${literal(types.get(name) ?? 'VARCHAR')}`);
  return `read_csv(${literal(file.path)}, auto_detect = false, header = ${header.inFile}, delim = ',', quote = '"',
    escape = '"', strict_mode = true, columns = {${columns.join(', ')}}${options === undefined ? '' : `, ${options}`})`;
}

/** The fields of a CSV file's first record; empty for an empty file. */
export async function firstRecord(file: NamedFile): Promise<readonly string[]> {
  const handle = await open(file.path);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEADER_LIMIT), 0, HEADER_LIMIT, 0);
    const records = parse(buffer.subarray(0, bytesRead), { bom: true, to_line: 1, relax_column_count: true });
    for await (const record of records) return record as string[];
    return [];
  } finally {
    await handle.close();
  }
}

/** The names in the header line of a CSV file; a problem where there is none or a name is there twice. */
export async function readHeader(file: NamedFile): Promise<Result<readonly string[]>> {
  const names = await firstRecord(file);
  if (names.length === 0) {
    return failure({
      where: file.name,
      line: 1,
      what: 'the file is empty',
      remedy: 'Write at least the header line, or leave the file out',
    });
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return success(names);
  return failure({
    where: file.name,
    line: 1,
    column: twice,
    what: 'the header names this column twice',
    remedy: 'Give each column a name of its own',
  });
}

/** Every row of a CSV file that cannot be read with these types, in order, each once; at most `most`. */
export async function rejectedRows(
  connection: DuckDBConnection,
  file: NamedFile,
  header: CsvColumns,
  types: ReadonlyMap<string, string>,
  most: number,
): Promise<RejectedRow[]> {
  await connection.run('DROP TABLE IF EXISTS bad_rows; DROP TABLE IF EXISTS bad_rows_scan');
  const all = [...types.keys()].map((name) => `count("${name.replaceAll('"', '""')}")`).join(', ');
  await connection.run(`SELECT ${all} FROM ${csvSource(file, header, types, rejecting('bad_rows'))}`);
  const rejected = await connection.runAndReadAll(
    `SELECT line::INT, first(column_name), first(error_type::VARCHAR), first(error_message) FROM bad_rows
     GROUP BY line ORDER BY line LIMIT ${most}`,
  );
  const rows = rejected.getRowsJS() as [number, string | null, string, string][];
  return rows.map(([record, column, kind, message]) => ({ record, column, kind, message }));
}

/**
 * The first number that is written with underscores between its digits, which DuckDB reads and nobody meant: its
 * 0-based place among the rows that can be read, its column and text.
 */
export async function groupedNumber(
  connection: DuckDBConnection,
  file: NamedFile,
  header: CsvColumns,
  specs: readonly ColumnSpec[],
): Promise<{ readonly place: number; readonly column: string; readonly text: string } | undefined> {
  const names = specs.filter(({ type }) => type !== 'text').map(({ name }) => name);
  if (names.length === 0) return undefined;
  const columns = names.map(identifier);
  const found = await connection.runAndReadAll(
    `SELECT place, ${columns.join(', ')}
     FROM (SELECT row_number() OVER () - 1 AS place, ${columns.join(', ')}
           FROM ${csvSource(file, header, new Map(), 'ignore_errors = true')})
     WHERE ${columns.map((column) => `contains(${column}, '_')`).join(' OR ')} ORDER BY place LIMIT 1`,
  );
  const [place, ...texts] = found.getRowsJS()[0] ?? [];
  const index = texts.findIndex((text) => typeof text === 'string' && text.includes('_'));
  if (index === -1) return undefined;
  return { place: Number(place), column: names[index] ?? '', text: String(texts[index]) };
}

/** Options under which a scan leaves out the rows that it cannot read. */
export const rejecting = (table: string): string =>
  `store_rejects = true, rejects_table = ${literal(table)}, rejects_scan = ${literal(`${table}_scan`)}`;

export async function describeRejected(
  file: NamedFile,
  { record, column, kind, message }: RejectedRow,
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

/** The 1-based line on which a record (1-based) starts: records may span lines, so only a parser can tell. */
export async function lineOfRecord(file: NamedFile, record: number): Promise<number> {
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
