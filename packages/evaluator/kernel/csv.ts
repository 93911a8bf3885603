/*
 * CSV, as far as it is plain: fields between commas, rows between line feeds, quotes around whole fields, decimal
 * numbers. Whatever else a file holds is left to the full reader: these loops say "irregular" and guess nothing.
 */
import { MISSING, SINK } from './layout';
import { NUMBER_GIVEN_UP, NUMBER_IRREGULAR, parsed, parseNumber } from './numbers';

const COMMA: u8 = 44;
const LINE_FEED: u8 = 10;
const RETURN: u8 = 13;
const QUOTE: u8 = 34;

/** What a column is read as; a column of the plan is this, and two addresses. */
const SKIP: u32 = 0;
const TEXT: u32 = 1;
const PLAN_SHIFT: usize = 4;

/**
 * The places of commas and line feeds outside quotes in `length` bytes, which must end with a line feed. Returns
 * how many there are, or -1 where a carriage return stands alone; at SINK whether there are quotes, and whether
 * there are bytes beyond ASCII. Reads up to 15 bytes beyond the end.
 */
export function csvPlaces(bytes: usize, length: i32, places: usize): i32 {
  let to = places;
  let inQuotes = false;
  let quotes = false;
  let wide: i32 = 0;
  for (let block: i32 = 0; block < length; block += 16) {
    const text = v128.load(bytes + block);
    let within: i32 = 0xffff;
    if (block + 16 > length) within = (1 << (length - block)) - 1;
    wide |= i8x16.bitmask(text) & within;
    const quoted = i8x16.bitmask(i8x16.eq(text, i8x16.splat(QUOTE))) & within;
    let returns = i8x16.bitmask(i8x16.eq(text, i8x16.splat(RETURN))) & within;
    let ends =
      i8x16.bitmask(v128.or(i8x16.eq(text, i8x16.splat(COMMA)), i8x16.eq(text, i8x16.splat(LINE_FEED)))) &
      within;
    if (quoted != 0 || inQuotes) {
      quotes = true;
      let outside: i32 = 0;
      for (let bit: i32 = 0; bit < 16; bit++) {
        if (((quoted >> bit) & 1) != 0) inQuotes = !inQuotes;
        if (!inQuotes) outside |= 1 << bit;
      }
      ends &= outside;
      returns &= outside;
    }
    while (returns != 0) {
      if (load<u8>(bytes + block + ctz(returns), 1) != LINE_FEED) return -1;
      returns &= returns - 1;
    }
    while (ends != 0) {
      store<u32>(to, block + ctz(ends));
      to += 4;
      ends &= ends - 1;
    }
  }
  store<u32>(SINK, quotes ? 1 : 0);
  store<u32>(SINK, wide != 0 ? 1 : 0, 4);
  return <i32>((to - places) >> 2);
}

/**
 * Reads whole rows of `columns` fields, at most `most`, from place `cursor` on, whose row starts at `start`. Numbers
 * that need more care are listed in `slow` (column, row, place, length: 16 bytes each) and read as NaN until then.
 * Returns the rows; at SINK: the next cursor and start, the slow ones, and whether something irregular follows.
 */
export function csvRows(
  bytes: usize,
  places: usize,
  count: i32,
  cursor: i32,
  start: i32,
  columns: i32,
  plan: usize,
  most: i32,
  quotes: bool,
  slow: usize,
  mostSlow: i32,
  powers: usize,
): i32 {
  let rows: i32 = 0;
  let slowOnes: i32 = 0;
  let irregular = false;
  let at = cursor;
  let from = start;
  while (rows < most && at + columns <= count && slowOnes + columns <= mostSlow) {
    let field: i32 = 0;
    let begin = from;
    let place = at;
    for (; field < columns; field++, place++) {
      const stop = load<i32>(places + ((<usize>place) << 2));
      const last = field + 1 == columns;
      if (load<u8>(bytes + stop) != (last ? LINE_FEED : COMMA)) {
        irregular = true;
        break;
      }
      let a = begin;
      let b = stop;
      begin = stop + 1;
      if (last && b > a && load<u8>(bytes + b - 1) == RETURN) b--;
      if (quotes && b > a) {
        const quoted = load<u8>(bytes + a) == QUOTE;
        if (quoted) {
          if (b - a < 2 || load<u8>(bytes + b - 1) != QUOTE) {
            irregular = true;
            break;
          }
          a++;
          b--;
        }
        const kept = unquoted(bytes + a, b - a, quoted);
        if (kept < 0) {
          irregular = true;
          break;
        }
        b = a + kept;
      }
      const column = plan + ((<usize>field) << PLAN_SHIFT);
      const kind = load<u32>(column);
      if (kind == SKIP) continue;
      if (kind == TEXT) {
        store<u32>(<usize>load<u32>(column, 4) + ((<usize>rows) << 2), <u32>a);
        store<i32>(<usize>load<u32>(column, 8) + ((<usize>rows) << 2), a == b ? MISSING : b - a);
        continue;
      }
      let value: f64 = NaN;
      if (a != b) {
        const outcome = parseNumber(bytes + a, bytes + b, powers);
        if (outcome == NUMBER_IRREGULAR) {
          irregular = true;
          break;
        }
        if (outcome == NUMBER_GIVEN_UP) {
          const entry = slow + ((<usize>slowOnes) << 4);
          store<u32>(entry, field);
          store<u32>(entry, rows, 4);
          store<u32>(entry, a, 8);
          store<u32>(entry, b - a, 12);
          slowOnes++;
        } else value = parsed;
      }
      store<f64>(<usize>load<u32>(column, 4) + ((<usize>rows) << 3), value);
    }
    // An empty line is a row only where there is one column, and then nobody knows what was meant.
    if (columns == 1 && field == 1 && emptyLine(bytes + from)) irregular = true;
    if (irregular || field < columns) {
      while (slowOnes > 0 && load<i32>(slow + ((<usize>(slowOnes - 1)) << 4), 4) == rows) slowOnes--;
      break;
    }
    rows++;
    at = place;
    from = begin;
  }
  store<i32>(SINK, at);
  store<i32>(SINK, from, 4);
  store<i32>(SINK, slowOnes, 8);
  store<u32>(SINK, irregular ? 1 : 0, 12);
  return rows;
}

@inline
function emptyLine(at: usize): bool {
  const first = load<u8>(at);
  return first == LINE_FEED || first == RETURN;
}

/**
 * Writes a field over itself with one quote for each two, and returns its new length; -1 where a quote stands alone,
 * or where the field is not in quotes and has any.
 */
function unquoted(at: usize, length: i32, quoted: bool): i32 {
  let byte: i32 = 0;
  while (byte < length && load<u8>(at + byte) != QUOTE) byte++;
  if (byte == length) return length;
  if (!quoted) return -1;
  let to = byte;
  while (byte < length) {
    const value = load<u8>(at + byte);
    if (value == QUOTE) {
      byte++;
      if (byte == length || load<u8>(at + byte) != QUOTE) return -1;
    }
    store<u8>(at + to, value);
    to++;
    byte++;
  }
  return to;
}
