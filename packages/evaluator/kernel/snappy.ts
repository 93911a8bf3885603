/* Snappy's block format; source: google/snappy, format_description.txt. */

const LITERAL: u32 = 0;
const SHORT_COPY: u32 = 1;
const LONG_COPY: u32 = 2;
/** Most bytes of an element without a length of its own; and how far from the ends whole elements are copied as one. */
const ELEMENT: usize = 64;
const MARGIN: usize = 96;

/* What a tag says, in 8 bytes: length (1), bytes up to the next tag (1), whether it is a literal (1). */
const ADVANCE: u64 = 8;
const IS_LITERAL: u64 = 16;
/** Instead of all that: the element has a length, or an offset, of its own. */
const UNUSUAL: u64 = 1 << 24;
/** What part of the two bytes behind the tag belongs to the offset (2), and what is added to it (2). */
const OFFSET_MASK: u64 = 32;
const OFFSET_BASE: u64 = 48;

/**
 * Decompresses a block that says it is as long as `to` to `toEnd`; false where it is not, or is no Snappy. `work` is
 * 2 KB of scratch.
 */
export function snappy(from: usize, fromEnd: usize, to: usize, toEnd: usize, work: usize): bool {
  let size: u64 = 0;
  for (let shift: u64 = 0; ; shift += 7) {
    if (from >= fromEnd || shift > 28) return false;
    const byte = load<u8>(from++);
    size |= <u64>(byte & 127) << shift;
    if (byte < 128) break;
  }
  if (size != <u64>(toEnd - to)) return false;
  makeTags(work);
  let at = to;
  while (from < fromEnd) {
    if (fromEnd - from > MARGIN && toEnd - at > MARGIN && at - to >= ELEMENT) {
      at = usual(from, fromEnd - MARGIN, to, at, toEnd - MARGIN, work);
      from = stoppedAt;
    }
    // One element of any kind.
    const tag = <u32>load<u8>(from++);
    const kind = tag & 3;
    let length: usize = (tag >> 2) + 1;
    if (kind == LITERAL) {
      if (length > 60) {
        const bytes = length - 60;
        if (bytes > fromEnd - from) return false;
        const word = load<u32>(from);
        const last = bytes == 4 ? word : word & ((1 << (<u32>bytes << 3)) - 1);
        if (last == u32.MAX_VALUE) return false;
        length = <usize>last + 1;
        from += bytes;
      }
      if (length > fromEnd - from || length > toEnd - at) return false;
      memory.copy(at, from, length);
      at += length;
      from += length;
      continue;
    }
    const wide: usize = kind == SHORT_COPY ? 1 : kind == LONG_COPY ? 2 : 4;
    if (wide > fromEnd - from) return false;
    let offset: usize = 0;
    if (kind == SHORT_COPY) {
      length = ((tag >> 2) & 7) + 4;
      offset = <usize>(((tag >> 5) << 8) | <u32>load<u8>(from));
    } else offset = kind == LONG_COPY ? <usize>load<u16>(from) : load<u32>(from);
    from += wide;
    if (offset == 0 || offset > at - to || length > toEnd - at) return false;
    for (let done: usize = 0; done < length; done++) store<u8>(at + done, load<u8>(at - offset + done));
    at += length;
  }
  return at == toEnd;
}

/** Where the last call of `usual` stopped reading. */
let stoppedAt: usize = 0;

/**
 * Elements as they mostly are, without a branch that is hard to foresee: short ones, that do not overlap themselves.
 * Returns where the next one is to be written.
 */
function usual(from: usize, fromEnd: usize, to: usize, at: usize, toEnd: usize, tags: usize): usize {
  while (from < fromEnd && at < toEnd) {
    const tag = load<u64>(tags + (<usize>load<u8>(from) << 3));
    const length = <usize>(tag & 127);
    // A literal's is its length, which is always allowed.
    const own = <usize>load<u16>(from, 1) & (<usize>(tag >> OFFSET_MASK) & 0xffff);
    const offset = own + <usize>(tag >> OFFSET_BASE);
    if ((tag & UNUSUAL) != 0 || offset - length > at - to - length) break;
    const source = select<usize>(from + 1, at - offset, (tag & (<u64>1 << IS_LITERAL)) != 0);
    v128.store(at, v128.load(source));
    if (length > 16) {
      v128.store(at, v128.load(source, 16), 16);
      v128.store(at, v128.load(source, 32), 32);
      v128.store(at, v128.load(source, 48), 48);
    }
    at += length;
    from += <usize>(<u32>tag >> 8) & 255;
  }
  stoppedAt = from;
  return at;
}

function makeTags(tags: usize): void {
  for (let tag: u64 = 0; tag < 256; tag++) {
    const kind = <u32>tag & 3;
    const length = (tag >> 2) + 1;
    let entry = UNUSUAL;
    if (kind == LITERAL && length <= 60) {
      entry = length | ((length + 1) << ADVANCE) | (<u64>1 << IS_LITERAL) | (length << OFFSET_BASE);
    } else if (kind == SHORT_COPY) {
      entry = (((tag >> 2) & 7) + 4) | (<u64>2 << ADVANCE);
      entry |= (<u64>0xff << OFFSET_MASK) | ((tag >> 5) << (OFFSET_BASE + 8));
    } else if (kind == LONG_COPY) entry = length | (<u64>3 << ADVANCE) | (<u64>0xffff << OFFSET_MASK);
    store<u64>(tags + (<usize>tag << 3), entry);
  }
}
