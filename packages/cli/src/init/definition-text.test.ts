import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { jsonWithComments } from './definition-text.ts';

describe('JSON with comments', () => {
  it('has each comment above its field, wrapped, and small things on a line', () => {
    const text = jsonWithComments(
      { name: 'a', task: { cost: { over: 1 } }, list: [1, 2] },
      { name: 'What it is called.', 'task.cost': `${'long '.repeat(22)}end` },
    );
    expect(text).toBe(`{
  // What it is called.
  "name": "a",
  "task": {
    // ${'long '.repeat(18).trim()}
    // long long long long end
    "cost": { "over": 1 }
  },
  "list": [1, 2]
}
`);
  });

  it('is the same data whatever the comments', () => {
    // Readers of JSON with comments drop that name.
    const value = fc
      .dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5, noNullPrototype: true })
      .filter((object) => !JSON.stringify(object).includes('__proto__'));
    const comment = fc.string().map((text) => text.replace(/\s+/g, ' '));
    fc.assert(
      fc.property(value, comment, (object, text) => {
        const comments = Object.fromEntries(Object.keys(object).map((name) => [name, text]));
        expect(parse(jsonWithComments(object, comments))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });
});
