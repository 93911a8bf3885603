import { expect, test } from 'vitest';
import { parseJsonPath, select, selectsColumns } from './json-path.ts';

const row = ['id', 'x', 'y', 'score'];
const object = { id: 7, features: [1, 2, 3], deep: { 'a b': { c: true } } };

test.each<[string, unknown, unknown]>([
  ['$', row, row],
  ['$[1:]', row, ['x', 'y', 'score']],
  ['$[:-1]', row, ['id', 'x', 'y']],
  ['$[1:3]', row, ['x', 'y']],
  ['$[0,-1]', row, ['id', 'score']],
  ['$[-1]', row, 'score'],
  ['$[0,2:]', row, ['id', 'y', 'score']],
  ['$[*]', row, row],
  ['$.id', object, 7],
  ['$.features[0]', object, 1],
  ["$['id','features']", object, { id: 7, features: [1, 2, 3] }],
  ["$.deep['a b'].c", object, true],
  ['$.deep.*', object, [{ c: true }]],
  ["$.deep.['a b']", object, { c: true }],
])('%s', (expression, value, selected) => {
  expect(select(parseJsonPath(expression), value)).toEqual(selected);
});

test.each(['', 'id', '$[', '$[]', '$[1', '$..id', '$[?(@.a)]', '$.a b', "$['a',1]", '$[1:2:3]'])(
  '%s is refused',
  (expression) => {
    expect(() => parseJsonPath(expression)).toThrow(/JSONPath/);
  },
);

test('a part that is not there is an error', () => {
  expect(() => select(parseJsonPath('$[4]'), row)).toThrow('outside of 4 columns');
  expect(() => select(parseJsonPath('$.nothing'), object)).toThrow('"nothing"');
});

test('CSV can be asked for positions only', () => {
  expect(['$', '$[0]', '$[1:]', '$.a', '$[0][1]'].map((path) => selectsColumns(parseJsonPath(path)))).toEqual(
    [true, true, true, false, false],
  );
});
