import { readFile, writeFile } from 'node:fs/promises';
import {
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMP,
  VARCHAR,
} from '@duckdb/node-api';
import { DataType, Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import { identifier } from './duckdb.ts';

/** Rows that are handed to DuckDB at once: the most that a chunk of it holds. */
const CHUNK_ROWS = 2048;

/** Reads an Arrow IPC file or stream whole, into memory: for samples. Throws where it is none. */
export async function readArrow(path: string): Promise<Table> {
  return tableFromIPC(await readFile(path));
}

/**
 * Copies an Arrow table into a temporary table of DuckDB, which reads no Arrow; its rowid is the number of the row.
 * Numbers become DOUBLE, dates and timestamps TIMESTAMP, everything else that is no boolean VARCHAR.
 */
export async function arrowIntoDuckDb(
  connection: DuckDBConnection,
  table: Table,
  name: string,
): Promise<void> {
  const columns = table.schema.fields.map((field, index) => {
    const { type, convert } = columnOf(field.type);
    const vector = table.getChildAt(index);
    const valueAt = (row: number): DuckDBValue => {
      const value: unknown = vector?.get(row);
      return value === null || value === undefined ? null : convert(value);
    };
    return { name: field.name, type, valueAt };
  });
  const described = columns.map((column) => `${identifier(column.name)} ${column.type}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${identifier(name)} (${described.join(', ')})`);
  const appender = await connection.createAppender(name);
  for (let from = 0; from < table.numRows; from += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, table.numRows - from);
    const chunk = DuckDBDataChunk.create(columns.map(({ type }) => type));
    chunk.setColumns(
      columns.map(({ valueAt }) => Array.from({ length: rows }, (_, row) => valueAt(from + row))),
    );
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

interface ColumnInDuckDb {
  readonly type: DuckDBType;
  readonly convert: (value: unknown) => DuckDBValue;
}

function columnOf(type: DataType): ColumnInDuckDb {
  if (DataType.isDictionary(type)) return columnOf(type.dictionary);
  if (DataType.isInt(type) || DataType.isFloat(type)) return { type: DOUBLE, convert: Number };
  if (DataType.isBool(type)) return { type: BOOLEAN, convert: Boolean };
  if (DataType.isDate(type) || DataType.isTimestamp(type)) {
    // apache-arrow tells both in milliseconds, whatever their unit.
    const convert = (value: unknown) => new DuckDBTimestampValue(BigInt(Math.round(Number(value))) * 1000n);
    return { type: TIMESTAMP, convert };
  }
  return { type: VARCHAR, convert: String };
}

/**
 * Writes rows of an Arrow table, by their numbers in ascending order, as an Arrow IPC file. Rows that follow each other
 * stay together as they are, so that nothing is converted; every gap begins another record batch.
 */
export async function writeArrowRows(table: Table, rows: readonly number[], path: string): Promise<void> {
  const batches = runsOf(rows).flatMap(([from, to]) => table.slice(from, to).batches);
  await writeFile(path, tableToIPC(new Table(table.schema, batches), 'file'));
}

/** `[from, to)` of each run of numbers that follow each other. */
function runsOf(rows: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const row of rows) {
    const last = runs.at(-1);
    if (last && last[1] === row) last[1] = row + 1;
    else runs.push([row, row + 1]);
  }
  return runs;
}
