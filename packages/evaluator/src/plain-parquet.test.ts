import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import type { Kernel } from './kernel.ts';
import { plainParquetBatches } from './plain-parquet.ts';
import { ID_AND_VALUE, plainReaders } from './testing/plain-readers.ts';

const readers = plainReaders();
const { copied } = readers;
const inFolder = (name: string) => join(readers.folder(), name);

const readWith = (path: string, using: Kernel | undefined) =>
  readers.readWith({ name: 'file.parquet', path }, 'parquet', using);

const plainly = (path: string) =>
  readers.plainly((kernel) => plainParquetBatches(kernel, { name: 'file.parquet', path }, ID_AND_VALUE));

/** Rows of which some are null, texts empty, wide or long; the values of a type, few or many of them. */
const select = (rows: number, value: string, few = false, seed = 1): string => `
  SELECT CASE WHEN h % 7 = 1 THEN NULL WHEN h % 7 = 2 THEN '' WHEN h % 7 = 3 THEN 'é' || k
    WHEN h % 101 = 4 THEN repeat('x', h % 900) ELSE 'id ' || k END AS id,
    CASE WHEN h % 11 = 0 THEN NULL ELSE ${value} END AS value, k AS other
  FROM (SELECT h, ${few ? 'h % 20' : 'i'} AS k
    FROM (SELECT i, (hash(i + ${seed}) % 1000000)::INT AS h FROM range(${rows}) t(i)))`;

const PLAIN = [
  'sqrt(k)',
  'sqrt(k)::FLOAT',
  'k::INTEGER - 50',
  '(k - 50) * 1000000000000',
  '(k % 100)::TINYINT',
  '(k % 200)::USMALLINT',
  '(k + 4000000000)::UINTEGER',
  'k % 2 = 0',
  '(k / 8)::DECIMAL(9, 2)',
  '(k / 8)::DECIMAL(18, 4)',
];
const OTHER = ['k::UBIGINT', '(k / 8)::DECIMAL(30, 2)', "DATE '2001-02-03' + k::INTEGER", "'' || k"];
const CODECS = ['uncompressed', 'snappy', 'gzip', 'zstd'];

describe('plain Parquet', () => {
  it.each(PLAIN)('is read to its end where the values are %s, by dictionary or not', async (value) => {
    for (const few of [false, true]) {
      const path = await copied(select(5000, value, few), 'COMPRESSION snappy, ROW_GROUP_SIZE 2048');
      const { rows, ended } = await plainly(path);
      expect(ended).toBe('read');
      expect(rows).toEqual((await readWith(path, undefined)).rows);
    }
  });

  it.each(CODECS)('is read to its end where it is compressed by %s', async (codec) => {
    const path = await copied(select(9000, 'sqrt(k)'), `COMPRESSION ${codec}`);
    const { rows, ended } = await plainly(path);
    expect(ended).toBe('read');
    expect(rows).toEqual((await readWith(path, undefined)).rows);
  });

  it.each(['SNAPPY', 'UNCOMPRESSED'] as const)(
    'is read to its end in pages of the second version, many in a row group, %s',
    async (codec) => {
      const path = inFolder('second.parquet');
      const ids = Array.from({ length: 7000 }, (_, row) => (row % 13 === 0 ? null : `row ${row % 3000} é`));
      const columns: readonly (readonly [
        string,
        'BOOLEAN' | 'DOUBLE' | 'INT32',
        (row: number) => unknown,
      ])[] = [
        ['RLE', 'BOOLEAN', (row) => row % 5 < 3],
        ['PLAIN', 'DOUBLE', (row) => row / 8],
        ['RLE_DICTIONARY', 'INT32', (row) => row % 17],
      ];
      for (const [encoding, type, of] of columns) {
        const values = ids.map((_, row) => (row % 19 === 0 ? null : of(row)));
        const columnData = [
          { name: 'id', data: ids, type: 'STRING' as const },
          { name: 'value', data: values, type, ...(encoding === 'PLAIN' ? {} : { encoding }) },
        ] as Parameters<typeof parquetWriteBuffer>[0]['columnData'];
        await writeFile(path, Buffer.from(parquetWriteBuffer({ columnData, codec, pageSize: 5000 })));
        const { rows, ended } = await plainly(path);
        expect(ended, encoding).toBe('read');
        expect(rows).toEqual(ids.map((id, row) => [id, Number(values[row] ?? Number.NaN)]));
        expect(rows).toEqual((await readWith(path, undefined)).rows);
      }
    },
  );

  it.each([
    ...OTHER.map((value) => [`values of ${value}`, select(10, value), '']),
    ['delta encodings', select(5000, 'k'), ', PARQUET_VERSION V2'],
    ['another compression', select(10, 'k'), ', COMPRESSION lz4_raw'],
    ['ids that are numbers', 'SELECT 1 AS id, 2 AS value', ''],
    ['a column that is missing', "SELECT 'a' AS id", ''],
  ])('is left to the full reader from the start where it has %s', async (_what, query, options) => {
    const path = await copied(query, `COMPRESSION snappy${options}`.replace('snappy, COMPRESSION ', ''));
    expect(await plainly(path)).toEqual({ rows: [], ended: 0 });
    expect(await readWith(path, readers.kernel())).toEqual(await readWith(path, undefined));
  });

  it('is left to the full reader where names are told apart by case only', async () => {
    const path = inFolder('names.parquet');
    const columnData = ['id', 'value', 'ID'].map((name) => ({
      name,
      data: ['1', '2'],
      type: 'STRING' as const,
    }));
    await writeFile(path, Buffer.from(parquetWriteBuffer({ columnData })));
    expect(await plainly(path)).toEqual({ rows: [], ended: 0 });
  });

  it('is left in the middle, at a decimal of more digits than a double has, and every row is read once', async () => {
    const value = '(CASE WHEN i = 5000 THEN 99999999999999 ELSE i END)::DECIMAL(18, 4)';
    const path = await copied(
      `SELECT 'r' || i AS id, ${value} AS value FROM range(7000) t(i)`,
      'ROW_GROUP_SIZE 2048',
    );
    const { rows, ended } = await plainly(path);
    expect(ended).toBe(4096);
    expect(rows).toHaveLength(4096);
    expect((await readWith(path, readers.kernel())).rows).toEqual((await readWith(path, undefined)).rows);
  });

  it('gives the rows of the full reader, whatever the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PLAIN, ...OTHER),
        fc.integer({ min: 0, max: 5000 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.boolean(),
        fc.constantFrom(...CODECS, 'zstd, COMPRESSION_LEVEL 1', 'zstd, COMPRESSION_LEVEL 19'),
        fc.constantFrom('', ', ROW_GROUP_SIZE 2048', ', PARQUET_VERSION V2'),
        async (value, rows, seed, few, codec, options) => {
          const path = await copied(select(rows, value, few, seed), `COMPRESSION ${codec}${options}`);
          expect(await readWith(path, readers.kernel())).toEqual(await readWith(path, undefined));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('guesses nothing where bytes are others than were written', async () => {
    for (const codec of CODECS) {
      const bytes = await readFile(await copied(select(300, 'sqrt(k)'), `COMPRESSION ${codec}`));
      const path = inFolder('broken.parquet');
      const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
          const broken = Buffer.from(bytes);
          for (const [at, by] of changes) broken[at] = (broken[at] as number) ^ by;
          await writeFile(path, broken);
          const full = await readWith(path, undefined).catch(() => 'unreadable' as const);
          const ours = await readWith(path, readers.kernel()).catch(() => 'unreadable' as const);
          // What the full reader does not read, this one may: a length that nobody needs, for example.
          if (full !== 'unreadable' && full.problems.length === 0) expect(ours).toEqual(full);
        }),
        { numRuns: 30 },
      );
    }
  });

  it('tells what is no Parquet as the full reader does', async () => {
    const path = inFolder('none.parquet');
    for (const content of [
      '',
      'PAR1',
      'id,value\na,1\n',
      'PAR1\xff\xff\xff\xffPAR1',
      `PAR1${'x'.repeat(99)}c\0\0\0PAR1`,
    ]) {
      await writeFile(path, content, 'latin1');
      expect(await plainly(path)).toEqual({ rows: [], ended: 0 });
      const { problems } = await readWith(path, readers.kernel());
      expect(problems).toHaveLength(1);
      expect(problems).toEqual((await readWith(path, undefined)).problems);
    }
  });

  it('is no text where bytes are no UTF-8', async () => {
    const path = await copied(
      "SELECT 'wörter' || i AS id, i AS value FROM range(10) t(i)",
      'COMPRESSION uncompressed',
    );
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0xff, bytes.indexOf('ö'), bytes.indexOf('ö') + 1));
    expect((await plainly(path)).ended).toBe(0);
  });
});
