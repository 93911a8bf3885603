import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MISSING, type TextColumn } from './column-batch.ts';
import {
  createIdTable,
  findIds,
  type IdTable,
  type IdTableOptions,
  insertIds,
  TableFull,
} from './id-table.ts';
import { OTHER_PASS, WHOLE } from './pass.ts';

function column(texts: readonly string[]): TextColumn {
  const encoded = texts.map((text) => Buffer.from(text));
  const starts = new Uint32Array(texts.length);
  const lengths = new Int32Array(texts.length).fill(MISSING);
  let at = 3;
  for (const [row, bytes] of encoded.entries()) {
    starts[row] = at;
    lengths[row] = bytes.length;
    at += bytes.length + (row % 2);
  }
  const bytes = new Uint8Array(at);
  for (const [row, of] of encoded.entries()) bytes.set(of, starts[row]);
  return { bytes, starts, lengths };
}

const hex = fc.constantFrom(...'0123456789abcdefABCDEFg');
const almostUuid = fc
  .tuple(fc.array(hex, { minLength: 32, maxLength: 32 }), fc.constantFrom('-', '_'))
  .map(([digits, hyphen]) => digits.join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, `$1${hyphen}$2-$3-$4-`));
const id = fc.oneof(
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.replace(/^.{8}/, 'deadbeef')),
  almostUuid,
  fc.nat({ max: 50 }).map(String),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.nat({ max: 5 }).map((tail) => `${'x'.repeat(250)}${tail}`),
  // Zero bytes at the end, and none.
  fc.nat({ max: 4 }).map((zeros) => `z${'\0'.repeat(zeros)}`),
);
const batches = fc.array(fc.array(id, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 6 });
const mask = fc.constantFrom(0xffffffff, 0, 1, 0xf8000000, 7);

function cellsOf(table: IdTable, texts: readonly string[], insert: boolean, pass = WHOLE): number[] {
  const found = new Int32Array(texts.length);
  (insert ? insertIds : findIds)(table, column(texts), texts.length, pass, found);
  return [...found];
}

describe.each(['wasm', 'plain'] as const)('an id table, %s', (kernel) => {
  it('gives each id a cell of its own, however many share a hash', () => {
    fc.assert(
      fc.property(batches, mask, (all, hashMask) => {
        const table = createIdTable({ kernel, hashMask, expected: 1 });
        const known = new Map<string, number>();
        for (const texts of all) {
          expect(cellsOf(table, texts, false)).toEqual(texts.map((text) => known.get(text) ?? -1));
          for (const [row, cell] of cellsOf(table, texts, true).entries()) {
            const text = texts[row] ?? '';
            expect(cell).toBe(known.get(text) ?? cell);
            known.set(text, cell);
          }
          expect(new Set(known.values()).size).toBe(known.size);
          expect(table.ids).toBe(known.size);
        }
      }),
    );
  });

  it('keeps its ids when it grows', () => {
    const texts = Array.from({ length: 20_000 }, (_, row) =>
      row % 2 === 0 ? String(row) : `a rather long id ${row}`,
    );
    const table = createIdTable({ kernel, expected: 1 });
    const cells: number[] = [];
    for (let from = 0; from < texts.length; from += 2000)
      cells.push(...cellsOf(table, texts.slice(from, from + 2000), true));
    expect(new Set(cells).size).toBe(texts.length);
    for (let from = 0; from < texts.length; from += 2000) {
      expect(cellsOf(table, texts.slice(from, from + 2000), false)).toEqual(cells.slice(from, from + 2000));
    }
  });

  it('leaves the ids of other passes out, and every id is of one pass', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(id, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 2, max: 5 }),
        (texts, count) => {
          const inPass = Array.from({ length: count }, (_, index) => {
            const cells = cellsOf(createIdTable({ kernel }), texts, true, { index, count });
            return texts.filter((_text, row) => cells[row] !== OTHER_PASS);
          });
          expect(inPass.flat().sort()).toEqual([...texts].sort());
        },
      ),
    );
  });

  it('says when it is full', () => {
    const options: IdTableOptions = { kernel, limitBytes: 100_000 };
    const table = createIdTable(options);
    expect(() => {
      for (let row = 0; row < 100; row += 1)
        cellsOf(
          table,
          Array.from({ length: 100 }, (_, of) => `${row}/${of}`),
          true,
        );
    }).toThrow(TableFull);
  });
});

describe('the kernel', () => {
  it('leaves the same bytes as the plain loops that it stands in for', () => {
    fc.assert(
      fc.property(batches, mask, (all, hashMask) => {
        const [wasm, plain] = (['wasm', 'plain'] as const).map((kernel) =>
          createIdTable({ kernel, hashMask, expected: 1000 }),
        );
        if (!wasm || !plain) throw new Error('no tables');
        for (const texts of all) expect(cellsOf(wasm, texts, true)).toEqual(cellsOf(plain, texts, true));
        expect(wasm.cells).toBe(plain.cells);
        const bytesOf = ({ slots, words, cells }: IdTable) => [
          Buffer.from(Uint32Array.from(slots).buffer).toString('base64'),
          Buffer.from(Uint32Array.from(words.subarray(0, cells * 8)).buffer).toString('base64'),
        ];
        expect(bytesOf(wasm)).toEqual(bytesOf(plain));
      }),
    );
  });
});
