import { compileSlices } from '@penumbra/core/match-slices';
import { type Slice, sliceFields } from '@penumbra/core/slices';
import { type ColumnBatch, fieldAt } from './column-batch.ts';
import { addressIn, BATCH_ROWS, type HandedText, handNumbers, handText, type Kernel } from './kernel.ts';

/** Bytes of a dictionary, and how many values it holds: see ../kernel/codes.ts. */
const DICTIONARY_BYTES = 64 + 8192 * 4 + 4096 * 16 + 160 * 1024;
const MOST_CODES = 4097;
/** In the table of slices: the conditions were not asked yet. */
const UNKNOWN = -2;
/** Each takes a dictionary or two of the arena. */
const MOST_FIELDS = 8;

/**
 * Slices of batches by a kernel; undefined where there are more fields than it takes. The function answers false,
 * and from then on always, where a batch is beyond it: too many values, or a text column that is too large.
 */
export function kernelSliceCodes(
  kernel: Kernel,
  slices: readonly Slice[],
): ((batch: ColumnBatch, into: Int16Array) => boolean) | undefined {
  const fields = sliceFields(slices);
  if (fields.length > MOST_FIELDS) return undefined;
  const { arena, calls } = kernel;
  const taken: ArrayBufferView[] = [];
  const keep = <View extends ArrayBufferView>(view: View): View => {
    taken.push(view);
    return view;
  };
  const dictionaries = fields.map((_, index) => ({
    values: keep(arena.uint8(DICTIONARY_BYTES)),
    // Of combinations with the fields before; the first has none.
    pairs: index === 0 ? undefined : keep(arena.uint8(DICTIONARY_BYTES)),
  }));
  const codes = keep(arena.uint32(BATCH_ROWS));
  const combined = keep(arena.uint32(BATCH_ROWS));
  const paired = keep(arena.float64(BATCH_ROWS));
  const eights = keep(arena.int32(BATCH_ROWS)).fill(8);
  const everyEighth = keep(arena.uint32(BATCH_ROWS)).map((_, row) => row * 8);
  const placed = keep(arena.uint32(BATCH_ROWS));
  placed.set(everyEighth);
  const table = keep(arena.int16(MOST_CODES)).fill(UNKNOWN);
  if (taken.some((view) => addressIn(kernel, view) === undefined)) return undefined;
  const sliceOf = compileSlices(slices);
  let able = true;

  /** Doubles, and pairs of codes, are texts of 8 bytes. */
  const asTexts = (bytes: number): HandedText => ({
    bytes,
    starts: placed.byteOffset,
    lengths: eights.byteOffset,
  });
  const columnOf = (batch: ColumnBatch, field: string): HandedText | undefined => {
    const text = batch.text.get(field);
    if (text) return handText(kernel, text, batch.rows);
    const numbers = batch.numbers.get(field);
    return numbers && asTexts(handNumbers(kernel, numbers, batch.rows, 7));
  };
  const code = (column: HandedText, rows: number, dictionary: Uint8Array, into: Uint32Array): boolean =>
    calls.codesOf(
      ...[column.bytes, column.starts, column.lengths, rows, dictionary.byteOffset, into.byteOffset],
    ) !== 0;

  const coded = (batch: ColumnBatch): boolean => {
    for (const [index, field] of fields.entries()) {
      const { values, pairs } = dictionaries[index] as (typeof dictionaries)[number];
      const column = columnOf(batch, field);
      if (!column || !code(column, batch.rows, values, pairs ? codes : combined)) return false;
      if (!pairs) continue;
      calls.pairs(combined.byteOffset, codes.byteOffset, batch.rows, paired.byteOffset);
      if (!code(asTexts(paired.byteOffset), batch.rows, pairs, combined)) return false;
    }
    return true;
  };

  return (batch, into) => {
    const intoAt = addressIn(kernel, into);
    able &&= intoAt !== undefined && batch.rows <= BATCH_ROWS;
    if (!able || intoAt === undefined) return false;
    able = coded(batch);
    if (!able) return false;
    for (;;) {
      const row = calls.slicesOf(combined.byteOffset, batch.rows, table.byteOffset, intoAt);
      if (row === -1) return true;
      const values = new Map(fields.map((field) => [field, fieldAt(batch, field, row)]));
      table[combined[row] as number] = sliceOf((field) => values.get(field));
    }
  };
}
