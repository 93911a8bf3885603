import type duckdb from '@duckdb/node-bindings';
import { HEAP } from './arena.ts';
import { MISSING, type TextColumn } from './column-batch.ts';
import { addressIn, type Kernel } from './kernel.ts';

/** Bytes of one `duckdb_string_t`: length, then up to 12 bytes of text, or 4 of it and a pointer to all. */
const STRING_BYTES = 16;
const INLINE = 12;
/**
 * Texts that lie this close in memory are fetched together. Less than a page (4,096 bytes): both ends are
 * mapped, so every page between them is.
 */
const CLOSE = 4000;

/** Pieces of a batch's texts that the kernel lists; more are rare, and left to the loop here. */
const MOST_PIECES = 64;

/** The module, which is loaded where it is needed. */
export type Bindings = typeof duckdb;

/** Buffers that one column of one reader uses again for every batch. */
export interface TextScratch {
  bytes: Uint8Array;
  starts: Uint32Array;
  lengths: Int32Array;
  readonly kernel: Kernel | undefined;
  /** A row, whose pointer is where the piece starts, and a length in bytes. */
  readonly pieces: Uint32Array;
}

export function textScratch(kernel?: Kernel): TextScratch {
  const arena = kernel?.arena ?? HEAP;
  return {
    bytes: arena.uint8(1 << 18),
    starts: arena.uint32(2048),
    lengths: arena.int32(2048),
    kernel,
    pieces: arena.uint32(2 * MOST_PIECES),
  };
}

/**
 * The texts of a VARCHAR vector, copied out of DuckDB's memory in a few pieces. A column's texts lie one after
 * another there, so one or two copies a batch do where a string a row would cost more than the join.
 */
export function readText(
  bindings: Bindings,
  vector: duckdb.Vector,
  rows: number,
  missing: ((row: number) => boolean) | undefined,
  scratch: TextScratch,
): TextColumn {
  const strings = bindings.vector_get_data(vector, rows * STRING_BYTES);
  const words = new Uint32Array(strings.buffer, strings.byteOffset, rows * 4);
  if (scratch.starts.length < rows) {
    scratch.starts = new Uint32Array(rows);
    scratch.lengths = new Int32Array(rows);
  }
  const { starts, lengths } = scratch;
  let top = rows * STRING_BYTES;
  reserve(scratch, top, 0);
  scratch.bytes.set(strings);
  if (!missing && piecesByKernel(bindings, scratch, strings, rows))
    return { bytes: scratch.bytes, starts, lengths };

  // Values of a dictionary are pointed to again and again: each is fetched once.
  const known = new Map<number, number>();
  let from = -1;
  let end = -1;
  let pointerAt = 0;
  const fetch = () => {
    if (from < 0) return;
    const piece = bindings.get_data_from_pointer(
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

/** The loop above in the kernel; false, with nothing done, where it has none or finds too many pieces. */
function piecesByKernel(
  bindings: Bindings,
  scratch: TextScratch,
  strings: Uint8Array,
  rows: number,
): boolean {
  const { kernel, bytes, starts, lengths, pieces } = scratch;
  if (!kernel) return false;
  const at = [bytes, pieces, starts, lengths].map((array) => addressIn(kernel, array));
  if (at.includes(undefined)) return false;
  const [bytesAt, piecesAt, startsAt, lengthsAt] = at as [number, number, number, number];
  const count = kernel.calls.stringPieces(...[bytesAt, rows, 0, piecesAt, MOST_PIECES, startsAt, lengthsAt]);
  let top = rows * STRING_BYTES;
  if (count === -1 || top + kernel.sink(0) > bytes.length) return false;
  for (let piece = 0; piece < count; piece += 1) {
    const pointerAt = (pieces[2 * piece] as number) * STRING_BYTES + 8;
    const length = pieces[2 * piece + 1] as number;
    bytes.set(
      bindings.get_data_from_pointer(strings.buffer as ArrayBuffer, strings.byteOffset + pointerAt, length),
      top,
    );
    top += length;
  }
  return true;
}

function reserve(scratch: TextScratch, bytes: number, keep: number): void {
  if (scratch.bytes.length >= bytes) return;
  const larger = new Uint8Array(Math.max(bytes, scratch.bytes.length * 2));
  larger.set(scratch.bytes.subarray(0, keep));
  scratch.bytes = larger;
}
