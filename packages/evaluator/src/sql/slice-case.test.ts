import { compileSlices } from '@penumbra/core/match-slices';
import type { Slice } from '@penumbra/core/slices';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DuckDb, literal, openDuckDb } from '../duckdb.ts';
import { doubleLiteral } from './double-literal.ts';
import { sliceCase } from './slice-case.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});
afterAll(() => db.close());

const TEXTS = [
  'hub',
  "it's",
  'a"b',
  'é',
  '7',
  '7.0',
  '07',
  ' 7 ',
  '-0',
  '1e2',
  '100',
  '',
  '.',
  'true',
  'false',
  '-3.5',
];
const NUMBERS = [7, 7.5, 0, 100, -3.5, 0.1, 1e21];

const scalar = fc.constantFrom<string | number | boolean>(...TEXTS, ...NUMBERS, true, false);
const condition = fc.oneof(
  fc.record({ field: fc.constantFrom('text', 'number'), equals: scalar }),
  fc.record({
    field: fc.constantFrom('text', 'number'),
    oneOf: fc.array(scalar, { minLength: 1, maxLength: 4 }),
  }),
  fc
    .record({
      field: fc.constantFrom('text', 'number'),
      atLeast: fc.option(fc.constantFrom(...NUMBERS), { nil: undefined }),
      below: fc.option(fc.constantFrom(...NUMBERS), { nil: undefined }),
    })
    .filter(({ atLeast, below }) => atLeast !== undefined || below !== undefined),
);
const slices: fc.Arbitrary<Slice[]> = fc.array(
  fc.record({ slice: fc.constant('any'), when: fc.array(condition, { minLength: 1, maxLength: 2 }) }),
  { minLength: 1, maxLength: 4 },
);

it('slices in SQL are the slices of the compiled matcher, for texts, numbers and missing values', async () => {
  const rows = [...TEXTS, null].flatMap((text) => NUMBERS.map((number) => ({ text, number })));
  const table = rows.map(
    ({ text, number }) => `(${text === null ? 'NULL' : literal(text)}, ${doubleLiteral(number)})`,
  );
  await db.connection.run(
    `CREATE TABLE fields AS SELECT * FROM (VALUES ${table.join(', ')}) AS f("text", "number")`,
  );
  const number = `CASE WHEN translate("text", '0123456789+-.eE ', '') = '' THEN TRY_CAST("text" AS DOUBLE) END`;
  await fc.assert(
    fc.asyncProperty(slices, async (of) => {
      const sql = sliceCase(of, (field) =>
        field === 'text' ? { text: '"text"', number } : { text: undefined, number: '"number"' },
      );
      const found = await db.connection.runAndReadAll(`SELECT ${sql} FROM fields`);
      const sliceOf = compileSlices(of);
      expect(found.getRowsJson().map(([slice]) => slice)).toEqual(
        rows.map((row) => sliceOf((field) => row[field as 'text' | 'number'])),
      );
    }),
    { numRuns: 200, seed: 2001 },
  );
});
