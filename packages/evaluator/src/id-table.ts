import type { TextColumn } from './column-batch.ts';
import { hashKey, type IdKeys, LONG } from './id-keys.ts';

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
/** The row is not of this pass. */
export const OTHER_PASS = -2;

/**
 * An exact map from ids to numbers, flags and counts: open addressing over typed arrays, keys verified byte by
 * byte. Lives in one growable memory: slots first, then cells.
 */
export interface IdTable {
  readonly memory: WebAssembly.Memory;
  readonly hashMask: number;
  readonly limitBytes: number;
  slotCount: number;
  /** Ids, and the cells that they take. */
  ids: number;
  cells: number;
  slots: Uint32Array;
  words: Uint32Array;
  values: Float64Array;
  bytes: Uint8Array;
  /** Scratch: what a batch found in its first slot. */
  touched: Uint32Array;
}

export interface IdTableOptions {
  /** Ids that are likely to come; more only cost a rebuild. */
  readonly expected?: number;
  /** Bits of the hash to use; fewer than all only in tests. */
  readonly hashMask?: number;
  /** Most memory, in bytes; at most 4 GiB. */
  readonly limitBytes?: number;
}

/** Thrown by an insertion that needs more than the table may take: the caller splits the work into passes. */
export class TableFull extends Error {}

export function createIdTable(options: IdTableOptions = {}): IdTable {
  const slotCount = slotsFor(options.expected ?? 1024);
  const limitBytes = Math.min(options.limitBytes ?? 2 ** 32, 2 ** 32 - PAGE);
  const bytes = slotCount * 4 + PAGE;
  if (bytes > limitBytes) throw new TableFull();
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE), maximum: 65536 });
  const table: IdTable = {
    memory,
    hashMask: options.hashMask ?? 0xffffffff,
    limitBytes,
    slotCount,
    ids: 0,
    cells: 0,
    slots: new Uint32Array(0),
    words: new Uint32Array(0),
    values: new Float64Array(0),
    bytes: new Uint8Array(0),
    touched: new Uint32Array(2048),
  };
  view(table);
  return table;
}

/** Bytes that a table of so many ids of at most 36 bytes takes. */
export const tableBytes = (ids: number): number => slotsFor(ids) * 4 + ids * CELL_BYTES + PAGE;

function slotsFor(ids: number): number {
  let slots = 1024;
  while (slots < ids * 1.6) slots *= 2;
  return slots;
}

function view(table: IdTable): void {
  const { buffer } = table.memory;
  const start = table.slotCount * 4;
  table.slots = new Uint32Array(buffer, 0, table.slotCount);
  table.words = new Uint32Array(buffer, start, (buffer.byteLength - start) >> 2);
  table.values = new Float64Array(buffer, start, (buffer.byteLength - start) >> 3);
  table.bytes = new Uint8Array(buffer, start);
}

/**
 * The cell of each id, row by row from the first key on, in `found`; ids that are not there yet are added. Rows
 * that `found` holds as OTHER_PASS are left alone. Throws TableFull.
 */
export function insertIds(table: IdTable, text: TextColumn, from: number, keys: IdKeys, rows: number, found: Int32Array): void {
  touch(table, keys, rows);
  for (let row = 0; row < rows; row += 1) {
    if (found[row] === OTHER_PASS) continue;
    const cell = find(table, text, from + row, keys, row);
    found[row] = cell >= 0 ? cell : add(table, text, from + row, keys, row);
  }
}

/** The cell of each id, ABSENT where it is not there; otherwise as insertIds. */
export function findIds(table: IdTable, text: TextColumn, from: number, keys: IdKeys, rows: number, found: Int32Array): void {
  touch(table, keys, rows);
  for (let row = 0; row < rows; row += 1) {
    if (found[row] !== OTHER_PASS) found[row] = find(table, text, from + row, keys, row);
  }
}

/** Loads the slots, then the cells, of many rows at once: the processor waits for them side by side. */
function touch(table: IdTable, { hashes }: IdKeys, rows: number): number {
  if (table.touched.length < rows) table.touched = new Uint32Array(rows);
  const { slots, words, touched } = table;
  const mask = table.slotCount - 1;
  for (let row = 0; row < rows; row += 1) touched[row] = slots[(hashes[row] as number) & mask] as number;
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const cell = (touched[row] as number) & CELL_MASK;
    if (cell !== 0) sum |= words[(cell - 1) * CELL_WORDS] as number;
  }
  return sum;
}

function find(table: IdTable, text: TextColumn, textRow: number, { words, kinds, hashes }: IdKeys, row: number): number {
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
      (kind !== LONG || sameBytes(table, cell, text, textRow))
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

function add(table: IdTable, text: TextColumn, textRow: number, { words, kinds, hashes }: IdKeys, row: number): number {
  const kind = kinds[row] as number;
  const length = text.lengths[textRow] as number;
  const cells = 1 + (kind === LONG ? Math.ceil(length / CELL_BYTES) : 0);
  if ((table.ids + 1) * 1.5 > table.slotCount) doubleSlots(table);
  reserveCells(table, table.cells + cells);
  const cell = table.cells;
  const at = cell * CELL_WORDS;
  table.words.set(words.subarray(row * 4, row * 4 + 4), at);
  table.words[at + FLAGS] = kind;
  if (kind === LONG) {
    const start = text.starts[textRow] as number;
    table.bytes.set(text.bytes.subarray(start, start + length), (cell + 1) * CELL_BYTES);
  }
  table.cells += cells;
  table.ids += 1;
  place(table, cell, hashes[row] as number);
  return cell;
}

function place({ slots, slotCount }: IdTable, cell: number, hash: number): void {
  const mask = slotCount - 1;
  let slot = hash & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = (((hash >>> CELL_BITS) << CELL_BITS) | (cell + 1)) >>> 0;
}

function reserveCells(table: IdTable, cells: number): void {
  const needed = table.slotCount * 4 + cells * CELL_BYTES;
  const present = table.memory.buffer.byteLength;
  if (needed <= present) return;
  if (needed > table.limitBytes || cells > CELL_MASK) throw new TableFull();
  // Growing keeps the pages where they are; only what is written to takes memory.
  const wanted = Math.min(Math.max(needed, present + (1 << 24)), table.limitBytes);
  table.memory.grow(Math.ceil(Math.max(wanted, needed) / PAGE) - present / PAGE);
  view(table);
}

function doubleSlots(table: IdTable): void {
  const before = table.slotCount * 4;
  const used = table.cells * CELL_BYTES;
  table.slotCount *= 2;
  try {
    reserveCells(table, table.cells);
  } catch (error) {
    table.slotCount /= 2;
    throw error;
  }
  new Uint8Array(table.memory.buffer).copyWithin(before * 2, before, before + used);
  view(table);
  table.slots.fill(0);
  for (let cell = 0; cell < table.cells; ) {
    const at = cell * CELL_WORDS;
    place(table, cell, hashKey(table.words, at) & table.hashMask);
    const long = ((table.words[at + FLAGS] as number) & KIND_BITS) === LONG;
    cell += 1 + (long ? Math.ceil((table.words[at + 2] as number) / CELL_BYTES) : 0);
  }
}

/** What a cell says of its id. */
export const numberAt = (table: IdTable, cell: number): number => table.values[cell * 4 + 2] as number;
export const flagsAt = (table: IdTable, cell: number): number => table.words[cell * CELL_WORDS + FLAGS] as number;
export const countAt = (table: IdTable, cell: number): number => table.words[cell * CELL_WORDS + COUNT] as number;

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
