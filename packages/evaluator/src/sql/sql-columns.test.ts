import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NamedFile } from '../column-spec.ts';
import { type DuckDb, literal, openDuckDb } from '../duckdb.ts';
import { evaluateDay } from '../evaluate-day.ts';
import { finalize } from '../finalize.ts';
import { dayDefinition } from '../testing/day-data.ts';
import { evaluateBySql } from '../testing/sql-day.ts';
import { columnsOfDay } from './sql-columns.ts';

let db: DuckDb;
let folder: string;
beforeAll(async () => {
  db = await openDuckDb();
  folder = await mkdtemp(join(tmpdir(), 'penumbra-columns-'));
});
afterAll(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

async function parquet(name: string, query: string): Promise<NamedFile> {
  const path = join(folder, `${name}.parquet`);
  await db.connection.run(`COPY (${query}) TO ${literal(path)} (FORMAT parquet)`);
  return { name: `${name}.parquet`, path };
}

async function text(name: string, content: string): Promise<NamedFile> {
  const path = join(folder, name);
  await writeFile(path, content);
  return { name, path };
}

it('Parquet columns of other types than text and doubles are read as what they are', async () => {
  const definition = dayDefinition('parquet', 'binary-classification', {
    records: { format: 'parquet', id: 'Id', unit: 'Id', incumbent: 'Rule', amount: 'amount' },
    slices: [
      {
        slice: 'low',
        when: [
          { field: 'level', below: 3 },
          { field: 'open', equals: true },
        ],
      },
      { slice: 'some', when: [{ field: 'level', oneOf: [5, '7'] }] },
      { slice: 'deep', when: [{ field: 'depth', atLeast: 0.5 }] },
    ],
  });
  const files = {
    records: [
      await parquet(
        'records',
        `SELECT i::BIGINT AS "Id", i % 3 = 0 AS "Rule", (i * 1.25)::DECIMAL(12, 2) AS amount, (i % 11)::SMALLINT AS level,
           i % 2 = 0 AS open, (i / 40)::FLOAT AS depth FROM range(40) AS r(i)`,
      ),
    ],
    predictions: [
      await parquet('predictions', 'SELECT i::BIGINT AS id, (i / 40)::FLOAT AS score FROM range(40) AS r(i)'),
    ],
    outcomes: [
      await parquet(
        'outcomes',
        'SELECT i::VARCHAR AS id, i % 4 = 0 AS label, i::INTEGER AS money FROM range(36) AS r(i)',
      ),
    ],
  };
  const athena = await evaluateBySql(
    db,
    definition,
    { ...files, outcomes: files.outcomes.map((file) => ({ day: 0, file })) },
    { folder: join(folder, 'arms') },
  );
  const lambda = await evaluateDay(db, definition, files);
  if (!athena.ok || !lambda.ok) throw new Error(JSON.stringify([athena, lambda]));
  expect(finalize(athena.metrics)).toEqual(finalize(lambda.metrics));
  expect(athena.metrics.slices.get('low')?.[0]).toBeGreaterThan(0);
});

it('what Athena would read otherwise, or not at all, is told before a table is made', async () => {
  const definition = dayDefinition('parquet');
  const of = async (records: NamedFile) => {
    const columns = await columnsOfDay(db, definition, { records });
    return columns.ok ? [] : columns.problems.map(({ where, column, what }) => ({ where, column, what }));
  };
  const query = (columns: string) => `SELECT ${columns}`;
  expect(
    await of(await parquet('good', query(`'a' AS id, 'x' AS tier, 1 AS incumbent, 2 AS amount`))),
  ).toEqual([]);
  expect(
    await of(await parquet('bad', query(`1.5::DOUBLE AS id, DATE '2001-02-03' AS tier, 'x' AS incumbent`))),
  ).toEqual([
    { where: 'bad.parquet', column: 'id', what: 'the column holds double, whose text depends on the engine' },
    { where: 'bad.parquet', column: 'incumbent', what: 'the column holds string, not numbers' },
    {
      where: 'bad.parquet',
      column: 'amount',
      what: 'the definition asks for this column and the file does not have it',
    },
    { where: 'bad.parquet', column: 'tier', what: 'the column holds DATE, whose text depends on the engine' },
  ]);
  const texts = await parquet('texts', query(`'a' AS id, 'x' AS tier, '1' AS incumbent, '2' AS amount`));
  expect((await of(texts)).map(({ column }) => column)).toEqual(['incumbent', 'amount']);
  const [none] = await of(await text('none.parquet', 'no Parquet'));
  expect(none?.what).toMatch(/^the file is no Parquet that can be read/);
});

it('columns of a CSV are those of its header, in its order, also where only the beginning of the file is there', async () => {
  const records = await text('header.csv', 'amount,tier,id,incumbent,other\n1,hub,"a');
  const columns = await columnsOfDay(db, dayDefinition('csv'), { records });
  expect(columns.ok && columns.value.records.map(({ name }) => name)).toEqual([
    'amount',
    'tier',
    'id',
    'incumbent',
    'other',
  ]);
  const lacking = await columnsOfDay(db, dayDefinition('csv'), {
    records: await text('lacking.csv', 'id,tier\n'),
  });
  expect(lacking.ok || lacking.problems.map(({ column }) => column)).toEqual(['incumbent', 'amount']);
});
