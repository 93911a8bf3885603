/* Whole columns at once: what check-batch.ts and positional-scores.ts say in plain TypeScript. */

const LARGEST: f64 = 1e100;
const BINARY: i32 = 1;
const SHARE: i32 = 2;

/** The first row from `from` on whose number is not of its type (0 number, 1 binary, 2 share), or -1. */
export function misfitNumber(values: usize, from: i32, rows: i32, type: i32, optional: bool): i32 {
  for (let row = from; row < rows; row++) {
    const value = load<f64>(values + ((<usize>row) << 3));
    const fits =
      type == BINARY
        ? value == 0 || value == 1
        : type == SHARE
          ? value >= 0 && value <= 1
          : Math.abs(value) <= LARGEST;
    if (!fits && !(optional && value != value)) return row;
  }
  return -1;
}

/** The first row from `from` on whose text has fewer than `least` or more than `most` bytes, or -1. */
export function misfitText(lengths: usize, from: i32, rows: i32, least: i32, most: i32): i32 {
  for (let row = from; row < rows; row++) {
    const length = load<i32>(lengths + ((<usize>row) << 2));
    if (length < least || length > most) return row;
  }
  return -1;
}

/** Whether two columns hold the same texts, row by row. */
export function sameTexts(
  bytesA: usize,
  startsA: usize,
  lengthsA: usize,
  bytesB: usize,
  startsB: usize,
  lengthsB: usize,
  rows: i32,
): bool {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const length = load<i32>(lengthsA + (row << 2));
    if (length != load<i32>(lengthsB + (row << 2))) return false;
    const a = bytesA + load<u32>(startsA + (row << 2));
    const b = bytesB + load<u32>(startsB + (row << 2));
    if (!sameBytes(a, b, length)) return false;
  }
  return true;
}

export function sameBytes(a: usize, b: usize, length: i32): bool {
  let at: i32 = 0;
  for (; at + 16 <= length; at += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(a + at), v128.load(b + at)))) return false;
  }
  for (; at + 4 <= length; at += 4) {
    if (load<u32>(a + at) != load<u32>(b + at)) return false;
  }
  for (; at < length; at++) {
    if (load<u8>(a + at) != load<u8>(b + at)) return false;
  }
  return true;
}
