import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { isWellFormed, malformedTexts, toWellFormed } from './well-formed.ts';

/** Any sequence of UTF-16 code units, halves of characters too. */
const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 });
const text = units.map((codes) => String.fromCharCode(...codes));

describe('a text is well-formed', () => {
  it('where UTF-8 gives it back', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(isWellFormed(value)).toBe(Buffer.from(value, 'utf8').toString('utf8') === value);
      }),
      { examples: [['\ud83d\ude00'], ['\ud83d'], ['\ude00\ud83d']] },
    );
  });

  it('or is made so as UTF-8 would write it, and then has a canonical form', () => {
    fc.assert(
      fc.property(text, (value) => {
        const mended = toWellFormed(value);
        expect(mended).toBe(Buffer.from(value, 'utf8').toString('utf8'));
        expect(JSON.parse(canonicalJson({ mended }))).toEqual({ mended });
      }),
      { examples: [['a\ud83d'], ['\ude00b']] },
    );
  });

  it('and where it is not, is named by its place in a value', () => {
    const value = { a: [{ b: 'x' }, { b: '\ud83d' }], c: null, 'd\ude00': 1, e: '\ud83d\ude00' };
    expect(malformedTexts(value)).toEqual(['a.1.b', 'd\ufffd']);
  });
});
