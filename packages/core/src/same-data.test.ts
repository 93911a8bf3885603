import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameData } from './same-data.ts';

describe('the same data', () => {
  it('has the same fields in any order, at any depth', () => {
    expect(sameData({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
  });
  it('has the same lists in the same order', () => {
    expect(sameData([1, 2], [2, 1])).toBe(false);
    expect(sameData([1], { 0: 1 })).toBe(false);
  });
  it('makes no difference between a field that is undefined and one that is not there', () => {
    expect(sameData({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(sameData({ a: 1, b: null }, { a: 1 })).toBe(false);
  });
  it('tells text from numbers, and fields from their neighbours', () => {
    expect(sameData({ a: '1' }, { a: 1 })).toBe(false);
    expect(sameData({ a: 1 }, { b: 1 })).toBe(false);
    expect(sameData(JSON.parse('{"__proto__": 1}'), {})).toBe(false);
  });
  it('survives being stored as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(sameData(value, JSON.parse(JSON.stringify(value)))).toBe(true);
      }),
    );
  });
});
