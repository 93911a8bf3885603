import duckdb from '@duckdb/node-bindings';
import { MISSING, type TextColumn } from './column-batch.ts';

/** Bytes of one `duckdb_string_t`: length, then up to 12 bytes of text, or 4 of it and a pointer to all. */
const STRING_BYTES = 16;
const INLINE = 12;
/**
 * Texts that lie this close in memory are fetched together. Less than a page (4,096 bytes): both ends are
 * mapped, so every page between them is.
 */
const CLOSE = 4000;

/** Buffers that one column of one reader uses again for every batch. */
export interface TextScratch {
  bytes: Uint8Array;
  starts: Uint32Array;
  lengths: Int32Array;
}

export const textScratch = (): TextScratch => ({
  bytes: new Uint8Array(1 << 17),
  starts: new Uint32Array(2048),
  lengths: new Int32Array(2048),
});

/**
 * The texts of a VARCHAR vector, copied out of DuckDB's memory in a few pieces. A column's texts lie one after
 * another there, so one or two copies a batch do where a string a row would cost more than the join.
 */
export function readText(
  vector: duckdb.Vector,
  rows: number,
  missing: ((row: number) => boolean) | undefined,
  scratch: TextScratch,
): TextColumn {
  const strings = duckdb.vector_get_data(vector, rows * STRING_BYTES);
  const words = new Uint32Array(strings.buffer, strings.byteOffset, rows * 4);
  if (scratch.starts.length < rows) {
    scratch.starts = new Uint32Array(rows);
    scratch.lengths = new Int32Array(rows);
  }
  const { starts, lengths } = scratch;
  let top = rows * STRING_BYTES;
  reserve(scratch, top, 0);
  scratch.bytes.set(strings);

  // Values of a dictionary are pointed to again and again: each is fetched once.
  const known = new Map<number, number>();
  let from = -1;
  let end = -1;
  let pointerAt = 0;
  const fetch = () => {
    if (from < 0) return;
    const piece = duckdb.get_data_from_pointer(
      strings.buffer as ArrayBuffer,
      strings.byteOffset + pointerAt,
      end - from,
    );
    reserve(scratch, top + piece.length, top);
    scratch.bytes.set(piece, top);
    top += piece.length;
  };
  for (let row = 0; row < rows; row += 1) {
    if (missing?.(row)) {
      starts[row] = 0;
      lengths[row] = MISSING;
      continue;
    }
    const word = row * 4;
    const length = words[word] ?? 0;
    lengths[row] = length;
    if (length <= INLINE) {
      starts[row] = row * STRING_BYTES + 4;
      continue;
    }
    const pointer = (words[word + 3] ?? 0) * 2 ** 32 + (words[word + 2] ?? 0);
    if (from < 0 || pointer < end || pointer - end > CLOSE) {
      const before = known.get(pointer);
      if (before !== undefined) {
        starts[row] = before;
        continue;
      }
      fetch();
      from = pointer;
      pointerAt = row * STRING_BYTES + 8;
      known.set(pointer, top);
    }
    starts[row] = top + (pointer - from);
    end = pointer + length;
  }
  fetch();
  return { bytes: scratch.bytes, starts, lengths };
}

function reserve(scratch: TextScratch, bytes: number, keep: number): void {
  if (scratch.bytes.length >= bytes) return;
  const larger = new Uint8Array(Math.max(bytes, scratch.bytes.length * 2));
  larger.set(scratch.bytes.subarray(0, keep));
  scratch.bytes = larger;
}
