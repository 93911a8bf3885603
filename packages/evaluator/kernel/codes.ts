/* Values as small numbers, and from those the slices: what slice-codes.ts says in plain TypeScript. */
import { sameBytes } from './checks';
import { MISSING } from './layout';

/* A dictionary: its number of values, the bytes that they take, slots, entries (hash, place, length), bytes. */
const USED: usize = 4;
const SLOTS: usize = 64;
const SLOT_MASK: u32 = 8191;
const ENTRIES: usize = SLOTS + 8192 * 4;
const MOST_VALUES: u32 = 4096;
const BYTES: usize = ENTRIES + 4096 * 16;
const MOST_BYTES: u32 = 160 * 1024;

/** The code of each value: 0 for none, the same for the same; false, the rest undone, once there are too many. */
export function codesOf(
  bytes: usize,
  starts: usize,
  lengths: usize,
  rows: i32,
  dictionary: usize,
  into: usize,
): bool {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const length = load<i32>(lengths + (row << 2));
    let code: u32 = 0;
    if (length != MISSING) {
      code = codeOf(bytes + load<u32>(starts + (row << 2)), length, dictionary);
      if (code == 0) return false;
    }
    store<u32>(into + (row << 2), code);
  }
  return true;
}

function codeOf(text: usize, length: i32, dictionary: usize): u32 {
  let hash: u32 = <u32>length;
  let at: i32 = 0;
  for (; at + 4 <= length; at += 4) hash = rotl<u32>((hash ^ load<u32>(text + at)) * 0x9e3779b1, 13);
  for (; at < length; at++) hash = (hash ^ <u32>load<u8>(text + at)) * 0x01000193;
  hash ^= hash >> 15;
  let slot = hash & SLOT_MASK;
  for (;;) {
    const code = load<u32>(dictionary + SLOTS + ((<usize>slot) << 2));
    if (code == 0) break;
    const entry = dictionary + ENTRIES + ((<usize>(code - 1)) << 4);
    if (
      load<u32>(entry) == hash &&
      load<i32>(entry, 8) == length &&
      sameBytes(dictionary + BYTES + load<u32>(entry, 4), text, length)
    ) {
      return code;
    }
    slot = (slot + 1) & SLOT_MASK;
  }
  const values = load<u32>(dictionary);
  const used = load<u32>(dictionary, USED);
  if (values == MOST_VALUES || used + <u32>length > MOST_BYTES) return 0;
  const entry = dictionary + ENTRIES + ((<usize>values) << 4);
  store<u32>(entry, hash);
  store<u32>(entry, used, 4);
  store<i32>(entry, length, 8);
  memory.copy(dictionary + BYTES + used, text, length);
  store<u32>(dictionary, values + 1);
  store<u32>(dictionary, used + <u32>length, USED);
  store<u32>(dictionary + SLOTS + ((<usize>slot) << 2), values + 1);
  return values + 1;
}

/** Two codes as one value of 8 bytes, so that combinations have codes too. */
export function pairs(a: usize, b: usize, rows: i32, into: usize): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    store<u32>(into + (row << 3), load<u32>(a + (row << 2)));
    store<u32>(into + (row << 3), load<u32>(b + (row << 2)), 4);
  }
}

/** The slice of each code, by `table`; the first row whose code has none yet (-2), or -1. */
export function slicesOf(codes: usize, rows: i32, table: usize, into: usize): i32 {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const slice = load<i16>(table + ((<usize>load<u32>(codes + (row << 2))) << 1));
    if (slice == -2) return <i32>row;
    store<i16>(into + (row << 1), slice);
  }
  return -1;
}

/** murmur3_x86_32, seed 0, of a prefix and each text, as unit-hash.ts says; false where a text is too long. */
export function hashUnits(
  bytes: usize,
  starts: usize,
  lengths: usize,
  rows: i32,
  scratch: usize,
  prefixLength: i32,
  most: i32,
  into: usize,
): bool {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const length = max(load<i32>(lengths + (row << 2)), 0);
    if (prefixLength + length > most) return false;
    memory.copy(scratch + prefixLength, bytes + load<u32>(starts + (row << 2)), length);
    store<u32>(into + (row << 2), murmur3(scratch, prefixLength + length));
  }
  return true;
}

function murmur3(at: usize, length: i32): u32 {
  let hash: u32 = 0;
  let byte: i32 = 0;
  for (; byte + 4 <= length; byte += 4) {
    hash = rotl<u32>(hash ^ scramble(load<u32>(at + byte)), 13) * 5 + 0xe6546b64;
  }
  let tail: u32 = 0;
  for (let last = length - 1; last >= byte; last--) tail = (tail << 8) | <u32>load<u8>(at + last);
  hash ^= scramble(tail) ^ <u32>length;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}

@inline
function scramble(word: u32): u32 {
  return rotl<u32>(word * 0xcc9e2d51, 15) * 0x1b873593;
}
