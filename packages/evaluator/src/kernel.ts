import { type Arena, arenaOf } from './arena.ts';
import type { TextColumn } from './column-batch.ts';
import { KERNEL_BASE64 } from './kernel-bytes.ts';
import type { Pass } from './pass.ts';
import { powersOfTen } from './powers-of-ten.ts';

const CALLS = [
  'cellsFor',
  'ascii',
  'bitNumbers',
  'codedNumbers',
  'codedTexts',
  'codesOf',
  'csvPlaces',
  'csvRows',
  'fill',
  'foldClassification',
  'foldRegression',
  'hashUnits',
  'jsonRows',
  'levels',
  'lookUp',
  'markRecords',
  'misfitNumber',
  'misfitText',
  'pack',
  'pairs',
  'plainNumbers',
  'plainTexts',
  'runs',
  'sameTexts',
  'slicesOf',
  'snappy',
  'spans',
  'stringPieces',
  'takeOutcomes',
  'utf8Texts',
  'zstd',
] as const;

type Calls = Readonly<Record<(typeof CALLS)[number], (...numbers: readonly number[]) => number>>;

/**
 * The inner loops in WebAssembly, over the memory of one id table. Each is documented where it is written, in
 * ../kernel; each stands in for plain TypeScript that does the same to the same bytes, and which takes over where a
 * batch is too large to be handed over.
 */
export interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly calls: Calls;
  /** Columns that are put here need not be handed over. */
  readonly arena: Arena;
  /** One of the numbers that the last call gave back beside its result. */
  readonly sink: (index: number) => number;
}

/** Most rows of a batch, of any reader. */
export const BATCH_ROWS = 4096;
const MOST_BYTES = 1 << 20;

/** Numbers that a call gives back beside its result. */
const SINK_AT = 64;
const WORDS_AT = 65536;
const KINDS_AT = WORDS_AT + BATCH_ROWS * 16;
const HASHES_AT = KINDS_AT + BATCH_ROWS;
const FOUND_AT = HASHES_AT + BATCH_ROWS * 4;
/** Two text columns and some columns of numbers can be handed over at once. */
const TEXT_BYTES = MOST_BYTES + 64 + BATCH_ROWS * 8;
const TEXTS_AT = FOUND_AT + BATCH_ROWS * 4;
const NUMBERS_AT = TEXTS_AT + 2 * TEXT_BYTES;
const NUMBERS = 8;
/** The powers of ten that numbers are rounded by. */
export const POWERS_AT: number = NUMBERS_AT + NUMBERS * BATCH_ROWS * 8;
const ARENA_AT = POWERS_AT + 4096;
/**
 * Room for the columns of two files that are read side by side, the pages of Parquet that they are read from, for
 * slices and for sums. What is not written to takes no memory.
 */
export const ARENA_BYTES: number = 96 << 20;

/** The part of a memory, at its start, that the kernel works in: its scratch, then an arena. */
export const kernelBytes = (arenaBytes: number): number => Math.ceil((ARENA_AT + arenaBytes) / 65536) * 65536;

let compiled: WebAssembly.Module | undefined;

export function openKernel(memory: WebAssembly.Memory, arenaBytes: number): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  new Uint8Array(memory.buffer, POWERS_AT, 4096).set(powersOfTen());
  const sinks = new Uint32Array(memory.buffer, SINK_AT, 8);
  return {
    memory,
    calls: exports as unknown as Calls,
    arena: arenaOf(memory.buffer, ARENA_AT, ARENA_AT + arenaBytes),
    sink: (index) => sinks[index] ?? 0,
  };
}

/** The addresses of a text column. */
export interface HandedText {
  readonly bytes: number;
  readonly starts: number;
  readonly lengths: number;
}

/** Hands a text column over where the memory does not hold it already; undefined where it is too large. */
export function handText(
  { memory }: Kernel,
  { bytes, starts, lengths }: TextColumn,
  rows: number,
  place: 0 | 1 = 0,
): HandedText | undefined {
  if (rows > BATCH_ROWS) return undefined;
  const { buffer } = memory;
  if (bytes.buffer === buffer && starts.buffer === buffer && lengths.buffer === buffer) {
    return { bytes: bytes.byteOffset, starts: starts.byteOffset, lengths: lengths.byteOffset };
  }
  let low = bytes.length;
  let high = 0;
  for (let row = 0; row < rows; row += 1) {
    const start = starts[row] as number;
    const end = start + (lengths[row] as number);
    if (start < low) low = start;
    if (end > high) high = end;
  }
  if (high - low > MOST_BYTES) return undefined;
  const at = TEXTS_AT + place * TEXT_BYTES;
  const bytesAt = at + BATCH_ROWS * 8;
  if (high > low) new Uint8Array(buffer, bytesAt, high - low).set(bytes.subarray(low, high));
  const handed = new Uint32Array(buffer, at, rows);
  // An address less `low` could be below zero.
  for (let row = 0; row < rows; row += 1) handed[row] = Math.max(0, (starts[row] as number) - low);
  new Int32Array(buffer, at + BATCH_ROWS * 4, rows).set(lengths.subarray(0, rows));
  return { bytes: bytesAt, starts: at, lengths: at + BATCH_ROWS * 4 };
}

/** Hands a column of doubles over where the memory does not hold it already. */
export function handNumbers({ memory }: Kernel, values: Float64Array, rows: number, place: number): number {
  if (values.buffer === memory.buffer) return values.byteOffset;
  const at = NUMBERS_AT + place * BATCH_ROWS * 8;
  new Float64Array(memory.buffer, at, rows).set(values.subarray(0, rows));
  return at;
}

/** The address of an array that stands in the kernel's memory; undefined where it does not. */
export const addressIn = ({ memory }: Kernel, array: ArrayBufferView): number | undefined =>
  array.buffer === memory.buffer ? array.byteOffset : undefined;

/** Where the cells of the rows stand that were looked up last. */
export const foundIn = ({ memory }: Kernel): Int32Array =>
  new Int32Array(memory.buffer, FOUND_AT, BATCH_ROWS);

/** Where the table says it stands: slots, and with `insertFrom` the first free cell, that ids are to be added. */
export interface KernelTable {
  /** Address of the first slot; the cells follow the last. */
  readonly base: number;
  readonly slotCount: number;
  readonly hashMask: number;
  readonly insertFrom?: number;
}

/** Packs the ids of a batch; their addresses, or undefined where they are too large. */
export function kernelPack(
  kernel: Kernel,
  text: TextColumn,
  rows: number,
  { index, count }: Pass,
  hashMask: number,
): HandedText | undefined {
  const handed = handText(kernel, text, rows);
  if (!handed) return undefined;
  const { bytes, starts, lengths } = handed;
  kernel.calls.pack(
    ...[bytes, starts, lengths, rows, WORDS_AT, KINDS_AT, HASHES_AT, FOUND_AT],
    ...[hashMask, index, count],
  );
  return handed;
}

/** Looks up a batch; undefined, with nothing done, where it is too large to be handed over. */
export function kernelLookUp(
  kernel: Kernel,
  text: TextColumn,
  rows: number,
  pass: Pass,
  found: Int32Array,
  { base, slotCount, hashMask, insertFrom }: KernelTable,
): { readonly next: number; readonly added: number } | undefined {
  const handed = kernelPack(kernel, text, rows, pass, hashMask);
  if (!handed) return undefined;
  const { bytes, starts, lengths } = handed;
  const next = kernel.calls.lookUp(
    ...[bytes, starts, lengths, rows, WORDS_AT, KINDS_AT, HASHES_AT, FOUND_AT, base, slotCount - 1],
    ...[base + slotCount * 4, insertFrom === undefined ? 0 : 1, insertFrom ?? 0],
  );
  const at = foundIn(kernel);
  if (found.byteOffset !== at.byteOffset || found.buffer !== at.buffer) found.set(at.subarray(0, rows));
  return { next: next >>> 0, added: kernel.sink(2) };
}
