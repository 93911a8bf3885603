/* Huffman-coded literals; source: RFC 8878, section 4.2. */
import { bitsAt, FSE_SCRATCH, makeTable, readCounts, STATE_SHIFT, streamBits, tableEnd, tableLog } from './zstd-fse';

const MOST_BITS: u32 = 11;
const MOST_WEIGHTS: i32 = 255;
const WEIGHT_LOG: u32 = 6;

/** Within a tree: bits of its longest code; one symbol by the next bits (symbol, bits); one or two by
 * the next 11 bits (bits, count, 2 symbols). */
const SINGLE: usize = 16;
const DOUBLE: usize = SINGLE + 2048 * 2;
export const TREE_BYTES: usize = DOUBLE + 2048 * 4;
/** Within the scratch of a tree's making: weights, then a table of states and what that is made by. */
const STATES: usize = 256;
const COUNTS: usize = STATES + 64 * 8;
export const TREE_SCRATCH: usize = COUNTS + FSE_SCRATCH;

/** Reads the description of a tree; where what follows it starts, or 0. */
export function readTree(from: usize, end: usize, tree: usize, scratch: usize): usize {
  if (from >= end) return 0;
  const head = <i32>load<u8>(from);
  from++;
  if (head < 128) {
    if (<usize>head > end - from) return 0;
    const weights = packedWeights(from, from + head, scratch);
    return weights > 0 && makeTree(weights, tree, scratch) ? from + head : 0;
  }
  const weights = head - 127;
  const bytes = <usize>((weights + 1) >> 1);
  if (bytes > end - from) return 0;
  for (let symbol: i32 = 0; symbol < weights; symbol++) {
    const pair = <u32>load<u8>(from + (symbol >> 1));
    store<u8>(scratch + symbol, <u8>((symbol & 1) == 0 ? pair >> 4 : pair & 15));
  }
  return makeTree(weights, tree, scratch) ? from + bytes : 0;
}

/** Weights by two states in turn; how many, or 0. */
function packedWeights(from: usize, end: usize, scratch: usize): i32 {
  const symbols = readCounts(from, end, WEIGHT_LOG, MOST_WEIGHTS, scratch + COUNTS);
  if (symbols < 0) return 0;
  const log = tableLog;
  const table = scratch + STATES;
  const start = tableEnd;
  if (!makeTable(table, log, symbols, scratch + COUNTS, 0, 0)) return 0;
  let bit = streamBits(start, end) - 2 * <i32>log;
  if (bit < 0) return 0;
  let one = bitsAt(start, bit + <i32>log, log);
  let other = bitsAt(start, bit, log);
  let weights: i32 = 0;
  for (;;) {
    if (weights >= MOST_WEIGHTS - 1) return 0;
    const entry = table + (<usize>one << STATE_SHIFT);
    store<u8>(scratch + weights, load<u8>(entry, 4));
    weights++;
    const bits = <u32>load<u8>(entry, 2);
    bit -= <i32>bits;
    if (bit < 0) break;
    one = other;
    other = <u32>load<u16>(entry) + bitsAt(start, bit, bits);
  }
  store<u8>(scratch + weights, load<u8>(table + (<usize>other << STATE_SHIFT), 4));
  return weights + 1;
}

/** The tables of a tree of weights and a last one, which the others leave no choice of. */
function makeTree(weights: i32, tree: usize, scratch: usize): bool {
  let sum: u32 = 0;
  for (let symbol: i32 = 0; symbol < weights; symbol++) {
    const weight = <u32>load<u8>(scratch + symbol);
    if (weight > MOST_BITS) return false;
    if (weight > 0) sum += 1 << (weight - 1);
  }
  if (sum == 0) return false;
  const log: u32 = 32 - clz<u32>(sum);
  const rest: u32 = (<u32>1 << log) - sum;
  if (log > MOST_BITS || (rest & (rest - 1)) != 0) return false;
  store<u8>(scratch + weights, <u8>(32 - clz<u32>(rest)));
  store<u32>(tree, log);

  const single = tree + SINGLE;
  let to = single;
  for (let weight: u32 = 1; weight <= log; weight++) {
    const length = <usize>1 << (weight - 1);
    for (let symbol: i32 = 0; symbol <= weights; symbol++) {
      if (<u32>load<u8>(scratch + symbol) != weight) continue;
      const entry = <u16>(symbol | ((log + 1 - weight) << 8));
      for (const end = to + (length << 1); to < end; to += 2) store<u16>(to, entry);
    }
  }
  const size = <u32>1 << log;
  const double = tree + DOUBLE;
  const times = <u32>1 << (MOST_BITS - log);
  for (let index: u32 = 0; index < size; index++) {
    const first = <u32>load<u16>(single + (<usize>index << 1));
    const bits = first >> 8;
    const second = <u32>load<u16>(single + (<usize>((index << bits) & (size - 1)) << 1));
    const both = bits + (second >> 8);
    const entry: u32 =
      both <= log
        ? both | (2 << 8) | ((first & 255) << 16) | ((second & 255) << 24)
        : bits | (1 << 8) | ((first & 255) << 16);
    for (let more: u32 = 0; more < times; more++) store<u32>(double + (<usize>(index * times + more) << 2), entry);
  }
  return true;
}

/** One stream of codes, all of it, to `to` until `toEnd`. */
export function oneStream(from: usize, end: usize, to: usize, toEnd: usize, tree: usize): bool {
  const bits = streamBits(from, end);
  return bits >= 0 && symbolsOf(from, bits, to, toEnd, tree);
}

/** Symbols one by one, until no bit is left. */
function symbolsOf(from: usize, bits: i32, to: usize, toEnd: usize, tree: usize): bool {
  const log = load<u32>(tree);
  const single = tree + SINGLE;
  for (; to < toEnd; to++) {
    const more = bits - <i32>log;
    const index = more >= 0 ? bitsAt(from, more, log) : bitsAt(from, 0, bits) << <u32>-more;
    const entry = <u32>load<u16>(single + (<usize>index << 1));
    store<u8>(to, <u8>entry);
    bits -= <i32>(entry >> 8);
    if (bits < 0) return false;
  }
  return bits == 0;
}

/** Four streams side by side, whose lengths stand in front; each is a quarter of what is to be written. */
export function fourStreams(from: usize, end: usize, to: usize, toEnd: usize, tree: usize): bool {
  if (end - from < 10 || toEnd - to < 6) return false;
  const a = from + 6;
  const b = a + load<u16>(from);
  const c = b + load<u16>(from, 2);
  const d = c + load<u16>(from, 4);
  if (d >= end) return false;
  const quarter = (toEnd - to + 3) >> 2;
  const toB = to + quarter;
  const toC = toB + quarter;
  const toD = toC + quarter;
  if (toD >= toEnd) return false;
  let bitsA = streamBits(a, b);
  let bitsB = streamBits(b, c);
  let bitsC = streamBits(c, d);
  let bitsD = streamBits(d, end);
  if (bitsA < 0 || bitsB < 0 || bitsC < 0 || bitsD < 0) return false;
  let outA = to;
  let outB = toB;
  let outC = toC;
  let outD = toD;
  const double = tree + DOUBLE;
  // Five codes of 11 bits and the 7 that a byte may hold of the one before are less than a word.
  while (
    min(min(bitsA, bitsB), min(bitsC, bitsD)) >= 64 &&
    outA + 10 <= toB &&
    outB + 10 <= toC &&
    outC + 10 <= toD &&
    outD + 10 <= toEnd
  ) {
    const sparesA = spares(bitsA);
    const sparesB = spares(bitsB);
    const sparesC = spares(bitsC);
    const sparesD = spares(bitsD);
    let wordA = wordBefore(a, bitsA, sparesA);
    let wordB = wordBefore(b, bitsB, sparesB);
    let wordC = wordBefore(c, bitsC, sparesC);
    let wordD = wordBefore(d, bitsD, sparesD);
    for (let code = 0; code < 5; code++) {
      const entryA = load<u32>(double + <usize>((wordA >> 53) << 2));
      const entryB = load<u32>(double + <usize>((wordB >> 53) << 2));
      const entryC = load<u32>(double + <usize>((wordC >> 53) << 2));
      const entryD = load<u32>(double + <usize>((wordD >> 53) << 2));
      store<u16>(outA, <u16>(entryA >> 16));
      store<u16>(outB, <u16>(entryB >> 16));
      store<u16>(outC, <u16>(entryC >> 16));
      store<u16>(outD, <u16>(entryD >> 16));
      wordA <<= entryA;
      wordB <<= entryB;
      wordC <<= entryC;
      wordD <<= entryD;
      outA += (entryA >> 8) & 255;
      outB += (entryB >> 8) & 255;
      outC += (entryC >> 8) & 255;
      outD += (entryD >> 8) & 255;
    }
    bitsA -= used(wordA, sparesA);
    bitsB -= used(wordB, sparesB);
    bitsC -= used(wordC, sparesC);
    bitsD -= used(wordD, sparesD);
  }
  return (
    symbolsOf(a, bitsA, outA, toB, tree) &&
    symbolsOf(b, bitsB, outB, toC, tree) &&
    symbolsOf(c, bitsC, outC, toD, tree) &&
    symbolsOf(d, bitsD, outD, toEnd, tree)
  );
}

/** Bits of the byte that the stream is read up to that were read before. */
@inline
function spares(bits: i32): i32 {
  return -bits & 7;
}

/** The last 57 bits at least before `bits`, at the top of a word, and below them a 1 to tell by how many were read. */
@inline
function wordBefore(from: usize, bits: i32, spare: i32): u64 {
  return (load<u64>(from + <usize>((bits + spare) >> 3) - 8) | 1) << <u64>spare;
}

@inline
function used(word: u64, spare: i32): i32 {
  return <i32>ctz(word) - spare;
}
