/* The join: what id-keys.ts and id-table.ts say in plain TypeScript. */
import { ABSENT, CELL_SHIFT, FLAGS, OTHER_PASS, SINK } from './layout';

const CELL_BITS: u32 = 27;
const CELL_MASK: u32 = (1 << CELL_BITS) - 1;
const SHORT: u32 = 0;
const UUID: u32 = 1;
const LONG: u32 = 2;
const KIND_BITS: u32 = 3;
const SHORT_BYTES: i32 = 15;
const HYPHEN: u8 = 45;

/** Cells that `rows` ids take at most: one, and what their bytes take where they are long. */
export function cellsFor(lengths: usize, rows: i32): u32 {
  let cells: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) cells += 1 + ((load<i32>(lengths + (row << 2)) + 31) >> 5);
  return cells;
}

/** Keys, kinds and hashes of `rows` ids; `found` becomes 0, or OTHER_PASS where the id is of another pass. */
export function pack(
  bytes: usize,
  starts: usize,
  lengths: usize,
  rows: i32,
  words: usize,
  kinds: usize,
  hashes: usize,
  found: usize,
  mask: u32,
  passIndex: u32,
  passCount: u32,
): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const start = bytes + load<u32>(starts + (row << 2));
    const length = load<i32>(lengths + (row << 2));
    const at = words + (row << 4);
    let kind = SHORT;
    if (length == 36 && packUuid(start, at)) kind = UUID;
    else if (length <= SHORT_BYTES) packShort(start, length, at);
    else {
      packLong(start, length, at, mask);
      kind = LONG;
    }
    store<u8>(kinds + row, <u8>kind);
    const hash = hashKey(at) & mask;
    store<u32>(hashes + (row << 2), hash);
    const other = passCount > 1 && ((hash * 0x9e3779b1) >> 8) % passCount != passIndex;
    store<i32>(found + (row << 2), other ? OTHER_PASS : 0);
  }
}

function packUuid(start: usize, at: usize): bool {
  if (
    load<u8>(start, 8) != HYPHEN ||
    load<u8>(start, 13) != HYPHEN ||
    load<u8>(start, 18) != HYPHEN ||
    load<u8>(start, 23) != HYPHEN
  ) {
    return false;
  }
  const head = v128.load(start);
  const middle = v128.load(start, 16);
  const tail = v128.load(start, 20);
  const a = v128.shuffle<u8>(head, middle, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17);
  const b = v128.shuffle<u8>(middle, tail, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 28, 29, 30, 31);
  const lettersA = letters(a);
  const lettersB = letters(b);
  const valid = v128.and(v128.or(lettersA, digits(a)), v128.or(lettersB, digits(b)));
  if (!i8x16.all_true(valid)) return false;
  v128.store(at, i8x16.narrow_i16x8_u(nibbles(a, lettersA), nibbles(b, lettersB)));
  return true;
}

function digits(text: v128): v128 {
  return i8x16.lt_u(i8x16.sub(text, i8x16.splat(48)), i8x16.splat(10));
}

function letters(text: v128): v128 {
  return i8x16.lt_u(i8x16.sub(text, i8x16.splat(97)), i8x16.splat(6));
}

function nibbles(text: v128, isLetter: v128): v128 {
  const nibble = i8x16.add(v128.and(text, i8x16.splat(15)), v128.and(isLetter, i8x16.splat(9)));
  const joined = v128.or(i16x8.shl(nibble, 4), i16x8.shr_u(nibble, 8));
  return v128.and(joined, i16x8.splat(255));
}

function packShort(start: usize, length: i32, at: usize): void {
  v128.store(at, i32x4.splat(0));
  for (let byte: usize = 0; <i32>byte < length; byte++) store<u8>(at + byte, load<u8>(start + byte));
  store<u8>(at, <u8>length, 15);
}

function packLong(start: usize, length: i32, at: usize, mask: u32): void {
  let a: u32 = 0x9747b28c;
  let b: u32 = 0x3c6ef372;
  const end = start + length;
  for (let byte = start; byte < end; byte++) {
    const value = <u32>load<u8>(byte);
    a = (a ^ value) * 0x01000193;
    b = (b + value) * 0x85ebca6b;
    b ^= b >> 15;
  }
  store<u32>(at, a & mask);
  store<u32>(at, b & mask, 4);
  store<u32>(at, length, 8);
  store<u32>(at, 0, 12);
}

@inline
function round(hash: u32, word: u32): u32 {
  return rotl<u32>(hash ^ (rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593), 13) * 5 + 0xe6546b64;
}

function hashKey(at: usize): u32 {
  let hash = round(round(round(round(0, load<u32>(at)), load<u32>(at, 4)), load<u32>(at, 8)), load<u32>(at, 12));
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}

/**
 * The cell of each packed id; where `insert`, ids that are not there are added from cell `next` on: the caller has
 * made room for them. Returns the next free cell; the number of added ids is at SINK + 8.
 */
export function lookUp(
  bytes: usize,
  starts: usize,
  lengths: usize,
  rows: i32,
  words: usize,
  kinds: usize,
  hashes: usize,
  found: usize,
  slots: usize,
  slotMask: u32,
  cells: usize,
  insert: bool,
  next: u32,
): u32 {
  let added: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    if ((row & 255) == 0) touch(min<i32>(rows - <i32>row, 256), hashes + (row << 2), slots, slotMask, cells);
    if (load<i32>(found + (row << 2)) == OTHER_PASS) continue;
    const hash = load<u32>(hashes + (row << 2));
    const kind = <u32>load<u8>(kinds + row);
    const key = v128.load(words + (row << 4));
    const start = bytes + load<u32>(starts + (row << 2));
    let slot = hash & slotMask;
    let cell = ABSENT;
    for (;;) {
      const entry = load<u32>(slots + ((<usize>slot) << 2));
      if (entry == 0) break;
      if (entry >> CELL_BITS == hash >> CELL_BITS) {
        const candidate = (entry & CELL_MASK) - 1;
        const at = cells + ((<usize>candidate) << CELL_SHIFT);
        if (
          i8x16.all_true(i8x16.eq(v128.load(at), key)) &&
          (load<u32>(at, FLAGS) & KIND_BITS) == kind &&
          (kind != LONG || sameBytes(at + 32, start, load<i32>(lengths + (row << 2))))
        ) {
          cell = candidate;
          break;
        }
      }
      slot = (slot + 1) & slotMask;
    }
    if (cell == ABSENT && insert) {
      const at = cells + ((<usize>next) << CELL_SHIFT);
      v128.store(at, key);
      v128.store(at, i32x4.splat(0), 16);
      store<u32>(at, kind, FLAGS);
      store<u32>(slots + ((<usize>slot) << 2), ((hash >> CELL_BITS) << CELL_BITS) | (next + 1));
      cell = next;
      next += 1;
      added += 1;
      if (kind == LONG) {
        const length = load<i32>(lengths + (row << 2));
        memory.copy(at + 32, start, length);
        next += (<u32>length + 31) >> 5;
      }
    }
    store<i32>(found + (row << 2), cell);
  }
  store<u32>(SINK, added, 8);
  return next;
}

/** Loads slots, then cells, of many rows at once: the processor waits for them side by side. */
function touch(rows: i32, hashes: usize, slots: usize, slotMask: u32, cells: usize): void {
  let sum: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    sum |= load<u32>(slots + ((<usize>(load<u32>(hashes + (row << 2)) & slotMask)) << 2));
  }
  for (let row: usize = 0; row < <usize>rows; row++) {
    const entry = load<u32>(slots + ((<usize>(load<u32>(hashes + (row << 2)) & slotMask)) << 2));
    // A free slot's is the first cell, so that nothing is to be guessed.
    const cell = select<u32>(0, (entry & CELL_MASK) - 1, entry == 0);
    sum |= load<u32>(cells + ((<usize>cell) << CELL_SHIFT));
  }
  store<u32>(SINK, sum);
}

function sameBytes(a: usize, b: usize, length: i32): bool {
  return memory.compare(a, b, length) == 0;
}
