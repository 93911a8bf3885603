import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Slice } from '@penumbra/core/slices';
import {
  Dictionary,
  Float64,
  Int32,
  Int64,
  makeVector,
  Table,
  tableToIPC,
  Uint16,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrowBatches } from './arrow-batches.ts';
import { type ColumnBatch, MISSING, type TextColumn, textAt } from './column-batch.ts';
import type { ColumnSpec } from './column-spec.ts';
import { type DuckDb, openDuckDb } from './duckdb.ts';
import { evaluateDay } from './evaluate-day.ts';
import { finalize } from './finalize.ts';
import { createIdTable, insertIds, numberAt, setNumber } from './id-table.ts';
import { ARENA_BYTES, type Kernel } from './kernel.ts';
import { WHOLE } from './pass.ts';
import { arrowRows } from './plain-arrow.ts';
import { sliceCodes } from './slice-codes.ts';
import { largeDay } from './testing/day-arbitrary.ts';
import { dayDefinition, writeDay } from './testing/day-data.ts';
import { unitHasher } from './unit-hash.ts';

/* Each of the kernel's loops says what the plain TypeScript beside it says. */

function kernelOf(): Kernel {
  const { kernel } = createIdTable({ arenaBytes: ARENA_BYTES });
  if (!kernel) throw new Error('no kernel');
  return kernel;
}

function textOf(texts: readonly (string | null)[]): TextColumn {
  const encoded = texts.map((text) => Buffer.from(text ?? ''));
  const bytes = Buffer.concat(encoded);
  const lengths = Int32Array.from(texts, (text, row) =>
    text === null ? MISSING : (encoded[row] as Buffer).length,
  );
  let at = 0;
  const starts = Uint32Array.from(encoded, ({ length }) => {
    at += length;
    return at - length;
  });
  return { bytes: new Uint8Array(bytes), starts, lengths };
}

let db: DuckDb;
let folder: string;
beforeAll(async () => {
  db = await openDuckDb();
  folder = await mkdtemp(join(tmpdir(), 'penumbra-kernel-'));
});
afterAll(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a day', () => {
  it.each(['binary-classification', 'regression'] as const)(
    'of %s has the same numbers, in one pass and in several',
    async (task) => {
      const files = await writeDay(db, join(folder, task), 'parquet', largeDay(task, 6000));
      const compared = await Promise.all(
        (
          [
            { kernel: 'plain' },
            { kernel: 'wasm' },
            { kernel: 'plain', memoryLimit: 400_000 },
            { kernel: 'wasm', memoryLimit: 400_000 },
          ] as const
        ).map(async (options) => {
          const evaluation = await evaluateDay(
            await openDuckDb(),
            dayDefinition('parquet', task),
            files,
            options,
          );
          if (!evaluation.ok) throw new Error(JSON.stringify(evaluation.problems));
          return evaluation.metrics;
        }),
      );
      const [plain, ...others] = compared;
      if (!plain) throw new Error('no plain one');
      for (const other of others) {
        expect(other.duplicateOutcomes).toBe(plain.duplicateOutcomes);
        expect(other.unmatchedOutcomes).toBe(plain.unmatchedOutcomes);
        for (const [name, numbers] of plain.slices) {
          const theirs = other.slices.get(name);
          for (const [at, value] of numbers.entries()) {
            // The second doubles of sums are what rounding lost: near 0, and told with the first.
            const slack = 1e-12 * Math.max(1, Math.abs(value), Math.abs(numbers[at - 1] ?? 0));
            expect(Math.abs((theirs?.[at] ?? Number.NaN) - value), `${name} ${at}`).toBeLessThanOrEqual(
              slack,
            );
          }
        }
        expect(finalize(other).overall.rows).toBe(6000);
      }
    },
  );
});

describe('the slices of a batch', () => {
  const slices: readonly Slice[] = [
    { slice: 'far', when: [{ field: 'distance', atLeast: 1000 }] },
    { slice: 'hub', when: [{ field: 'airport', oneOf: ['ORD', 'ATL'] }] },
    { slice: 'rest of x', when: [{ field: 'tier', equals: 'x' }] },
  ];

  it('are those of the plain loop, of any values', () => {
    const value = fc.oneof(
      fc.constantFrom('ORD', 'ATL', 'x', 'y', '', null, '1000', '999.5', '1e3', 'ünïcode'),
      fc.string({ maxLength: 12 }),
      fc.integer({ min: 0, max: 2000 }).map(String),
    );
    const kernel = kernelOf();
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(value, value, value), { minLength: 1 }), { maxLength: 4 }),
        (all) => {
          const mark = kernel.arena.mark();
          const inKernel = sliceCodes(slices, kernel);
          const plainly = sliceCodes(slices);
          const into = kernel.arena.int16(4096);
          for (const rows of all) {
            const batch: ColumnBatch = {
              rows: rows.length,
              first: 0,
              numbers: new Map(),
              text: new Map(
                ['distance', 'airport', 'tier'].map((name, index) => [
                  name,
                  textOf(rows.map((row) => row[index] ?? null)),
                ]),
              ),
            };
            const expected = new Int16Array(rows.length);
            plainly(batch, expected);
            inKernel(batch, into);
            expect([...into.subarray(0, rows.length)]).toEqual([...expected]);
          }
          kernel.arena.release(mark);
        },
      ),
    );
  });

  it('are right beyond the number of values that the kernel remembers, and for numbers', () => {
    const kernel = kernelOf();
    const into = kernel.arena.int16(4096);
    const codes = sliceCodes(slices.slice(0, 1), kernel);
    for (let batch = 0; batch < 3; batch += 1) {
      const values = Float64Array.from({ length: 4096 }, (_, row) => batch * 4096 + row - 5000);
      codes({ rows: 4096, first: 0, text: new Map(), numbers: new Map([['distance', values]]) }, into);
      expect([...into]).toEqual([...values].map((value) => (value >= 1000 ? 0 : -1)));
    }
  });
});

it('units have the hashes of the plain loop, long ones too', () => {
  const kernel = kernelOf();
  const units = ['', 'a', 'ab', 'abc', 'abcd', 'é'.repeat(40), 'u'.repeat(20_000), null];
  const [ours, plain] = [kernel.arena.uint32(16), new Uint32Array(16)];
  for (const some of [units, units.slice(0, 6)]) {
    unitHasher('rebooking', kernel)(textOf(some), some.length, ours);
    unitHasher('rebooking')(textOf(some), some.length, plain);
    expect([...ours]).toEqual([...plain]);
  }
});

it('a table that outgrows its memory keeps what it holds', () => {
  const table = createIdTable({ expected: 1 });
  const before = table.memory;
  const cells = new Map<string, number>();
  for (let from = 0; from < 12_000; from += 4000) {
    const ids = Array.from({ length: 4000 }, (_, row) => `${from + row}/${'long'.repeat(60)}`);
    const found = new Int32Array(4000);
    insertIds(table, textOf(ids), 4000, WHOLE, found);
    for (const [row, id] of ids.entries()) {
      cells.set(id, found[row] as number);
      setNumber(table, found[row] as number, from + row);
    }
  }
  expect(table.memory).not.toBe(before);
  expect(new Set(cells.values()).size).toBe(12_000);
  for (const [id, cell] of cells) expect(numberAt(table, cell)).toBe(Number(id.split('/')[0]));
});

describe('an Arrow file', () => {
  const SPECS: readonly ColumnSpec[] = [
    { name: 'id', type: 'text', optional: true },
    { name: 'value', type: 'number', optional: true },
  ];
  async function rowsOf(bytes: Uint8Array, kernel: Kernel | undefined) {
    const path = join(folder, 'rows.arrow');
    await writeFile(path, bytes);
    const mark = kernel?.arena.mark();
    const rows: (readonly [string | null, number])[] = [];
    let inKernel = true;
    for await (const { rows: count, first, text, numbers } of arrowBatches(
      { name: 'rows', path },
      SPECS,
      kernel,
    )) {
      expect(first).toBe(rows.length);
      const ids = text.get('id') as TextColumn;
      inKernel &&= ids.bytes.buffer === kernel?.memory.buffer;
      for (let row = 0; row < count; row += 1)
        rows.push([textAt(ids, row), numbers.get('value')?.[row] as number]);
    }
    if (mark !== undefined) kernel?.arena.release(mark);
    return { rows, inKernel, counted: arrowRows({ name: 'rows', path }) };
  }

  const ids = Array.from({ length: 10_000 }, (_, row) => `id-${row}${'é'.repeat(row % 40)}`);
  const values = ids.map((_, row) => row / 8);
  const id = vectorFromArray(ids, new Utf8());
  const doubles = vectorFromArray(values, new Float64());
  const tables: readonly (readonly [string, boolean, Uint8Array])[] = [
    ['of texts and doubles', true, tableToIPC(new Table({ id, value: doubles }), 'file')],
    ['as a stream', true, tableToIPC(new Table({ id, value: doubles }), 'stream')],
    ['with columns between', true, tableToIPC(new Table({ a: doubles, id, b: id, value: doubles }), 'file')],
    [
      'of whole numbers',
      true,
      tableToIPC(
        new Table({
          id,
          value: vectorFromArray(
            ids.map((_, row) => row),
            new Int32(),
          ),
        }),
        'file',
      ),
    ],
    [
      'of long whole numbers',
      false,
      tableToIPC(
        new Table({
          id,
          value: vectorFromArray(
            ids.map((_, row) => BigInt(row)),
            new Int64(),
          ),
        }),
        'file',
      ),
    ],
    [
      'with a dictionary',
      false,
      tableToIPC(
        new Table({ id: vectorFromArray(ids, new Dictionary(new Utf8(), new Uint16())), value: doubles }),
        'file',
      ),
    ],
    [
      'with nulls',
      false,
      tableToIPC(
        new Table({
          id: vectorFromArray(
            ids.map((each, row) => (row % 7 === 0 ? null : each)),
            new Utf8(),
          ),
          value: doubles,
        }),
        'file',
      ),
    ],
  ];

  it.each(tables)('%s is read alike by both readers', async (_what, plain, bytes) => {
    const ours = await rowsOf(bytes, kernelOf());
    const full = await rowsOf(bytes, undefined);
    expect(ours.rows).toEqual(full.rows);
    expect(ours.inKernel).toBe(plain);
    expect(ours.counted).toBe(ids.length);
  });

  it('goes on in the full reader where a later batch has nulls', async () => {
    const withNulls = vectorFromArray(
      values.map((value, row) => (row === 3 ? null : value)),
      new Float64(),
    );
    const table = new Table({ id: id.concat(id), value: doubles.concat(withNulls) });
    expect(table.batches).toHaveLength(2);
    const ours = await rowsOf(tableToIPC(table, 'stream'), kernelOf());
    expect(ours.inKernel).toBe(false);
    expect(ours.rows).toHaveLength(20_000);
    expect(ours.rows.slice(9_999, 10_005)).toEqual([
      [ids[9999], values[9999]],
      ...[0, 1, 2].map((row) => [ids[row], values[row]]),
      [ids[3], Number.NaN],
      [ids[4], values[4]],
    ]);
  });

  it('of which the end is missing is told about, as the full reader does', async () => {
    const whole = tableToIPC(new Table({ id, value: doubles }), 'stream');
    const path = join(folder, 'cut.arrow');
    await writeFile(path, whole.subarray(0, whole.length / 2));
    for (const kernel of [kernelOf(), undefined]) {
      const batches = arrowBatches({ name: 'cut', path }, SPECS, kernel);
      let next = await batches.next();
      while (!next.done) next = await batches.next();
      expect(next.value[0]?.what).toMatch(/no Arrow IPC that can be read/);
    }
  });

  it('of nothing has no rows', async () => {
    const empty = new Table({
      id: vectorFromArray<Utf8>([], new Utf8()),
      value: makeVector(new Float64Array(0)),
    });
    expect((await rowsOf(tableToIPC(empty, 'file'), kernelOf())).rows).toEqual([]);
  });
});
