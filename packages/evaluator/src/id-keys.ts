import { MISSING, type TextColumn } from './column-batch.ts';

/** How the 16 bytes of a key hold an id. The first two hold all of it, so equal keys are equal ids. */
export const SHORT = 0;
export const UUID = 1;
/** Fingerprint and length only: the bytes themselves must be compared too. */
export const LONG = 2;

/** Ids by row: four 32-bit words each, the kind of key, and a hash over them. */
export interface IdKeys {
  words: Uint32Array;
  kinds: Uint8Array;
  hashes: Uint32Array;
}

export const idKeys = (capacity = 2048): IdKeys => ({
  words: new Uint32Array(capacity * 4),
  kinds: new Uint8Array(capacity),
  hashes: new Uint32Array(capacity),
});

const NOT_HEX = 255;
const HEX = new Uint8Array(256).fill(NOT_HEX);
for (let digit = 0; digit < 16; digit += 1) HEX[digit.toString(16).charCodeAt(0)] = digit;
const HYPHEN = 45;
const SHORT_BYTES = 15;

/**
 * Packs ids into keys. `hashMask` keeps bits of the hash and of the
 * fingerprint of long ids; only tests give fewer than all, so that collisions happen.
 */
export function packIds(
  { bytes, starts, lengths }: TextColumn,
  rows: number,
  keys: IdKeys,
  hashMask: number,
): void {
  if (keys.kinds.length < rows) Object.assign(keys, idKeys(rows));
  const { words, kinds, hashes } = keys;
  for (let row = 0; row < rows; row += 1) {
    const start = starts[row] as number;
    const length = lengths[row] as number;
    const at = row * 4;
    if (length === 36 && packUuid(bytes, start, words, at)) kinds[row] = UUID;
    else if (length <= SHORT_BYTES) {
      packShort(bytes, start, length, words, at);
      kinds[row] = SHORT;
    } else {
      packLong(bytes, start, length, words, at, hashMask);
      kinds[row] = LONG;
    }
    hashes[row] = hashKey(words, at) & hashMask;
  }
}

/** A UUID as text in lower case is 128 bits; any other text of that length is not packed. */
function packUuid(bytes: Uint8Array, start: number, words: Uint32Array, at: number): boolean {
  if (
    bytes[start + 8] !== HYPHEN ||
    bytes[start + 13] !== HYPHEN ||
    bytes[start + 18] !== HYPHEN ||
    bytes[start + 23] !== HYPHEN
  ) {
    return false;
  }
  return (
    packHex(bytes, start, start + 4, words, at) &&
    packHex(bytes, start + 9, start + 14, words, at + 1) &&
    packHex(bytes, start + 19, start + 24, words, at + 2) &&
    packHex(bytes, start + 28, start + 32, words, at + 3)
  );
}

function packHex(bytes: Uint8Array, a: number, b: number, words: Uint32Array, at: number): boolean {
  const h0 = HEX[bytes[a] as number] as number;
  const h1 = HEX[bytes[a + 1] as number] as number;
  const h2 = HEX[bytes[a + 2] as number] as number;
  const h3 = HEX[bytes[a + 3] as number] as number;
  const h4 = HEX[bytes[b] as number] as number;
  const h5 = HEX[bytes[b + 1] as number] as number;
  const h6 = HEX[bytes[b + 2] as number] as number;
  const h7 = HEX[bytes[b + 3] as number] as number;
  words[at] = (h0 << 4) | h1 | (h2 << 12) | (h3 << 8) | (h4 << 20) | (h5 << 16) | (h6 << 28) | (h7 << 24);
  return (h0 | h1 | h2 | h3 | h4 | h5 | h6 | h7) < 16;
}

function packShort(bytes: Uint8Array, start: number, length: number, words: Uint32Array, at: number): void {
  words[at] = 0;
  words[at + 1] = 0;
  words[at + 2] = 0;
  // The length tells apart ids that end in zero bytes.
  words[at + 3] = (length === MISSING ? 0xff : length) << 24;
  for (let byte = 0; byte < length; byte += 1) {
    const word = at + (byte >> 2);
    words[word] = (words[word] as number) | ((bytes[start + byte] as number) << ((byte & 3) * 8));
  }
}

function packLong(
  bytes: Uint8Array,
  start: number,
  length: number,
  words: Uint32Array,
  at: number,
  mask: number,
): void {
  let a = 0x9747b28c;
  let b = 0x3c6ef372;
  for (let byte = start; byte < start + length; byte += 1) {
    const value = bytes[byte] as number;
    a = Math.imul(a ^ value, 0x01000193);
    b = Math.imul(b + value, 0x85ebca6b);
    b ^= b >>> 15;
  }
  words[at] = a & mask;
  words[at + 1] = b & mask;
  words[at + 2] = length;
  words[at + 3] = 0;
}

/** A 32-bit hash of a key's words (the rounds and the finish of MurmurHash3_x86_32, Austin Appleby). */
export function hashKey(words: Uint32Array, at: number): number {
  let hash = 0;
  for (let word = at; word < at + 4; word += 1) {
    let k = Math.imul(words[word] as number, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    hash ^= k;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
