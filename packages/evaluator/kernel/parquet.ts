/*
 * Pages of Parquet columns, decompressed, as columns; source: apache/parquet-format, Encodings.md. Every loop stays
 * within the page and answers false, or 0, where that says something else: the full reader tells what.
 */
import { MISSING } from './layout';

/* A reader of RLE and bit-packed values: where it is, where they end, their bits; of its run: values left, ... */
const AT: usize = 0;
const END: usize = 4;
const WIDTH: usize = 8;
const LEFT: usize = 12;
/** ... the value, or where the packed bits start and the first bit that was not read. */
const VALUE: usize = 16;
const BITS_AT: usize = 20;
const BIT: usize = 24;

const DOUBLE: i32 = 0;
const FLOAT: i32 = 1;
const INT32: i32 = 2;
const INT64: i32 = 3;
const UINT32: i32 = 4;
/** Whole numbers up to this are doubles. */
const EXACT: f64 = 9007199254740992;

/** Reads the next `count` values of a reader as 32-bit words. */
export function runs(reader: usize, count: i32, into: usize): bool {
  const width = load<u32>(reader, WIDTH);
  while (count > 0) {
    if (load<u32>(reader, LEFT) == 0 && !nextRun(reader, width)) return false;
    const left = load<u32>(reader, LEFT);
    const take = min<u32>(left, <u32>count);
    store<u32>(reader, left - take, LEFT);
    count -= <i32>take;
    const bitsAt = load<u32>(reader, BITS_AT);
    if (bitsAt == 0) {
      const value = load<u32>(reader, VALUE);
      for (let end = into + (<usize>take << 2); into < end; into += 4) store<u32>(into, value);
      continue;
    }
    const mask: u64 = (<u64>1 << width) - 1;
    let bit = load<u64>(reader, BIT);
    for (let end = into + (<usize>take << 2); into < end; into += 4) {
      store<u32>(into, <u32>((load<u64>(<usize>bitsAt + <usize>(bit >> 3)) >> (bit & 7)) & mask));
      bit += width;
    }
    store<u64>(reader, bit, BIT);
  }
  return true;
}

function nextRun(reader: usize, width: u32): bool {
  let at: usize = load<u32>(reader, AT);
  const end: usize = load<u32>(reader, END);
  let head: u32 = 0;
  for (let shift: u32 = 0; ; shift += 7) {
    if (at >= end || shift > 28) return false;
    const byte = load<u8>(at++);
    head |= <u32>(byte & 127) << shift;
    if (byte < 128) break;
  }
  const count = head >> 1;
  let bytes: u64 = (width + 7) >> 3;
  if ((head & 1) != 0) {
    bytes = <u64>count * width;
    store<u32>(reader, <u32>at, BITS_AT);
    store<u64>(reader, 0, BIT);
    store<u32>(reader, count << 3, LEFT);
    if (count > 1 << 28) return false;
  } else {
    store<u32>(reader, 0, BITS_AT);
    const word = load<u32>(at);
    store<u32>(reader, width == 32 ? word : word & ((1 << width) - 1), VALUE);
    store<u32>(reader, count, LEFT);
  }
  if (bytes > <u64>(end - at) || count == 0) return false;
  store<u32>(reader, <u32>(at + <usize>bytes), AT);
  return true;
}

/** Reads which of the next rows have a value; how many do, or -1. Where all do, `into` may be left as it is. */
export function levels(reader: usize, rows: i32, into: usize): i32 {
  const left = load<u32>(reader, LEFT);
  if (left >= <u32>rows && load<u32>(reader, BITS_AT) == 0 && load<u32>(reader, VALUE) == 1) {
    store<u32>(reader, left - <u32>rows, LEFT);
    return rows;
  }
  if (!runs(reader, rows, into)) return -1;
  let sum: i32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) sum += load<i32>(into + (row << 2));
  return sum;
}

/** Texts with their lengths in front, as places from `bytes` on; `present` may be 0. Where the next stands, or 0. */
export function plainTexts(
  at: usize,
  end: usize,
  rows: i32,
  present: usize,
  bytes: usize,
  starts: usize,
  lengths: usize,
): usize {
  for (let row: usize = 0; row < <usize>rows; row++) {
    if (present != 0 && load<u32>(present + (row << 2)) == 0) {
      store<u32>(starts + (row << 2), 0);
      store<i32>(lengths + (row << 2), MISSING);
      continue;
    }
    if (end - at < 4) return 0;
    const length = <usize>load<u32>(at);
    at += 4;
    if (length > end - at) return 0;
    store<u32>(starts + (row << 2), <u32>(at - bytes));
    store<u32>(lengths + (row << 2), <u32>length);
    at += length;
  }
  return at;
}

/**
 * Numbers of one size each as doubles, over `divisor`, NaN where there is none; `present` may be 0. Where the next
 * stands, or 0, also where a decimal has more digits than a double.
 */
export function plainNumbers(
  at: usize,
  end: usize,
  rows: i32,
  present: usize,
  kind: i32,
  divisor: f64,
  into: usize,
): usize {
  const size: usize = kind == DOUBLE || kind == INT64 ? 8 : 4;
  if (present == 0) {
    const bytes = <usize>rows * size;
    if (end - at < bytes) return 0;
    if (kind == DOUBLE) {
      memory.copy(into, at, bytes);
      return at + bytes;
    }
  }
  for (let row: usize = 0; row < <usize>rows; row++) {
    let value: f64 = NaN;
    if (present == 0 || load<u32>(present + (row << 2)) != 0) {
      if (end - at < size) return 0;
      value = numberAt(at, kind);
      at += size;
      if (divisor != 1) {
        if (Math.abs(value) > EXACT) return 0;
        value /= divisor;
      }
    }
    store<f64>(into + (row << 3), value);
  }
  return at;
}

@inline
function numberAt(at: usize, kind: i32): f64 {
  if (kind == DOUBLE) return load<f64>(at);
  if (kind == FLOAT) return <f64>load<f32>(at);
  if (kind == INT32) return <f64>load<i32>(at);
  if (kind == INT64) return <f64>load<i64>(at);
  if (kind == UINT32) return <f64>load<u32>(at);
  return NaN;
}

/** Words of 0 or 1 as doubles, NaN where there is none; `present` may be 0. */
export function bitNumbers(words: usize, rows: i32, present: usize, into: usize): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    let value: f64 = NaN;
    if (present == 0 || load<u32>(present + (row << 2)) != 0) {
      value = <f64>load<u32>(words);
      words += 4;
    }
    store<f64>(into + (row << 3), value);
  }
}

/** Texts of a dictionary of `size` entries by their codes; false where there is no such entry. */
export function codedTexts(
  codes: usize,
  rows: i32,
  present: usize,
  size: u32,
  dictionaryStarts: usize,
  dictionaryLengths: usize,
  starts: usize,
  lengths: usize,
): bool {
  for (let row: usize = 0; row < <usize>rows; row++) {
    if (present != 0 && load<u32>(present + (row << 2)) == 0) {
      store<u32>(starts + (row << 2), 0);
      store<i32>(lengths + (row << 2), MISSING);
      continue;
    }
    const code = load<u32>(codes);
    codes += 4;
    if (code >= size) return false;
    store<u32>(starts + (row << 2), load<u32>(dictionaryStarts + (<usize>code << 2)));
    store<u32>(lengths + (row << 2), load<u32>(dictionaryLengths + (<usize>code << 2)));
  }
  return true;
}

/** Numbers of a dictionary of `size` doubles by their codes; false where there is no such entry. */
export function codedNumbers(
  codes: usize,
  rows: i32,
  present: usize,
  size: u32,
  dictionary: usize,
  into: usize,
): bool {
  for (let row: usize = 0; row < <usize>rows; row++) {
    let value: f64 = NaN;
    if (present == 0 || load<u32>(present + (row << 2)) != 0) {
      const code = load<u32>(codes);
      codes += 4;
      if (code >= size) return false;
      value = load<f64>(dictionary + (<usize>code << 3));
    }
    store<f64>(into + (row << 3), value);
  }
  return true;
}
