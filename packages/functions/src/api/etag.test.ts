import { describe, expect, it } from 'vitest';
import { etagOf, isKnown } from './etag.ts';

describe('an entity tag', () => {
  it('is the same for the same text only', () => {
    expect(etagOf('a')).toBe(etagOf('a'));
    expect(etagOf('a')).not.toBe(etagOf('b'));
    expect(etagOf('')).toMatch(/^"[\w-]{43}"$/);
  });

  it.each(['"a"', 'W/"a"', '"x", "a"', '"x",W/"a"', '*', ' * '])(
    'is known to If-None-Match: %s',
    (header) => {
      expect(isKnown('"a"', header)).toBe(true);
    },
  );

  it.each([undefined, '', 'a', '"b"', '"a', '"A"', 'W/"aa"'])(
    'is not known to If-None-Match: %s',
    (header) => {
      expect(isKnown('"a"', header)).toBe(false);
    },
  );
});
