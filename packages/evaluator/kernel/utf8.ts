/* Whether bytes are UTF-8 as Unicode 3.9 defines it: no surrogates, nothing overlong. */
import { MISSING } from './layout';

/** Whether every byte is ASCII. Reads up to 15 bytes beyond the end. */
export function ascii(from: usize, end: usize): bool {
  for (; from + 64 <= end; from += 64) {
    const all = v128.or(
      v128.or(v128.load(from), v128.load(from, 16)),
      v128.or(v128.load(from, 32), v128.load(from, 48)),
    );
    if (i8x16.bitmask(all) != 0) return false;
  }
  for (; from < end; from += 16) {
    const within = end - from >= 16 ? 0xffff : (1 << <i32>(end - from)) - 1;
    if ((i8x16.bitmask(v128.load(from)) & within) != 0) return false;
  }
  return true;
}

/** Whether every text of a column is UTF-8. */
export function utf8Texts(bytes: usize, starts: usize, lengths: usize, rows: i32): bool {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const length = load<i32>(lengths + (row << 2));
    if (length == MISSING) continue;
    const start = bytes + load<u32>(starts + (row << 2));
    if (!utf8(start, start + length)) return false;
  }
  return true;
}

function utf8(at: usize, end: usize): bool {
  while (at < end) {
    const lead = <u32>load<u8>(at);
    if (lead < 0x80) {
      at++;
      continue;
    }
    const more: usize = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
    if (more == 0 || more >= end - at) return false;
    const second = <u32>load<u8>(at, 1);
    const least: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const most: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < least || second > most) return false;
    for (let next: usize = 2; next <= more; next++) {
      if ((load<u8>(at + next) & 0xc0) != 0x80) return false;
    }
    at += more + 1;
  }
  return true;
}
