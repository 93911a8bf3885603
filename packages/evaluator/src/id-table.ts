import { type Arena, HEAP } from './arena.ts';
import type { TextColumn } from './column-batch.ts';
import { hashKey, type IdKeys, idKeys, LONG, packIds } from './id-keys.ts';
import {
  addressIn,
  BATCH_ROWS,
  foundIn,
  type Kernel,
  kernelBytes,
  kernelLookUp,
  openKernel,
} from './kernel.ts';
import { OTHER_PASS, otherPass, type Pass } from './pass.ts';

/** Words of 32 bits in a cell: the key (4), a number (2), flags, a count. Long ids take further cells for their bytes. */
const CELL_WORDS = 8;
const CELL_BYTES = 32;
const FLAGS = 6;
const COUNT = 7;
const PAGE = 65536;
/** Slots hold a cell's number + 1 and, above it, this many bits of the hash. */
const CELL_BITS = 27;
const CELL_MASK = 2 ** CELL_BITS - 1;
const KIND_BITS = 3;

/** The id is not in the table. */
export const ABSENT = -1;

/**
 * An exact map from ids to numbers, flags and counts: open addressing over typed arrays, keys verified byte by
 * byte. Lives in one memory: the kernel's scratch, slots, then cells. A memory is reserved for twice what is expected
 * (only what is written to takes any), and is left for a larger one when that does not do.
 */
export interface IdTable {
  memory: WebAssembly.Memory;
  /** The inner loops in WebAssembly; without, the plain ones of this file do the same to the same bytes. */
  kernel: Kernel | undefined;
  readonly arenaBytes: number;
  /** Address of the first slot. */
  readonly base: number;
  readonly hashMask: number;
  readonly limitBytes: number;
  readonly keys: IdKeys;
  slotCount: number;
  /** Ids, and the cells that they take. */
  ids: number;
  cells: number;
  slots: Uint32Array;
  words: Uint32Array;
  values: Float64Array;
  bytes: Uint8Array;
}

export interface IdTableOptions {
  /** Ids that are likely to come; more only cost a rebuild. */
  readonly expected?: number;
  /** Bits of the hash to use; fewer than all only in tests. */
  readonly hashMask?: number;
  /** Most memory, in bytes; at most 4 GiB. */
  readonly limitBytes?: number;
  /** Bytes for the columns of batches, so that they need not be handed to the kernel; none unless told. */
  readonly arenaBytes?: number;
  /** plain: without WebAssembly. */
  readonly kernel?: 'wasm' | 'plain';
}

/** Thrown by an insertion that needs more than the table may take: the caller splits the work into passes. */
export class TableFull extends Error {}

export function createIdTable(options: IdTableOptions = {}): IdTable {
  const slotCount = slotsFor(options.expected ?? 1024);
  const limitBytes = Math.min(options.limitBytes ?? 2 ** 32, 2 ** 32 - PAGE);
  if (slotCount * 4 + PAGE > limitBytes) throw new TableFull();
  const wanted = Math.max(LEAST_RESERVED, 2 * tableBytes(options.expected ?? 0));
  const arenaBytes = options.arenaBytes ?? 0;
  const base = kernelBytes(arenaBytes);
  const memory = reserved(base + Math.min(wanted, limitBytes));
  const table: IdTable = {
    memory,
    kernel: options.kernel === 'plain' ? undefined : openKernel(memory, arenaBytes),
    arenaBytes,
    base,
    hashMask: options.hashMask ?? 0xffffffff,
    limitBytes,
    keys: idKeys(),
    slotCount,
    ids: 0,
    cells: 0,
    slots: new Uint32Array(0),
    words: new Uint32Array(0),
    values: new Float64Array(0),
    bytes: new Uint8Array(0),
  };
  view(table);
  return table;
}

/** So much address space costs nothing. */
const LEAST_RESERVED = 1 << 20;

function reserved(bytes: number): WebAssembly.Memory {
  const pages = Math.min(65536, Math.ceil(bytes / PAGE));
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

/** Room for what is found for a batch: where the kernel leaves it, or on the heap. */
export const foundFor = ({ kernel }: IdTable, rows: number): Int32Array =>
  kernel && rows <= BATCH_ROWS ? foundIn(kernel) : new Int32Array(rows);

/** Where arrays are put that the table's loops work on. */
export const arenaFor = ({ kernel }: IdTable): Arena => kernel?.arena ?? HEAP;

/** Bytes that a table of so many ids of at most 36 bytes takes. */
export const tableBytes = (ids: number): number => slotsFor(ids) * 4 + ids * CELL_BYTES + PAGE;

function slotsFor(ids: number): number {
  let slots = 1024;
  while (slots < ids * 1.6) slots *= 2;
  return slots;
}

/** Address of the first cell in the table's memory. */
export const cellsAt = ({ base, slotCount }: IdTable): number => base + slotCount * 4;

function view(table: IdTable): void {
  const { buffer } = table.memory;
  const start = cellsAt(table);
  table.slots = new Uint32Array(buffer, table.base, table.slotCount);
  table.words = new Uint32Array(buffer, start, (buffer.byteLength - start) >>> 2);
  table.values = new Float64Array(buffer, start, (buffer.byteLength - start) >>> 3);
  table.bytes = new Uint8Array(buffer, start);
}

/**
 * The cell of each id, row by row, in `found`; ids that are not there yet are added. Rows of another pass are left
 * alone and read OTHER_PASS. Throws TableFull.
 */
export function insertIds(
  table: IdTable,
  text: TextColumn,
  rows: number,
  pass: Pass,
  found: Int32Array,
): void {
  const roomy = table.kernel !== undefined && hasRoom(table, text, rows);
  const { kernel, base, slotCount, hashMask, cells } = table;
  const at = { base, slotCount, hashMask, insertFrom: cells };
  const done = kernel && roomy && kernelLookUp(kernel, text, rows, pass, found, at);
  if (done) {
    table.cells = done.next;
    table.ids += done.added;
    return;
  }
  pack(table, text, rows, pass, found);
  for (let row = 0; row < rows; row += 1) {
    if (found[row] === OTHER_PASS) continue;
    const cell = find(table, text, row);
    found[row] = cell === ABSENT ? add(table, text, row) : cell;
  }
}

/** The cell of each id, ABSENT where it is not there; otherwise as insertIds. */
export function findIds(table: IdTable, text: TextColumn, rows: number, pass: Pass, found: Int32Array): void {
  const { kernel, base, slotCount, hashMask } = table;
  if (kernel && kernelLookUp(kernel, text, rows, pass, found, { base, slotCount, hashMask })) return;
  pack(table, text, rows, pass, found);
  for (let row = 0; row < rows; row += 1) {
    if (found[row] !== OTHER_PASS) found[row] = find(table, text, row);
  }
}

/** Packs the ids of a batch, and notes the rows of other passes. */
function pack(
  { keys, hashMask }: IdTable,
  text: TextColumn,
  rows: number,
  pass: Pass,
  found: Int32Array,
): void {
  packIds(text, rows, keys, hashMask);
  for (let row = 0; row < rows; row += 1) {
    found[row] = otherPass(keys.hashes[row] as number, pass) ? OTHER_PASS : 0;
  }
}

function find(table: IdTable, text: TextColumn, row: number): number {
  const { words, kinds, hashes } = table.keys;
  const hash = hashes[row] as number;
  const mask = table.slotCount - 1;
  const { slots, words: stored } = table;
  const key = row * 4;
  const kind = kinds[row] as number;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const entry = slots[slot] as number;
    if (entry === 0) return ABSENT;
    if (entry >>> CELL_BITS !== hash >>> CELL_BITS) continue;
    const cell = (entry & CELL_MASK) - 1;
    const at = cell * CELL_WORDS;
    if (
      stored[at] === words[key] &&
      stored[at + 1] === words[key + 1] &&
      stored[at + 2] === words[key + 2] &&
      stored[at + 3] === words[key + 3] &&
      ((stored[at + FLAGS] as number) & KIND_BITS) === kind &&
      (kind !== LONG || sameBytes(table, cell, text, row))
    ) {
      return cell;
    }
  }
}

function sameBytes({ bytes }: IdTable, cell: number, text: TextColumn, row: number): boolean {
  const stored = (cell + 1) * CELL_BYTES;
  const start = text.starts[row] as number;
  const length = text.lengths[row] as number;
  for (let byte = 0; byte < length; byte += 1) {
    if (bytes[stored + byte] !== text.bytes[start + byte]) return false;
  }
  return true;
}

function add(table: IdTable, text: TextColumn, row: number): number {
  const { words, kinds, hashes } = table.keys;
  const kind = kinds[row] as number;
  const length = text.lengths[row] as number;
  if ((table.ids + 1) * 1.5 > table.slotCount) doubleSlots(table);
  reserveCells(table, table.cells + cellsOf(kind === LONG, length));
  const cell = table.cells;
  const at = cell * CELL_WORDS;
  table.words.fill(0, at, at + CELL_WORDS);
  table.words.set(words.subarray(row * 4, row * 4 + 4), at);
  table.words[at + FLAGS] = kind;
  if (kind === LONG) {
    const start = text.starts[row] as number;
    table.bytes.set(text.bytes.subarray(start, start + length), (cell + 1) * CELL_BYTES);
  }
  table.cells += cellsOf(kind === LONG, length);
  table.ids += 1;
  place(table, cell, hashes[row] as number);
  return cell;
}

const cellsOf = (long: boolean, length: number): number => 1 + (long ? Math.ceil(length / CELL_BYTES) : 0);

function place({ slots, slotCount }: IdTable, cell: number, hash: number): void {
  const mask = slotCount - 1;
  let slot = hash & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = (((hash >>> CELL_BITS) << CELL_BITS) | (cell + 1)) >>> 0;
}

/** Makes room for a batch whose ids may all be new; false where they may be too many, though they need not be. */
function hasRoom(table: IdTable, text: TextColumn, rows: number): boolean {
  const { kernel } = table;
  let cells = table.cells;
  // What is no UUID and no short id takes cells for its bytes.
  const lengthsAt = kernel && addressIn(kernel, text.lengths);
  if (kernel && lengthsAt !== undefined) cells += kernel.calls.cellsFor(lengthsAt, rows);
  else for (let row = 0; row < rows; row += 1) cells += cellsOf(true, text.lengths[row] as number);
  try {
    while ((table.ids + rows) * 1.5 > table.slotCount) doubleSlots(table);
    reserveCells(table, cells);
    return true;
  } catch (error) {
    if (error instanceof TableFull) return false;
    throw error;
  }
}

function reserveCells(table: IdTable, cells: number): void {
  const needed = cellsAt(table) + cells * CELL_BYTES;
  const present = table.memory.buffer.byteLength;
  if (needed <= present) return;
  const { base } = table;
  if (needed - base > table.limitBytes || cells > CELL_MASK) throw new TableFull();
  const memory = reserved(base + Math.min(table.limitBytes, 2 * (needed - base)));
  const used = Math.min(present, cellsAt(table) + table.cells * CELL_BYTES) - base;
  new Uint8Array(memory.buffer, base).set(new Uint8Array(table.memory.buffer, base, used));
  table.memory = memory;
  if (table.kernel) table.kernel = openKernel(memory, table.arenaBytes);
  view(table);
}

function doubleSlots(table: IdTable): void {
  const before = cellsAt(table);
  const used = table.cells * CELL_BYTES;
  table.slotCount *= 2;
  try {
    reserveCells(table, table.cells);
  } catch (error) {
    table.slotCount /= 2;
    throw error;
  }
  new Uint8Array(table.memory.buffer).copyWithin(cellsAt(table), before, before + used);
  view(table);
  table.slots.fill(0);
  for (let cell = 0; cell < table.cells; ) {
    const at = cell * CELL_WORDS;
    place(table, cell, hashKey(table.words, at) & table.hashMask);
    const long = ((table.words[at + FLAGS] as number) & KIND_BITS) === LONG;
    cell += cellsOf(long, table.words[at + 2] as number);
  }
}

/** What a cell says of its id. */
export const numberAt = (table: IdTable, cell: number): number => table.values[cell * 4 + 2] as number;
export const flagsAt = (table: IdTable, cell: number): number =>
  table.words[cell * CELL_WORDS + FLAGS] as number;
export const countAt = (table: IdTable, cell: number): number =>
  table.words[cell * CELL_WORDS + COUNT] as number;

export function setNumber(table: IdTable, cell: number, value: number): void {
  table.values[cell * 4 + 2] = value;
}
/** The lowest two bits are the table's own. */
export function setFlags(table: IdTable, cell: number, flags: number): void {
  table.words[cell * CELL_WORDS + FLAGS] = flags;
}
export function countUp(table: IdTable, cell: number): number {
  const at = cell * CELL_WORDS + COUNT;
  const count = (table.words[at] as number) + 1;
  table.words[at] = count;
  return count;
}
