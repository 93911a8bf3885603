import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf, isChallenger, murmur3 } from './bucketing.ts';

describe('murmur3_x86_32, against published answers', () => {
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['test', 0, 0xba6bd213],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0, 0xc0363e43],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
    ['hello', 0, 0x248bfa47],
    ['aaaa', 0x9747b28c, 0x5a97808a],
    ['aaa', 0x9747b28c, 0x283e0130],
    ['aa', 0x9747b28c, 0x5d211726],
    ['a', 0x9747b28c, 0x7fa09ea6],
    ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ])('%j with seed %i', (text, seed, expected) => {
    expect(murmur3(text, seed)).toBe(expected);
  });
});

describe('the bytes that are hashed', () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: codeUnit() }));

  it('are the UTF-8 of both texts as one, lone surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(anyText, anyText, (flag, unit) => {
        const asText = new TextDecoder().decode(new TextEncoder().encode(flag + unit));
        expect(murmur3(flag + unit)).toBe(murmur3OfBytes(new TextEncoder().encode(asText)));
        expect(bucketOf(flag, unit)).toBe(bucketOf(flag + unit, ''));
      }),
      { numRuns: 2000 },
    );
  });

  it('join a surrogate pair that the border between both texts cuts', () => {
    expect(bucketOf('\ud83d', '\ude00')).toBe(bucketOf('', '\u{1f600}'));
  });
});

/** Any UTF-16 code unit, surrogates without their partner too. */
function codeUnit() {
  return fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
}

/** The same hash the plain way, over bytes that are there: the oracle. */
function murmur3OfBytes(bytes: Uint8Array): number {
  const scrambled = (block: number) => {
    const mixed = Math.imul(block, 0xcc9e2d51);
    return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0;
  for (let at = 0; at < whole; at += 4) {
    hash ^= scrambled(view.getInt32(at, true));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= scrambled(
    [...bytes.subarray(whole)].reduce((tail, byte, index) => tail | (byte << (8 * index)), 0),
  );
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

describe('the bucket of a unit', () => {
  it('is the upper half of the 64-bit product, as flagd computes it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (flag, unit) => {
        const product = BigInt(murmur3(flag + unit)) * BigInt(BUCKETS);
        expect(bucketOf(flag, unit)).toBe(Number(product >> 32n));
      }),
    );
  });

  it('is spread evenly', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let unit = 0; unit < 100_000; unit += 1) {
      const tenth = Math.floor(bucketOf('rebooking', `customer-${unit}`) / 10_000);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    // Five standard deviations of a binomial count.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(9000));
  });

  it('never moves from the challenger back to the incumbent while the percentage grows', () => {
    const percent = fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1000);
    fc.assert(
      fc.property(fc.string(), percent, percent, (unit, a, b) => {
        const bucket = bucketOf('rebooking', unit);
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(isChallenger(bucket, less) && !isChallenger(bucket, more)).toBe(false);
      }),
    );
  });

  it('is nobody at 0 % and everybody at 100 %', () => {
    expect(isChallenger(0, 0)).toBe(false);
    expect(isChallenger(BUCKETS - 1, 100)).toBe(true);
    expect([999, 1000].map((bucket) => isChallenger(bucket, 1))).toEqual([true, false]);
    expect([289, 290].map((bucket) => isChallenger(bucket, 0.29))).toEqual([true, false]);
  });
});
