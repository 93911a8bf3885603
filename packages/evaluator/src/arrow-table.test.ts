import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Bool,
  DateDay,
  Dictionary,
  Float64,
  Int32,
  Int64,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { arrowIntoDuckDb, readArrow, writeArrowRows } from './arrow-table.ts';
import { openDuckDb } from './duckdb.ts';

const ROWS = 5000;
const DAY = Date.UTC(2026, 0, 1);
const numbers = Array.from({ length: ROWS }, (_, row) => row);
/** The value of a row, but for every seventh, which has none. */
const some = <Value>(of: (row: number) => Value) => numbers.map((row) => (row % 7 === 6 ? null : of(row)));

const table = new Table({
  id: vectorFromArray(
    numbers.map((row) => `r${row}`),
    new Utf8(),
  ),
  tier: vectorFromArray(
    some((row) => ['a', 'b'][row % 2] ?? ''),
    new Dictionary(new Utf8(), new Int32()),
  ),
  count: vectorFromArray(
    some((row) => BigInt(row)),
    new Int64(),
  ),
  amount: vectorFromArray(
    some((row) => row / 4),
    new Float64(),
  ),
  late: vectorFromArray(
    some((row) => row % 3 === 0),
    new Bool(),
  ),
  day: vectorFromArray(
    some((row) => new Date(DAY + (row % 3) * 86_400_000)),
    new DateDay(),
  ),
  at: vectorFromArray(
    some((row) => DAY + row * 1000),
    new TimestampMillisecond(),
  ),
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-arrow-'));
  await writeFile(join(folder, 'all.arrow'), tableToIPC(table, 'stream'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('stands in DuckDB as what it holds, row by row', async () => {
  const db = await openDuckDb();
  try {
    await arrowIntoDuckDb(db.connection, await readArrow(join(folder, 'all.arrow')), 'all of it');
    const read = await db.connection.runAndReadAll(
      `SELECT *, rowid AS n, "day"::DATE::VARCHAR AS date, "at"::VARCHAR AS instant FROM "all of it"`,
    );
    const rows = read.getRowObjectsJS();
    expect(rows).toHaveLength(ROWS);
    expect(rows[4000]).toMatchObject({
      id: 'r4000',
      tier: 'a',
      count: 4000,
      amount: 1000,
      late: false,
      n: 4000n,
      date: '2026-01-02',
      instant: '2026-01-01 01:06:40',
    });
    const missing = { tier: null, count: null, amount: null, late: null, day: null, at: null };
    expect(rows[6]).toMatchObject({ id: 'r6', ...missing });
  } finally {
    db.close();
  }
});

it('writes rows as they were, whatever their types and gaps', async () => {
  const path = join(folder, 'some.arrow');
  const chosen = numbers.filter((row) => row % 10 < 3 || row > 4000);
  await writeArrowRows(await readArrow(join(folder, 'all.arrow')), chosen, path);
  const written = await readArrow(path);
  const fields = (of: Table) => of.schema.fields.map(({ name, type }) => [name, String(type)]);
  expect(fields(written)).toEqual(fields(table));
  expect(written.numRows).toBe(chosen.length);
  const rowsOf = (of: Table, rows: readonly number[]) => rows.map((row) => of.get(row)?.toJSON());
  expect(
    rowsOf(
      written,
      chosen.map((_, index) => index),
    ),
  ).toEqual(rowsOf(table, chosen));
});
