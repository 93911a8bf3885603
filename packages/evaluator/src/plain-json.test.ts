import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kernel } from './kernel.ts';
import { plainJsonBatches } from './plain-json.ts';
import { ID_AND_VALUE, plainReaders } from './testing/plain-readers.ts';

const readers = plainReaders();
const written = (content: string | Uint8Array) => readers.written('file.jsonl', content);

const readWith = async (content: string | Uint8Array, using: Kernel | undefined) =>
  readers.readWith(await written(content), 'jsonl', using);

async function plainly(content: string | Uint8Array) {
  const file = await written(content);
  return readers.plainly((kernel) => plainJsonBatches(kernel, file, ID_AND_VALUE));
}

const FIRST = '{"id":"a","value":1}';

describe('plain JSON lines', () => {
  it.each([
    ['as short as can be', '{"id":ID,"value":VALUE}'],
    ['with spaces', '{ "id": ID , "other": "é €",\t"value": VALUE }'],
    ['with other values between', '{"other":null,"value":VALUE,"more":-1.5e3,"id":ID,"flag":true}'],
  ])('are read to their end where they are written %s', async (_how, pattern) => {
    const cells = [
      ['"a"', '1', 'a', 1],
      ['"wörter, {}"', '-2.5e-3', 'wörter, {}', -0.0025],
      ['""', 'null', '', Number.NaN],
      ['null', 'true', null, 1],
      ['12345', 'false', '12345', 0],
      ['"a \\"b\\" \\\\ \\/ \\t\\u00e9\\u20ac\\u0041"', '7', 'a "b" \\ / \té€A', 7],
      ['"d"', '123456789012345678901234567890', 'd', 1.2345678901234568e29],
    ] as const;
    const lines = cells.map(([id, value]) => pattern.replace('ID', id).replace('VALUE', value));
    for (const end of ['\n', '']) {
      const { rows, ended } = await plainly(lines.join('\n') + end);
      expect(ended).toBe('read');
      expect(rows).toEqual(cells.map(([, , id, value]) => [id, value]));
    }
  });

  it.each([
    ['another order of keys', '{"value":1,"id":"b"}'],
    ['a key too few', '{"id":"b"}'],
    ['a key too many', '{"id":"b","value":1,"other":1}'],
    ['a space more', '{"id": "b","value":1}'],
    ['an escape that is none', '{"id":"b\\x","value":1}'],
    ['half of a character', '{"id":"\\ud83d","value":1}'],
    ['a character that is none', '{"id":"\\u0000","value":1}'],
    ['a control character', '{"id":"b\tc","value":1}'],
    ['a text that does not end', '{"id":"b,"value":1}'],
    ['a number in quotes', '{"id":"b","value":"1"}'],
    ['a text without quotes', '{"id":b,"value":1}'],
    ['a text that is a number with a point', '{"id":1.50,"value":1}'],
    ['a text that is true', '{"id":true,"value":1}'],
    ['a number with a plus', '{"id":"b","value":+1}'],
    ['a number with a zero in front', '{"id":"b","value":01}'],
    ['a number with nothing behind the point', '{"id":"b","value":1.}'],
    ['no number', '{"id":"b","value":NaN}'],
    ['a number beyond doubles', '{"id":"b","value":1e999}'],
    ['an object within', '{"id":"b","value":{"a":1}}'],
    ['an empty line', ''],
    ['something behind the object', `${FIRST} x`],
    ['no object', '[1]'],
    ['a line that does not end', '{"id":"b","value":1'],
    ['bytes that are no UTF-8', Buffer.from('{"id":"\xff","value":1}', 'latin1')],
  ])('are left before %s, and nothing is guessed', async (_what, line) => {
    const content = Buffer.concat([
      Buffer.from(`${FIRST}\n`),
      Buffer.from(line as string),
      Buffer.from('\n'),
    ]);
    const { rows, ended } = await plainly(content);
    expect(ended).toBe(rows.length);
    expect([[], [['a', 1]]]).toContainEqual(rows);
  });

  it.each([
    ['', 'read'],
    ['\n', 0],
    ['{}\n', 0],
    ['{"id":"a"}\n', 0],
    ['{"id":"a","value":1,"id":"b"}\n', 0],
    ['{"id":["a"],"value":1}\n', 0],
    ['{"i\\u0064":"a","value":1}\n', 0],
  ])('are as the first line says: %j', async (content, ended) => {
    expect(await plainly(content)).toEqual({ rows: [], ended });
    expect(await readWith(content, readers.kernel())).toEqual(await readWith(content, undefined));
  });

  it('give the rows, and the complaints, of the full reader', async () => {
    const id = fc.oneof(
      { weight: 6, arbitrary: fc.stringMatching(/^[a-z]{0,20}$/).map((text) => JSON.stringify(text)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'null',
          '"é"',
          '7',
          '123456789012345678',
          '-3',
          '1.5',
          'true',
          '"\\n"',
          '"\\"\\u00fc\\\\x"',
          '"\\ud83d\\ude00"',
          '"\\ud83d"',
          '"\\u12"',
          '"\\x"',
          '"\\u0000"',
          '"a',
        ),
      },
    );
    const value = fc.oneof(
      { weight: 5, arbitrary: fc.double({ min: -1e99, max: 1e99, noNaN: true }).map(String) },
      { weight: 3, arbitrary: fc.integer().map(String) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'null',
          'true',
          'false',
          '-0',
          '-0.0',
          '-0e1',
          '0.0',
          '1E5',
          '01',
          '1e999',
          '"2"',
          '"x"',
          '{}',
          '[1]',
          'nan',
        ),
      },
    );
    const line = fc.oneof(
      { weight: 14, arbitrary: fc.tuple(id, value).map(([a, b]) => `{"id":${a},"value":${b},"other":"x"}`) },
      { weight: 1, arbitrary: fc.tuple(id, value).map(([a, b]) => `{"value":${b}, "id":${a}}`) },
      { weight: 1, arbitrary: fc.constantFrom('', '{}', '{"id":"a"}', 'x', '  ') },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        async (lines, end, ended) => {
          const content = lines.join(end) + (ended ? end : '');
          const ours = await readWith(content, readers.kernel());
          const full = await readWith(content, undefined);
          expect(ours.problems).toEqual(full.problems);
          if (full.problems.length === 0) expect(ours.rows).toEqual(full.rows);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('know a row by its place across windows, however long the lines are', async () => {
    const lines = Array.from({ length: 9000 }, (_, row) =>
      JSON.stringify({ id: String(row), other: 'x'.repeat(row % 97), value: row / 8 }),
    );
    const { rows, ended } = await plainly(`${lines.join('\n')}\n`);
    expect(ended).toBe('read');
    expect(rows).toEqual(lines.map((_, row) => [String(row), row / 8]));
    const long = await plainly(`${FIRST}\n{"id":"${'y'.repeat(300_000)}","value":1}\n`);
    expect(long).toEqual({ rows: [['a', 1]], ended: 1 });
  });
});
