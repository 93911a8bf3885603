/*
 * JSON lines, as far as they are plain: flat objects that are written as the first one is, the same keys in the same
 * order with the same bytes between values, of texts, numbers and words. Whatever else a line holds is left to the full
 * reader: this loop says "irregular" and guesses nothing.
 */
import { sameBytes } from './checks';
import { MISSING, SINK } from './layout';
import { NUMBER_GIVEN_UP, NUMBER_IRREGULAR, parsed, parseNumber } from './numbers';

const QUOTE: u8 = 34;
const COMMA: u8 = 44;
const CLOSE: u8 = 125;
const SPACE: u8 = 32;
const ZERO: u8 = 48;
const BACKSLASH: u8 = 92;
/** The words null, true and false; of the last one the first four bytes. */
const NULL: u32 = 0x6c6c756e;
const TRUE: u32 = 0x65757274;
const FALS: u32 = 0x736c6166;

/** What a value is read as. */
const SKIP: u32 = 0;
const TEXT: u32 = 1;
/** A field of the plan: where the bytes before it stand, how many, what it is read as, and two addresses. */
const BEFORE: usize = 0;
const BEFORE_LENGTH: usize = 4;
const KIND: usize = 8;
const INTO: usize = 12;
const LENGTHS: usize = 16;
const FIELD_BYTES: usize = 20;
/** More digits than that may be written otherwise by the full reader. */
const MOST_DIGITS: i32 = 15;


/**
 * Reads whole lines, at most `most`, of `length` bytes from `cursor` on. Behind the plan's `fields` is one more, of
 * what ends a line. Numbers that need more care are listed in `slow` as by csvRows. Returns the rows; at SINK: the next
 * cursor, the slow ones, and whether something irregular follows.
 */
export function jsonRows(
  bytes: usize,
  length: i32,
  cursor: i32,
  fields: i32,
  plan: usize,
  most: i32,
  slow: usize,
  mostSlow: i32,
  powers: usize,
): i32 {
  const end = bytes + length;
  let at = bytes + cursor;
  let rows: i32 = 0;
  let slowOnes: i32 = 0;
  let irregular = false;
  while (rows < most && at < end && slowOnes + fields <= mostSlow) {
    let next = at;
    let slowHere = slowOnes;
    let field: usize = plan;
    const last = plan + <usize>fields * FIELD_BYTES;
    for (; field < last; field += FIELD_BYTES) {
      next = after(next, end, field);
      if (next == 0) break;
      const kind = load<u32>(field, KIND);
      if (load<u8>(next) == QUOTE) {
        const from = next + 1;
        next = textEnd(from, end);
        if (next == 0 || kind > TEXT) {
          next = 0;
          break;
        }
        if (kind == TEXT) text(field, rows, from - bytes, <i32>(decodedEnd - from));
        next++;
        continue;
      }
      const from = next;
      next = wordEnd(from, end);
      if (next == 0) break;
      const size = <i32>(next - from);
      const word = load<u32>(from);
      let value: f64 = NaN;
      if (size == 4 && word == NULL) {
        if (kind == TEXT) text(field, rows, 0, MISSING);
      } else if ((size == 4 && word == TRUE) || (size == 5 && word == FALS && load<u8>(from, 4) == 101)) {
        if (kind == TEXT) {
          next = 0;
          break;
        }
        value = size == 4 ? 1 : 0;
      } else {
        const outcome = numberOf(from, next, powers);
        if (outcome == NUMBER_IRREGULAR || (kind == TEXT && !isInteger(from, size))) {
          next = 0;
          break;
        }
        if (kind == TEXT) text(field, rows, from - bytes, size);
        // Of whole numbers there is one zero.
        else if (outcome != NUMBER_GIVEN_UP) value = size == 2 && parsed == 0 ? 0 : parsed;
        else if (kind != SKIP) {
          const entry = slow + ((<usize>slowHere) << 4);
          store<u32>(entry, <u32>((field - plan) / FIELD_BYTES));
          store<u32>(entry, rows, 4);
          store<u32>(entry, <u32>(from - bytes), 8);
          store<u32>(entry, size, 12);
          slowHere++;
        }
      }
      if (kind > TEXT) store<f64>(<usize>load<u32>(field, INTO) + ((<usize>rows) << 3), value);
    }
    if (next != 0) next = after(next, end, last);
    if (next == 0) {
      irregular = true;
      break;
    }
    slowOnes = slowHere;
    rows++;
    at = next;
  }
  store<i32>(SINK, <i32>(at - bytes));
  store<i32>(SINK, slowOnes, 4);
  store<u32>(SINK, irregular ? 1 : 0, 8);
  return rows;
}

/** Where a field's value starts, or 0 where other bytes than the plan's are before it, or nothing is behind. */
@inline
function after(at: usize, end: usize, field: usize): usize {
  const length = <usize>load<u32>(field, BEFORE_LENGTH);
  return length <= end - at && sameBytes(at, load<u32>(field, BEFORE), <i32>length) ? at + length : 0;
}

@inline
function text(field: usize, row: i32, start: usize, length: i32): void {
  store<u32>(<usize>load<u32>(field, INTO) + ((<usize>row) << 2), <u32>start);
  store<i32>(<usize>load<u32>(field, LENGTHS) + ((<usize>row) << 2), length);
}

/** Where the text that was read last ends: what is escaped is written over itself, and takes less. */
let decodedEnd: usize = 0;

/** The quote that ends a text, or 0 where a control character comes first. Reads up to 15 bytes beyond. */
@inline
function textEnd(from: usize, end: usize): usize {
  for (; from < end; from += 16) {
    const block = v128.load(from);
    const ends = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(block, i8x16.splat(34)), i8x16.eq(block, i8x16.splat(92))),
        i8x16.lt_u(block, i8x16.splat(32)),
      ),
    );
    if (ends == 0) continue;
    const at = from + ctz(ends);
    if (at >= end) return 0;
    decodedEnd = at;
    const byte = load<u8>(at);
    return byte == QUOTE ? at : byte == BACKSLASH ? escaped(at, end) : 0;
  }
  return 0;
}

/** The same from the first backslash on; 0 also where an escape is none, or is half of a character. */
function escaped(at: usize, end: usize): usize {
  let to = at;
  while (at < end) {
    const byte = load<u8>(at);
    at++;
    if (byte == QUOTE) {
      decodedEnd = to;
      return at - 1;
    }
    if (byte < SPACE) return 0;
    if (byte != BACKSLASH) {
      store<u8>(to++, byte);
      continue;
    }
    if (at >= end) return 0;
    const kind = load<u8>(at);
    at++;
    if (kind == 117) {
      if (end - at < 4) return 0;
      const code = hexadecimal(at);
      // Nothing, half of a pair, or no number.
      if (code == 0 || (code >= 0xd800 && code <= 0xdfff) || code > 0xffff) return 0;
      at += 4;
      to = encoded(code, to);
    } else {
      const character = characterOf(kind);
      if (character == 0) return 0;
      store<u8>(to++, character);
    }
  }
  return 0;
}

function characterOf(kind: u8): u8 {
  if (kind == QUOTE || kind == BACKSLASH || kind == 47) return kind;
  if (kind == 98) return 8;
  if (kind == 102) return 12;
  if (kind == 110) return 10;
  if (kind == 114) return 13;
  return kind == 116 ? 9 : 0;
}

/** Four digits; more than they can say where one is none. */
function hexadecimal(at: usize): u32 {
  let value: u32 = 0;
  for (let digit: usize = 0; digit < 4; digit++) {
    const byte = <u32>load<u8>(at + digit);
    const letter = (byte | 32) - 97;
    if (byte - 48 > 9 && letter > 5) return u32.MAX_VALUE;
    value = (value << 4) | (byte - 48 <= 9 ? byte - 48 : letter + 10);
  }
  return value;
}

/** Writes a character as UTF-8; where the next one goes. */
function encoded(code: u32, to: usize): usize {
  if (code < 0x80) {
    store<u8>(to, <u8>code);
    return to + 1;
  }
  if (code < 0x800) {
    store<u8>(to, <u8>(0xc0 | (code >> 6)));
    store<u8>(to, <u8>(0x80 | (code & 63)), 1);
    return to + 2;
  }
  store<u8>(to, <u8>(0xe0 | (code >> 12)));
  store<u8>(to, <u8>(0x80 | ((code >> 6) & 63)), 1);
  store<u8>(to, <u8>(0x80 | (code & 63)), 2);
  return to + 3;
}

/** Where a value without quotes ends, or 0. Reads up to 15 bytes beyond. */
@inline
function wordEnd(from: usize, end: usize): usize {
  const start = from;
  for (; from < end; from += 16) {
    const block = v128.load(from);
    const ends = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(block, i8x16.splat(COMMA)), i8x16.eq(block, i8x16.splat(CLOSE))),
        i8x16.le_u(block, i8x16.splat(SPACE)),
      ),
    );
    if (ends == 0) continue;
    const at = from + ctz(ends);
    return at < end && at > start ? at : 0;
  }
  return 0;
}

/** A number as JSON writes it: without a zero in front of other digits. */
@inline
function numberOf(from: usize, to: usize, powers: usize): i32 {
  const first = load<u8>(from) == 45 ? from + 1 : from;
  if (load<u8>(first) == ZERO && to - first > 1 && <u8>(load<u8>(first, 1) - ZERO) < 10) return NUMBER_IRREGULAR;
  return parseNumber(from, to, powers);
}

@inline
function isInteger(from: usize, length: i32): bool {
  if (length > MOST_DIGITS) return false;
  for (let at: usize = 0; at < <usize>length; at++) {
    if (<u8>(load<u8>(from + at) - ZERO) > 9) return false;
  }
  return true;
}
