/* Finite state entropy: tables of states, and the bits they are read by; source: RFC 8878, section 4.1. */

/** A state: the base of the next one (2), bits of it to be read (1), extra bits of the value (1), the value's base (4). */
export const STATE_SHIFT: usize = 3;

const MOST_SYMBOLS: usize = 256;
/** Within the scratch of a table's making: counts (2 each), the next state of each symbol (2), symbols by state (1). */
const NEXT: usize = MOST_SYMBOLS * 2;
const SPREAD: usize = NEXT + MOST_SYMBOLS * 2;
export const FSE_SCRATCH: usize = SPREAD + 512;

/** Accuracy of the table that was read last, in bits; and where what follows it starts. */
export let tableLog: u32 = 0;
export let tableEnd: usize = 0;

/** `count` bits, 56 at most, that end `bit` bits after `from`. */
@inline
export function bitsAt(from: usize, bit: i32, count: u32): u32 {
  return <u32>((load<u64>(from + <usize>(bit >> 3)) >> <u64>(bit & 7)) & ((<u64>1 << count) - 1));
}

/** Bits of a stream that is read from its end: up to the highest one of the last byte; -1 where that has none. */
export function streamBits(from: usize, end: usize): i32 {
  if (end <= from) return -1;
  const last = <u32>load<u8>(end - 1);
  return last == 0 ? -1 : <i32>((end - from) << 3) - 8 + (31 - <i32>clz(last));
}

/** Reads how probable symbols are, to `scratch`; how many symbols, or -1. */
export function readCounts(from: usize, end: usize, mostLog: u32, mostSymbols: i32, scratch: usize): i32 {
  if (from >= end) return -1;
  const log = (<u32>load<u8>(from) & 15) + 5;
  if (log > mostLog) return -1;
  const bits = <i32>min<usize>((end - from) << 3, 1 << 24);
  let bit: i32 = 4;
  let left: i32 = 1 << log;
  let symbol: i32 = 0;
  while (left > 0) {
    if (symbol >= mostSymbols) return -1;
    const wide = 32 - clz<i32>(left + 1);
    const lower = (1 << (wide - 1)) - 1;
    const threshold = (1 << wide) - 1 - (left + 1);
    let value = <i32>bitsAt(from, bit, wide);
    bit += wide;
    if ((value & lower) < threshold) {
      value &= lower;
      bit--;
    } else if (value > lower) value -= threshold;
    const share = value - 1;
    left -= share < 0 ? 1 : share;
    store<i16>(scratch + (<usize>symbol << 1), <i16>share);
    symbol++;
    if (share != 0) continue;
    for (;;) {
      if (bit > bits) return -1;
      const more = <i32>bitsAt(from, bit, 2);
      bit += 2;
      if (symbol + more > mostSymbols) return -1;
      for (let zero: i32 = 0; zero < more; zero++) {
        store<i16>(scratch + (<usize>symbol << 1), 0);
        symbol++;
      }
      if (more < 3) break;
    }
  }
  if (left != 0 || bit > bits) return -1;
  tableLog = log;
  tableEnd = from + <usize>((bit + 7) >> 3);
  return symbol;
}

/**
 * Makes the table of 2^`log` states from the counts of `scratch`. A value's base is found in `bases` by its symbol (4
 * bytes each) and its extra bits in `extras`; without, the base is the symbol. False where the counts do not add up.
 */
export function makeTable(
  table: usize,
  log: u32,
  symbols: i32,
  scratch: usize,
  bases: usize,
  extras: usize,
): bool {
  const size: u32 = 1 << log;
  const mask = size - 1;
  let high = size;
  for (let symbol: usize = 0; symbol < <usize>symbols; symbol++) {
    const count = <i32>load<i16>(scratch + (symbol << 1));
    store<u16>(scratch + NEXT + (symbol << 1), count < 0 ? 1 : <u16>count);
    if (count >= 0) continue;
    if (high == 0) return false;
    high--;
    store<u8>(scratch + SPREAD + high, <u8>symbol);
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at: u32 = 0;
  for (let symbol: usize = 0; symbol < <usize>symbols; symbol++) {
    const count = <i32>load<i16>(scratch + (symbol << 1));
    for (let more = count; more > 0; more--) {
      store<u8>(scratch + SPREAD + at, <u8>symbol);
      do at = (at + step) & mask;
      while (at >= high);
    }
  }
  if (at != 0) return false;
  for (let state: usize = 0; state < <usize>size; state++) {
    const symbol = <usize>load<u8>(scratch + SPREAD + state);
    const next = <u32>load<u16>(scratch + NEXT + (symbol << 1));
    store<u16>(scratch + NEXT + (symbol << 1), <u16>(next + 1));
    const bits = log - (31 - clz<u32>(next));
    const entry = table + (state << STATE_SHIFT);
    store<u16>(entry, <u16>((next << bits) - size));
    store<u8>(entry, <u8>bits, 2);
    store<u8>(entry, extras == 0 ? 0 : load<u8>(extras + symbol), 3);
    store<u32>(entry, bases == 0 ? <u32>symbol : load<u32>(bases + (symbol << 2)), 4);
  }
  return true;
}
