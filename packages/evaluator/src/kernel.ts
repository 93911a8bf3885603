import type { TextColumn } from './column-batch.ts';
import { KERNEL_BASE64 } from './kernel-bytes.ts';
import type { Pass } from './pass.ts';

/** The inner loops of the join in WebAssembly, over the memory of one table. Source: ../kernel/kernel.ts. */
export interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly pack: (...numbers: readonly number[]) => void;
  readonly lookUp: (...numbers: readonly number[]) => number;
}

/** Where the table says it stands: slots, and with `insertFrom` the first free cell, that ids are to be added. */
export interface KernelTable {
  readonly slotCount: number;
  readonly hashMask: number;
  readonly insertFrom?: number;
}

const MOST_ROWS = 4096;
const MOST_BYTES = 1 << 20;
const ADDED_AT = 72;
const STARTS_AT = 1024;
const LENGTHS_AT = STARTS_AT + MOST_ROWS * 4;
const WORDS_AT = LENGTHS_AT + MOST_ROWS * 4;
const KINDS_AT = WORDS_AT + MOST_ROWS * 16;
const HASHES_AT = KINDS_AT + MOST_ROWS;
const FOUND_AT = HASHES_AT + MOST_ROWS * 4;
const BYTES_AT = FOUND_AT + MOST_ROWS * 4;

/** The part of a table's memory, at its start, that a batch is handed over in. */
export const SCRATCH_BYTES: number = 21 * 65536;

let compiled: WebAssembly.Module | undefined;

export function openKernel(memory: WebAssembly.Memory): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { memory, pack: exports.pack as Kernel['pack'], lookUp: exports.lookUp as Kernel['lookUp'] };
}

/** Hands a batch over and packs its ids; the address of its bytes, or undefined where it is too large. */
export function kernelPack(
  { memory, pack }: Kernel,
  { bytes, starts, lengths }: TextColumn,
  rows: number,
  pass: Pass,
  hashMask: number,
): number | undefined {
  if (rows > MOST_ROWS) return undefined;
  let low = bytes.length;
  let high = 0;
  for (let row = 0; row < rows; row += 1) {
    const start = starts[row] as number;
    const end = start + (lengths[row] as number);
    if (start < low) low = start;
    if (end > high) high = end;
  }
  if (high - low > MOST_BYTES) return undefined;
  const { buffer } = memory;
  if (high > low) new Uint8Array(buffer, BYTES_AT, high - low).set(bytes.subarray(low, high));
  new Uint32Array(buffer, STARTS_AT, rows).set(starts.subarray(0, rows));
  new Int32Array(buffer, LENGTHS_AT, rows).set(lengths.subarray(0, rows));
  const at = BYTES_AT - low;
  pack(
    at,
    STARTS_AT,
    LENGTHS_AT,
    rows,
    WORDS_AT,
    KINDS_AT,
    HASHES_AT,
    FOUND_AT,
    hashMask,
    pass.index,
    pass.count,
  );
  return at;
}

/** Looks up a batch; undefined, with nothing done, where it is too large to be handed over. */
export function kernelLookUp(
  kernel: Kernel,
  text: TextColumn,
  rows: number,
  pass: Pass,
  found: Int32Array,
  { slotCount, hashMask, insertFrom }: KernelTable,
): { readonly next: number; readonly added: number } | undefined {
  const at = kernelPack(kernel, text, rows, pass, hashMask);
  if (at === undefined) return undefined;
  const next = kernel.lookUp(
    ...[
      at,
      STARTS_AT,
      LENGTHS_AT,
      rows,
      WORDS_AT,
      KINDS_AT,
      HASHES_AT,
      FOUND_AT,
      SCRATCH_BYTES,
      slotCount - 1,
    ],
    ...[SCRATCH_BYTES + slotCount * 4, insertFrom === undefined ? 0 : 1, insertFrom ?? 0],
  );
  const { buffer } = kernel.memory;
  found.set(new Int32Array(buffer, FOUND_AT, rows));
  return { next: next >>> 0, added: new Uint32Array(buffer, ADDED_AT, 1)[0] ?? 0 };
}
