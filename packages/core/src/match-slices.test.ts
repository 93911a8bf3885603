import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSlices, type FieldValue, NO_SLICE } from './match-slices.ts';
import { conditionSchema, type Slice } from './slices.ts';

const slice = (name: string, ...when: Slice['when']): Slice => ({ slice: name, when });
const only = (...when: Slice['when']) => compileSlices([slice('only', ...when)]);
const readerOf =
  (record: Readonly<Record<string, FieldValue>>) =>
  (field: string): FieldValue =>
    Object.hasOwn(record, field) ? record[field] : undefined;
const matches = (condition: Slice['when'][number], value: FieldValue) =>
  only(condition)(() => value) !== NO_SLICE;

describe('a condition with equals', () => {
  it.each<[string | number | boolean, FieldValue, boolean]>([
    ['ATL', 'ATL', true],
    ['ATL', 'atl', false],
    ['ATL', ' ATL', false],
    ['7', 7, true],
    ['7', '7.0', false],
    [7, '7', true],
    [7, '7.0', true],
    [7, ' 7 ', true],
    [7, 7, true],
    [7, 'seven', false],
    [0, '', false],
    [0, '  ', false],
    [0, false, false],
    [true, 'true', true],
    [true, true, true],
    [true, '1', false],
    ['', '', true],
    ['null', null, false],
    ['undefined', undefined, false],
    [0, null, false],
  ])('of %j meets the value %j: %j', (equals, value, expected) => {
    expect(matches({ field: 'f', equals }, value)).toBe(expected);
  });
});

describe('a condition with oneOf', () => {
  it('holds for any of its values, each compared as equals does', () => {
    const condition = { field: 'f', oneOf: ['ATL', 7, true] };
    for (const value of ['ATL', '7.0', 7, true, 'true']) expect(matches(condition, value)).toBe(true);
    for (const value of ['ORD', 8, '', null, undefined, false]) expect(matches(condition, value)).toBe(false);
  });
});

describe('a condition with a range', () => {
  it.each<[FieldValue, boolean]>([
    [10, true],
    ['10', true],
    ['19.999', true],
    [20, false],
    [9.999, false],
    ['ten', false],
    ['', false],
    [true, false],
    [null, false],
    [undefined, false],
    [Number.NaN, false],
  ])('from 10 to below 20 meets %j: %j', (value, expected) => {
    expect(matches({ field: 'f', atLeast: 10, below: 20 }, value)).toBe(expected);
  });
  it('may be open at either end', () => {
    expect(matches({ field: 'f', atLeast: 0 }, 1e12)).toBe(true);
    expect(matches({ field: 'f', atLeast: 0 }, -1)).toBe(false);
    expect(matches({ field: 'f', below: 0 }, -1e12)).toBe(true);
    expect(matches({ field: 'f', below: 0 }, '')).toBe(false);
  });
  it('needs at least one end, and numbers', () => {
    expect(conditionSchema.safeParse({ field: 'f' }).success).toBe(false);
    expect(conditionSchema.safeParse({ field: 'f', atLeast: '10' }).success).toBe(false);
    expect(conditionSchema.safeParse({ field: 'f', atLeast: 10, equals: 10 }).success).toBe(false);
  });
});

describe('the slice of a record', () => {
  const find = compileSlices([
    slice('small', { field: 'passengers', below: 100 }),
    slice('small-hubs', { field: 'passengers', below: 100 }, { field: 'airport', equals: 'ATL' }),
    slice('hubs', { field: 'airport', oneOf: ['ATL', 'ORD'] }, { field: 'passengers', atLeast: 100 }),
  ]);

  it('is the first that matches, in order of the definition', () => {
    expect(find(readerOf({ airport: 'ATL', passengers: '50' }))).toBe(0);
  });
  it('needs all conditions to hold', () => {
    expect(find(readerOf({ airport: 'ATL', passengers: '100' }))).toBe(2);
    expect(find(readerOf({ airport: 'ATL' }))).toBe(NO_SLICE);
  });
  it('is none where nothing matches: the record stays with the incumbent', () => {
    expect(find(readerOf({ airport: 'SFO', passengers: '500' }))).toBe(NO_SLICE);
    expect(find(readerOf({}))).toBe(NO_SLICE);
  });
  it('is none without slices', () => {
    expect(compileSlices([])(readerOf({ airport: 'ATL' }))).toBe(NO_SLICE);
  });
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a.b', 'with space', 'Ünïcode'])(
    'may depend on a field with the name %j, and on nothing but that field',
    (field) => {
      const find = only({ field, equals: 'yes' });
      const record: Record<string, FieldValue> = JSON.parse(`{${JSON.stringify(field)}: "yes"}`);
      expect(find(readerOf(record))).toBe(0);
      expect(find(readerOf({}))).toBe(NO_SLICE);
      expect(find(readerOf({ other: 'yes' }))).toBe(NO_SLICE);
    },
  );
  it('is the same whatever slices are added behind', () => {
    const conditions = fc.record({
      field: fc.constantFrom('a', 'b'),
      equals: fc.integer({ min: 0, max: 2 }),
    });
    const slices = fc.array(
      fc.array(conditions, { minLength: 1, maxLength: 2 }).map((when) => slice('s', ...when)),
      { maxLength: 4 },
    );
    const records = fc.record({ a: fc.integer({ min: 0, max: 2 }), b: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(slices, slices, records, (before, behind, record) => {
        const index = compileSlices(before)(readerOf(record));
        fc.pre(index !== NO_SLICE);
        expect(compileSlices([...before, ...behind])(readerOf(record))).toBe(index);
      }),
    );
  });
});
