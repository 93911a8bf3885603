import type { Problem } from '@penumbra/core/problem';
import { type DuckDb, identifier } from '@penumbra/evaluator/duckdb';

interface Written {
  /** As people know the file. */
  readonly path: string;
  /** Its cells as they are written, as a table in SQL, in the order of the file. */
  readonly cells: string;
  /** The columns that were taken for texts. */
  readonly texts: readonly string[];
  readonly format: 'csv' | 'jsonl';
}

/** Where so many of the cells are alike, the others are a slip. */
const NEARLY_ALL = 0.9;

/** What the cells of a text may nearly all be. */
const KINDS = [
  { type: 'DOUBLE', called: 'number' },
  { type: 'TIMESTAMP', called: 'date' },
] as const;

type Connection = DuckDb['connection'];

/**
 * The first cell of each column that made it a text, although nearly all of its cells are numbers, or dates: a column
 * that a definition then cannot use as what it is. Empty cells make nothing a text.
 */
export async function findOddCells(connection: Connection, written: Written): Promise<Problem[]> {
  if (written.texts.length === 0) return [];
  await connection.run(`CREATE OR REPLACE TEMP TABLE cells AS SELECT * FROM ${written.cells}`);
  const found: Problem[] = [];
  for (const name of written.texts) {
    const problem = await oddCell(connection, written, name);
    if (problem) found.push(problem);
  }
  return found;
}

async function oddCell(
  connection: Connection,
  { path, format }: Written,
  name: string,
): Promise<Problem | undefined> {
  // A column of JSON holds texts in quotes.
  const cell = format === 'csv' ? identifier(name) : `trim(${identifier(name)}::VARCHAR, '"')`;
  for (const { type, called } of KINDS) {
    const odd = `${cell} IS NOT NULL AND TRY_CAST(${cell} AS ${type}) IS NULL`;
    const [counted] = await rowsOf(
      connection,
      `SELECT count(${cell}) AS n, count(*) FILTER (${odd}) AS odd, min(rowid) FILTER (${odd}) AS "row" FROM cells`,
    );
    const [all, others] = [Number(counted?.n), Number(counted?.odd)];
    if (others === 0 || others > all * (1 - NEARLY_ALL)) continue;
    const row = Number(counted?.row);
    const [first] = await rowsOf(connection, `SELECT ${cell} AS value FROM cells WHERE rowid = ${row}`);
    const alike = (all - others).toLocaleString('en');
    const more =
      others > 1 ? `, and ${(others - 1).toLocaleString('en')} more ${others > 2 ? 'are' : 'is'} none` : '';
    return {
      where: path,
      line: format === 'csv' ? await lineOf(connection, row) : row + 1,
      column: name,
      what: `${JSON.stringify(String(first?.value).slice(0, 60))} is no ${called}, and makes the column a text: ${alike} other cells of it are ${called}s${more}`,
      remedy: 'Correct the cell, or leave it empty where the value is not known, and run init again',
    };
  }
  return undefined;
}

/** The line on which a row of a CSV with a header begins: cells before it may hold line breaks. */
async function lineOf(connection: Connection, row: number): Promise<number> {
  const columns = await rowsOf(connection, 'DESCRIBE cells');
  const whole = `concat_ws('', ${columns.map(({ column_name: name }) => identifier(String(name))).join(', ')})`;
  const [found] = await rowsOf(
    connection,
    `SELECT coalesce(sum(length(${whole}) - length(replace(${whole}, chr(10), ''))), 0) AS breaks FROM cells WHERE rowid < ${row}`,
  );
  return 2 + row + Number(found?.breaks);
}

const rowsOf = async (connection: Connection, sql: string): Promise<Record<string, unknown>[]> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJS();
