import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalSha256 } from './canonical-json.ts';

describe('canonical JSON', () => {
  it('is what RFC 8785 gives as its example', () => {
    const example = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts names by UTF-16 code units, those that look like numbers too', () => {
    const names = Object.keys(
      JSON.parse(canonicalJson({ '\ufb33': 1, '\u{1f600}': 2, b: 3, '9': 4, '10': 5 })),
    );
    expect(canonicalJson({ '9': 1, '10': 2, b: 3 })).toBe('{"10":2,"9":1,"b":3}');
    expect(names.slice(-2)).toEqual(['\u{1f600}', '\ufb33']);
  });

  it('says the same of the same data, in whatever order it came', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('has the SHA-256 of its bytes', () => {
    const value = { b: ['ü', 1], a: null };
    expect(canonicalSha256(value)).toBe(createHash('sha256').update('{"a":null,"b":["ü",1]}').digest('hex'));
  });
});
