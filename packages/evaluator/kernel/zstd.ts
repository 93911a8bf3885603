/* Zstandard frames without dictionaries and checksums; source: RFC 8878, section 3. */
import { bitsAt, FSE_SCRATCH, makeTable, readCounts, STATE_SHIFT, streamBits, tableEnd, tableLog } from './zstd-fse';
import { fourStreams, oneStream, readTree, TREE_BYTES, TREE_SCRATCH } from './zstd-huffman';

const MAGIC: u32 = 0xfd2fb528;
const SKIPPED_MAGIC: u32 = 0x184d2a50;
const MOST_BLOCK: usize = 1 << 17;

/* The scratch of a call: a tree, three tables of states with what they are made by, literals. */
const TREE: usize = 0;
const TREE_MAKING: usize = TREE + TREE_BYTES;
const MAKING: usize = TREE_MAKING + TREE_SCRATCH;
const LITERAL_STATES: usize = MAKING + FSE_SCRATCH;
const OFFSET_STATES: usize = LITERAL_STATES + 512 * 8;
const MATCH_STATES: usize = OFFSET_STATES + 512 * 8;
const LITERALS: usize = MATCH_STATES + 512 * 8;
/** Vectors are read and written beyond an end. */
const BEYOND: usize = 64;

/*
 * Values of codes (bases, then extra bits) and the counts of the tables that are known without being told; RFC 8878,
 * section 3.1.1.3.2.
 */
const LITERAL_BASES: usize = memory.data<u32>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512,
  1024, 2048, 4096, 8192, 16384, 32768, 65536,
]);
const LITERAL_EXTRAS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const LITERAL_COUNTS: usize = memory.data<i16>([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
]);
const MATCH_BASES: usize = memory.data<u32>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
  33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
]);
const MATCH_EXTRAS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3,
  3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const MATCH_COUNTS: usize = memory.data<i16>([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
]);
const OFFSET_BASES: usize = memory.data<u32>([
  1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 524288, 1048576,
  2097152, 4194304, 8388608, 16777216, 33554432, 67108864, 134217728, 268435456, 536870912, 1073741824, 2147483648,
]);
const OFFSET_EXTRAS: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
]);
const OFFSET_COUNTS: usize = memory.data<i16>([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
]);

/** Of the frame at hand: whether a tree was read, the accuracy of its tables (0: none yet), the offsets used last. */
let hasTree: bool = false;
let literalLog: u32 = 0;
let offsetLog: u32 = 0;
let matchLog: u32 = 0;
let offset1: u32 = 0;
let offset2: u32 = 0;
let offset3: u32 = 0;

/**
 * Decompresses frames that are together as long as `to` to `toEnd`; false where they are not, or hold what is not
 * done here. `work` is 256 KB of scratch.
 */
export function zstd(from: usize, fromEnd: usize, to: usize, toEnd: usize, work: usize): bool {
  let at = to;
  while (from < fromEnd) {
    if (fromEnd - from < 5) return false;
    const magic = load<u32>(from);
    if ((magic & 0xfffffff0) == SKIPPED_MAGIC) {
      if (fromEnd - from < 8 || <usize>load<u32>(from, 4) > fromEnd - from - 8) return false;
      from += 8 + <usize>load<u32>(from, 4);
      continue;
    }
    if (magic != MAGIC) return false;
    const head = <u32>load<u8>(from, 4);
    // A reserved bit, a checksum, a dictionary.
    if ((head & 0b1111) != 0) return false;
    const single = (head & 32) != 0;
    const size = head >> 6;
    const sizeBytes: usize = size == 0 ? (single ? 1 : 0) : <usize>1 << size;
    from += 5 + (single ? 0 : 1) + sizeBytes;
    if (from >= fromEnd) return false;
    const frame = at;
    hasTree = false;
    literalLog = offsetLog = matchLog = 0;
    offset1 = 1;
    offset2 = 4;
    offset3 = 8;
    for (let last = false; !last; ) {
      if (fromEnd - from < 3) return false;
      const block = <u32>load<u16>(from) | (<u32>load<u8>(from, 2) << 16);
      from += 3;
      last = (block & 1) != 0;
      const kind = (block >> 1) & 3;
      const length = <usize>(block >> 3);
      const bytes: usize = kind == 1 ? 1 : length;
      if (kind == 3 || bytes > fromEnd - from || length > MOST_BLOCK) return false;
      if (kind == 2) {
        at = compressedBlock(from, from + length, frame, at, toEnd, work);
        if (at == 0) return false;
      } else {
        if (length > toEnd - at) return false;
        if (kind == 0) memory.copy(at, from, length);
        else memory.fill(at, load<u8>(from), length);
        at += length;
      }
      from += bytes;
    }
  }
  return at == toEnd;
}

/** Where the block's content ends, or 0. */
function compressedBlock(from: usize, end: usize, frame: usize, at: usize, toEnd: usize, work: usize): usize {
  if (from >= end) return 0;
  const head = <u32>load<u8>(from);
  const kind = head & 3;
  const format = (head >> 2) & 3;
  let literals = work + LITERALS;
  let count: usize = 0;
  if (kind < 2) {
    const headBytes: usize = (format & 1) == 0 ? 1 : format == 1 ? 2 : 3;
    if (headBytes + kind > end - from) return 0;
    const word = load<u32>(from);
    count = <usize>(headBytes == 1 ? head >> 3 : headBytes == 2 ? (word & 0xffff) >> 4 : (word & 0xffffff) >> 4);
    from += headBytes;
    if (count > MOST_BLOCK) return 0;
    if (kind == 1) {
      memory.fill(literals, load<u8>(from), count);
      from++;
    } else {
      if (count > end - from) return 0;
      literals = from;
      from += count;
    }
  } else {
    const bits: u64 = format < 2 ? 10 : format == 2 ? 14 : 18;
    const headBytes: usize = format < 2 ? 3 : format == 2 ? 4 : 5;
    if (headBytes > end - from) return 0;
    const word = load<u64>(from);
    const mask: u64 = (<u64>1 << bits) - 1;
    count = <usize>((word >> 4) & mask);
    const packed = <usize>((word >> (4 + bits)) & mask);
    from += headBytes;
    if (packed > end - from || count > MOST_BLOCK) return 0;
    let codes = from;
    from += packed;
    const tree = work + TREE;
    if (kind == 2) {
      codes = readTree(codes, from, tree, work + TREE_MAKING);
      if (codes == 0) return 0;
      hasTree = true;
    } else if (!hasTree) return 0;
    const read =
      format == 0
        ? oneStream(codes, from, literals, literals + count, tree)
        : fourStreams(codes, from, literals, literals + count, tree);
    if (!read) return 0;
  }
  return sequences(from, end, frame, at, toEnd, literals, literals + count, work);
}

/** What a table of states is read as: the accuracy of the new table, or 0. `tableEnd` is where what follows starts. */
function states(
  mode: u32,
  from: usize,
  end: usize,
  table: usize,
  before: u32,
  mostLog: u32,
  mostSymbols: i32,
  bases: usize,
  extras: usize,
  counts: usize,
  countsLog: u32,
  work: usize,
): u32 {
  const making = work + MAKING;
  if (mode == 0) {
    const known = mostSymbols == 32 ? 29 : mostSymbols;
    memory.copy(making, counts, <usize>known << 1);
    statesEnd = from;
    return makeTable(table, countsLog, known, making, bases, extras) ? countsLog : 0;
  }
  if (mode == 1) {
    if (from >= end || <i32>load<u8>(from) >= mostSymbols) return 0;
    const symbol = <usize>load<u8>(from);
    statesEnd = from + 1;
    // One state, which needs no bits and stays.
    store<u32>(table, <u32>load<u8>(extras + symbol) << 24);
    store<u32>(table, load<u32>(bases + (symbol << 2)), 4);
    return ONE_STATE;
  }
  if (mode == 3) {
    statesEnd = from;
    return before;
  }
  const symbols = readCounts(from, end, mostLog, mostSymbols, making);
  if (symbols < 0) return 0;
  const log = tableLog;
  statesEnd = tableEnd;
  return makeTable(table, log, symbols, making, bases, extras) ? log : 0;
}

let statesEnd: usize = 0;
/** The accuracy of a table of one state is none. */
const ONE_STATE: u32 = 64;

@inline
function logBits(log: u32): u32 {
  return log & 63;
}

function sequences(
  from: usize,
  end: usize,
  frame: usize,
  at: usize,
  toEnd: usize,
  literals: usize,
  literalsEnd: usize,
  work: usize,
): usize {
  if (from >= end) return 0;
  let count = <u32>load<u8>(from);
  from++;
  if (count >= 128) {
    const more: usize = count == 255 ? 2 : 1;
    if (more > end - from) return 0;
    count = count == 255 ? <u32>load<u16>(from) + 0x7f00 : ((count - 128) << 8) + <u32>load<u8>(from);
    from += more;
  }
  if (count == 0) {
    if (from != end) return 0;
    return lastLiterals(at, toEnd, literals, literalsEnd);
  }
  if (from >= end) return 0;
  const modes = <u32>load<u8>(from);
  if ((modes & 3) != 0) return 0;
  statesEnd = from + 1;
  const literalTable = work + LITERAL_STATES;
  const offsetTable = work + OFFSET_STATES;
  const matchTable = work + MATCH_STATES;
  literalLog = states(
    modes >> 6,
    statesEnd,
    end,
    literalTable,
    literalLog,
    9,
    36,
    LITERAL_BASES,
    LITERAL_EXTRAS,
    LITERAL_COUNTS,
    6,
    work,
  );
  if (literalLog == 0) return 0;
  offsetLog = states(
    (modes >> 4) & 3,
    statesEnd,
    end,
    offsetTable,
    offsetLog,
    8,
    32,
    OFFSET_BASES,
    OFFSET_EXTRAS,
    OFFSET_COUNTS,
    5,
    work,
  );
  if (offsetLog == 0) return 0;
  matchLog = states(
    (modes >> 2) & 3,
    statesEnd,
    end,
    matchTable,
    matchLog,
    9,
    53,
    MATCH_BASES,
    MATCH_EXTRAS,
    MATCH_COUNTS,
    6,
    work,
  );
  if (matchLog == 0) return 0;

  const stream = statesEnd;
  let bit = streamBits(stream, end);
  bit -= <i32>(logBits(literalLog) + logBits(offsetLog) + logBits(matchLog));
  if (bit < 0) return 0;
  const initial = bit + <i32>(logBits(offsetLog) + logBits(matchLog));
  let literalState = literalTable + (<usize>bitsAt(stream, initial, logBits(literalLog)) << STATE_SHIFT);
  let offsetState =
    offsetTable + (<usize>bitsAt(stream, bit + <i32>logBits(matchLog), logBits(offsetLog)) << STATE_SHIFT);
  let matchState = matchTable + (<usize>bitsAt(stream, bit, logBits(matchLog)) << STATE_SHIFT);
  const safeEnd = toEnd - frame > BEYOND ? toEnd - BEYOND : frame;
  let first = offset1;
  let second = offset2;
  let third = offset3;
  for (; count > 0; count--) {
    const offsetEntry = load<u64>(offsetState);
    const matchEntry = load<u64>(matchState);
    const literalEntry = load<u64>(literalState);
    const offsetExtra = <u32>(offsetEntry >> 24) & 255;
    const matchExtra = <u32>(matchEntry >> 24) & 255;
    const literalExtra = <u32>(literalEntry >> 24) & 255;
    // The last sequence has no next states.
    const more: u32 = count > 1 ? 255 : 0;
    const offsetBits = <u32>(offsetEntry >> 16) & more;
    const matchBits = <u32>(matchEntry >> 16) & more;
    const literalBits = <u32>(literalEntry >> 16) & more;
    const stateBits = offsetBits + matchBits + literalBits;
    const extraBits = matchExtra + literalExtra;
    const total = offsetExtra + extraBits + stateBits;
    // What is read next is at the top of a word, and known before it is known how many bits of it are.
    const spare = -bit & 7;
    const word = load<u64>(stream + <usize>((bit + spare) >> 3) - 8) << <u64>spare;
    bit -= <i32>total;
    if (bit < 0) return 0;
    let literalLength = <usize>(literalEntry >> 32);
    let matchLength = <usize>(matchEntry >> 32);
    let code = <u32>(offsetEntry >> 32);
    let literalNext = <u32>literalEntry & 0xffff;
    let matchNext = <u32>matchEntry & 0xffff;
    let offsetNext = <u32>offsetEntry & 0xffff;
    if (extraBits == 0 && total <= 57) {
      code += topBits(word, offsetExtra, offsetExtra);
      literalNext += topBits(word, offsetExtra + literalBits, literalBits);
      matchNext += topBits(word, offsetExtra + literalBits + matchBits, matchBits);
      offsetNext += topBits(word, total, offsetBits);
    } else {
      const extras = bit + <i32>stateBits;
      code += bitsAt(stream, extras + <i32>extraBits, offsetExtra);
      matchLength += bitsAt(stream, extras + <i32>literalExtra, matchExtra);
      literalLength += bitsAt(stream, extras, literalExtra);
      literalNext += bitsAt(stream, bit + <i32>(offsetBits + matchBits), literalBits);
      matchNext += bitsAt(stream, bit + <i32>offsetBits, matchBits);
      offsetNext += bitsAt(stream, bit, offsetBits);
    }
    literalState = literalTable + (<usize>literalNext << STATE_SHIFT);
    matchState = matchTable + (<usize>matchNext << STATE_SHIFT);
    offsetState = offsetTable + (<usize>offsetNext << STATE_SHIFT);
    let offset = code - 3;
    if (code > 3) {
      third = second;
      second = first;
      first = offset;
    } else {
      const which = literalLength == 0 ? code + 1 : code;
      if (which == 1) offset = first;
      else {
        offset = which == 2 ? second : which == 3 ? third : first - 1;
        if (which != 2) third = second;
        second = first;
        first = offset;
      }
    }
    if (literalLength > literalsEnd - literals) return 0;
    // Nearly always both are short, and one vector each, of which the rest is written over, does.
    if ((literalLength | matchLength) < 16 && at < safeEnd && offset >= 16) {
      v128.store(at, v128.load(literals));
      at += literalLength;
      literals += literalLength;
      if (<usize>offset > at - frame) return 0;
      v128.store(at, v128.load(at - offset));
      at += matchLength;
      continue;
    }
    if (literalLength + matchLength > toEnd - at) return 0;
    copyLiterals(at, literals, literalLength, toEnd);
    at += literalLength;
    literals += literalLength;
    if (offset == 0 || <usize>offset > at - frame) return 0;
    copyMatch(at, <usize>offset, matchLength, toEnd);
    at += matchLength;
  }
  offset1 = first;
  offset2 = second;
  offset3 = third;
  return bit == 0 ? lastLiterals(at, toEnd, literals, literalsEnd) : 0;
}

/** The last `count` of the first `until` bits of a word. */
@inline
function topBits(word: u64, until: u32, count: u32): u32 {
  return <u32>rotl<u64>(word, until) & ((<u32>1 << count) - 1);
}

function lastLiterals(at: usize, toEnd: usize, literals: usize, literalsEnd: usize): usize {
  const length = literalsEnd - literals;
  if (length > toEnd - at) return 0;
  memory.copy(at, literals, length);
  return at + length;
}

@inline
function copyLiterals(at: usize, from: usize, length: usize, end: usize): void {
  if (length <= 64 && end - at >= BEYOND) {
    v128.store(at, v128.load(from));
    if (length <= 16) return;
    v128.store(at, v128.load(from, 16), 16);
    if (length <= 32) return;
    v128.store(at, v128.load(from, 32), 32);
    v128.store(at, v128.load(from, 48), 48);
  } else memory.copy(at, from, length);
}

@inline
function copyMatch(at: usize, offset: usize, length: usize, end: usize): void {
  if (offset >= 16 && length <= 64 && end - at >= 64 + 16) {
    for (let done: usize = 0; done < length; done += 16) v128.store(at + done, v128.load(at - offset + done));
  } else if (offset >= length) memory.copy(at, at - offset, length);
  else for (let done: usize = 0; done < length; done++) store<u8>(at + done, load<u8>(at - offset + done));
}
