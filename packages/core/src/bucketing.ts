/** Buckets that the units of a flag fall into: thousandths of a percent. */
export const BUCKETS = 100_000;

/**
 * The bucket of a unit, 0 to 99,999: the same wherever it is computed, in flagd's fractional evaluation (v2) too,
 * where the weights add up to 100,000. The flag's key in front gives every deployment its own draw of the units.
 */
export function bucketOf(flagKey: string, unit: string): number {
  // 32 bits times 17 bits stay below 2^53: the product is exact, and so is its upper half.
  return Math.floor((hashOf(flagKey, unit, 0) * BUCKETS) / 2 ** 32);
}

/** Buckets of the challenger at a percentage: those below this number. Its range comes first. */
export function challengerBuckets(percent: number): number {
  return Math.round((percent / 100) * BUCKETS);
}

/**
 * Whether the challenger decides for units of this bucket. Its range comes first, so that a growing percentage
 * never moves a unit back to the incumbent.
 */
export function isChallenger(bucket: number, percent: number): boolean {
  return bucket < challengerBuckets(percent);
}

/** murmur3_x86_32 of the text's UTF-8 bytes; Austin Appleby, public domain. An unsigned 32-bit number. */
export function murmur3(text: string, seed = 0): number {
  return hashOf(text, '', seed);
}

const REPLACEMENT = 0xfffd;

/**
 * Of both texts as if they were one. Bytes are made on the way and never stored: neither the joined text nor its
 * encoding is allocated, for every request of an application comes through here. Lone surrogates become U+FFFD,
 * as in TextEncoder.
 */
function hashOf(head: string, tail: string, seed: number): number {
  const split = head.length;
  const length = split + tail.length;
  let hash = seed | 0;
  let block = 0;
  let bytes = 0;
  for (let at = 0; at < length; at += 1) {
    let code = at < split ? head.charCodeAt(at) : tail.charCodeAt(at - split);
    let more = 0;
    if (code >= 0x80) {
      if (code >= 0xd800 && code <= 0xdfff) {
        const next = at + 1 < split ? head.charCodeAt(at + 1) : tail.charCodeAt(at + 1 - split);
        if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) {
          code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
          at += 1;
        } else {
          code = REPLACEMENT;
        }
      }
      more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    }
    for (let rest = more; rest >= 0; rest -= 1) {
      const byte = utf8Byte(code, more, rest);
      block |= byte << (8 * (bytes & 3));
      bytes += 1;
      if ((bytes & 3) === 0) {
        hash ^= scramble(block);
        hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
        block = 0;
      }
    }
  }
  hash ^= scramble(block) ^ bytes;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Of a code point that `more` bytes follow the first of, the one that `rest` bytes follow. */
function utf8Byte(code: number, more: number, rest: number): number {
  if (more === 0) return code;
  if (rest < more) return 0x80 | ((code >> (6 * rest)) & 0x3f);
  return ((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more));
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
