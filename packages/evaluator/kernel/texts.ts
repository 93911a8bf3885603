/* Texts as DuckDB and Arrow hold them, as starts and lengths in bytes. */
import { MISSING, SINK } from './layout';

const INLINE: u32 = 12;
const STRING_BYTES: u32 = 16;
/** Texts that lie this close are fetched together: less than a page, so what is between is mapped. */
const CLOSE: u64 = 4000;

/**
 * Where the texts of duckdb_string_t records will stand once their pieces are fetched behind the records; `pieces`
 * becomes pairs of a row, whose pointer is where a piece starts, and a length. `valid` is a bit mask or 0. Returns
 * the number of pieces, -1 where there would be more than `most`; their bytes are at SINK.
 */
export function stringPieces(
  records: usize,
  rows: i32,
  valid: usize,
  pieces: usize,
  most: i32,
  starts: usize,
  lengths: usize,
): i32 {
  let top: u32 = <u32>rows * STRING_BYTES;
  let from: u64 = 0;
  let end: u64 = 0;
  let count: i32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    if (valid != 0 && ((load<u8>(valid + (row >> 3)) >> <u8>(row & 7)) & 1) == 0) {
      store<u32>(starts + (row << 2), 0);
      store<i32>(lengths + (row << 2), MISSING);
      continue;
    }
    const record = records + (row << 4);
    const length = load<u32>(record);
    store<u32>(lengths + (row << 2), length);
    if (length <= INLINE) {
      store<u32>(starts + (row << 2), ((<u32>row) << 4) + 4);
      continue;
    }
    const pointer = load<u64>(record, 8);
    if (count == 0 || pointer < end || pointer - end > CLOSE) {
      if (count == most) return -1;
      if (count > 0) {
        top += <u32>(end - from);
        store<u32>(pieces + ((<usize>(count - 1)) << 3), <u32>(end - from), 4);
      }
      store<u32>(pieces + ((<usize>count) << 3), <u32>row);
      count++;
      from = pointer;
    }
    store<u32>(starts + (row << 2), top + <u32>(pointer - from));
    end = pointer + length;
  }
  if (count > 0) {
    store<u32>(pieces + ((<usize>(count - 1)) << 3), <u32>(end - from), 4);
    top += <u32>(end - from);
  }
  store<u32>(SINK, top - <u32>rows * STRING_BYTES);
  return count;
}

/** Starts, from the first text's on, and lengths of Arrow's offsets; false where they do not go up. */
export function spans(offsets: usize, rows: i32, starts: usize, lengths: usize): bool {
  const first = load<u32>(offsets);
  let end = first;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const start = end;
    end = load<u32>(offsets + (row << 2), 4);
    if (end < start) return false;
    store<u32>(starts + (row << 2), start - first);
    store<u32>(lengths + (row << 2), end - start);
  }
  return true;
}
