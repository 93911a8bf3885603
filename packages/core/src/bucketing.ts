/** Buckets that the units of a flag fall into: thousandths of a percent. */
export const BUCKETS = 100_000;

const BLOCK = 4;
const encoder = new TextEncoder();

/**
 * The bucket of a unit, 0 to 99,999: the same wherever it is computed, in flagd's fractional evaluation (v2) too,
 * where the weights add up to 100,000. The flag's key in front gives every deployment its own draw of the units.
 */
export function bucketOf(flagKey: string, unit: string): number {
  // 32 bits times 17 bits stay below 2^53: the product is exact, and so is its upper half.
  return Math.floor((murmur3(flagKey + unit) * BUCKETS) / 2 ** 32);
}

/**
 * Whether the challenger decides for units of this bucket. Its range comes first, so that a growing percentage
 * never moves a unit back to the incumbent.
 */
export function isChallenger(bucket: number, percent: number): boolean {
  return bucket < Math.round((percent / 100) * BUCKETS);
}

/** murmur3_x86_32 of the text's UTF-8 bytes; Austin Appleby, public domain. An unsigned 32-bit number. */
export function murmur3(text: string, seed = 0): number {
  const bytes = encoder.encode(text);
  const blocks = bytes.length - (bytes.length % BLOCK);
  let hash = seed | 0;
  for (let at = 0; at < blocks; at += BLOCK) {
    const block =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24);
    hash ^= scramble(block);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= blocks; at -= 1) tail = (tail << 8) | (bytes[at] ?? 0);
  hash ^= scramble(tail) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
