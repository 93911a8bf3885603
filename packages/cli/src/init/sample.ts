import { extname } from 'node:path';
import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import { arrowIntoDuckDb, readArrow } from '@penumbra/evaluator/arrow-table';
import type { FileFormat } from '@penumbra/evaluator/column-spec';
import { type DuckDb, identifier, literal } from '@penumbra/evaluator/duckdb';
import { findOddCells } from './odd-cells.ts';

/** What a column of a sample holds. */
export interface ColumnProfile {
  readonly name: string;
  /** binary: numbers that are 0 or 1. */
  readonly kind: 'text' | 'number' | 'binary' | 'date' | 'boolean';
  /** Rows with a value, and different values among them; of a date, different days. */
  readonly rows: number;
  readonly distinct: number;
  /** Each value and its rows, the fewest first; only of columns with few of them. */
  readonly values: readonly { readonly value: string; readonly rows: number }[];
  /** Half and nine tenths of the rows lie below these; only of numbers. */
  readonly quantiles: readonly [number, number] | undefined;
}

export interface Sample {
  readonly path: string;
  readonly format: FileFormat;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  /** Cells that made a column a text whose other cells are numbers, or dates. */
  readonly oddCells: readonly Problem[];
}

/** Columns with more different values than this are no categories. */
const MOST_CATEGORIES = 20;

const FORMATS: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.parquet': 'parquet',
  '.arrow': 'arrow',
  '.feather': 'arrow',
};

/** What an Arrow file is called in DuckDB, which reads none: readSample copies it there. */
const loaded = (path: string) => `arrow ${path}`;

/** A file as a table in SQL; `asText` keeps every cell as it is written. Of an Arrow file rowid numbers the rows. */
export function tableOf(path: string, format: FileFormat, asText = false): string {
  const file = literal(path);
  switch (format) {
    case 'jsonl':
      return `read_json(${file}, format = 'newline_delimited', sample_size = -1)`;
    case 'parquet':
      return `read_parquet(${file})`;
    case 'arrow':
      return identifier(loaded(path));
    default:
      // What a column holds is told from the whole file, not from how it begins.
      return `read_csv(${file}, header = true, sample_size = -1${asText ? ', all_varchar = true' : ''})`;
  }
}

/** Reads a file whole and describes its columns. */
export async function readSample({ connection }: DuckDb, path: string): Promise<Result<Sample>> {
  const format = FORMATS[extname(path)];
  if (!format) {
    const remedy = 'Give a sample as .csv with a header line, .jsonl, .parquet or .arrow';
    return failure({ where: path, what: 'its format is not known by its name', remedy });
  }
  const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS();
  try {
    if (format === 'arrow') await arrowIntoDuckDb(connection, await readArrow(path), loaded(path));
    await connection.run(`CREATE OR REPLACE TEMP TABLE sample AS SELECT * FROM ${tableOf(path, format)}`);
    const described = await rowsOf('DESCRIBE sample');
    const [counted] = await rowsOf('SELECT count(*) AS n FROM sample');
    const rows = Number(counted?.n ?? 0);
    if (rows === 0) {
      const remedy = 'Give a file with some hundred records at least';
      return failure({ where: path, what: 'it holds no record', remedy });
    }
    const columns: ColumnProfile[] = [];
    for (const { column_name: name, column_type: type } of described)
      columns.push(await profile(rowsOf, String(name), String(type)));
    const texts = columns.filter(({ kind }) => kind === 'text').map(({ name }) => name);
    const cells = format === 'csv' ? tableOf(path, format, true) : 'sample';
    const written = format === 'csv' || format === 'jsonl';
    const oddCells = written ? await findOddCells(connection, { path, cells, texts, format }) : [];
    return success({ path, format, rows, columns, oddCells });
  } catch (error) {
    const [what = ''] = (error as Error).message.split('\n');
    return failure({ where: path, what, remedy: 'Mend the file, or give another sample' });
  }
}

type Rows = (sql: string) => Promise<Record<string, unknown>[]>;

async function profile(rowsOf: Rows, name: string, type: string): Promise<ColumnProfile> {
  const column = identifier(name);
  const isNumber = /INT|DOUBLE|FLOAT|DECIMAL/.test(type);
  const isDate = kindOf(type) === 'date';
  const numbers = isNumber
    ? `, bool_and(${column} IN (0, 1)) AS "binary", quantile_cont(${column}, 0.5)::DOUBLE AS half, quantile_cont(${column}, 0.9)::DOUBLE AS most`
    : '';
  const [found = {}] = await rowsOf(
    `SELECT count(${column}) AS n, count(DISTINCT ${isDate ? `${column}::DATE` : column}) AS different${numbers} FROM sample`,
  );
  const distinct = Number(found.different);
  const values =
    distinct > 0 && distinct <= MOST_CATEGORIES
      ? await rowsOf(
          `SELECT ${column}::VARCHAR AS value, count(*) AS n FROM sample WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY 2, 1`,
        )
      : [];
  return {
    name,
    kind: isNumber ? (found.binary === true ? 'binary' : 'number') : kindOf(type),
    rows: Number(found.n),
    distinct,
    values: values.map(({ value, n }) => ({ value: String(value), rows: Number(n) })),
    quantiles: isNumber ? [Number(found.half), Number(found.most)] : undefined,
  };
}

function kindOf(type: string): ColumnProfile['kind'] {
  if (type === 'BOOLEAN') return 'boolean';
  return /^(DATE|TIMESTAMP)/.test(type) ? 'date' : 'text';
}
