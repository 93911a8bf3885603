import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kernel } from './kernel.ts';
import { plainCsvBatches } from './plain-csv.ts';
import { ID_AND_VALUE, plainReaders } from './testing/plain-readers.ts';

const readers = plainReaders();
const written = (content: string | Uint8Array) => readers.written('file.csv', content);

const readWith = async (content: string | Uint8Array, using: Kernel | undefined) =>
  readers.readWith(await written(content), 'csv', using);

async function plainly(content: string | Uint8Array) {
  const file = await written(content);
  const names = content.toString().split('\n')[0]?.trim().split(',') ?? [];
  return readers.plainly((kernel) => plainCsvBatches(kernel, file, { names, inFile: true }, ID_AND_VALUE));
}

describe('plain CSV', () => {
  it('is read to its end: quotes around fields, CRLF, empty cells, no line feed at the end', async () => {
    const { rows, ended } = await plainly(
      'id,other,value\r\na,"x,\n""y""",1.5\r\n"b ""c""",,-2e-3\r\n,é,\r\n"d",z,123456789012345678901234567890',
    );
    expect(ended).toBe('read');
    expect(rows).toEqual([
      ['a', 1.5],
      ['b "c"', -0.002],
      [null, Number.NaN],
      ['d', 1.2345678901234568e29],
    ]);
  });

  it.each([
    ['a number with a plus', 'id,value\na,1\nb,+1\n'],
    ['a number with a group sign', 'id,value\na,1\nb,1_000\n'],
    ['a decimal comma in quotes', 'id,value\na,1\nb,"1,5"\n'],
    ['a number with a space', 'id,value\na,1\nb, 1\n'],
    ['a point at the end', 'id,value\na,1\nb,1.\n'],
    ['no number', 'id,value\na,1\nb,nan\n'],
    ['a number beyond doubles', 'id,value\na,1\nb,1e999\n'],
    ['a field too few', 'id,value\na,1\nb\n'],
    ['a field too many', 'id,value\na,1\nb,1,2\n'],
    ['an empty line', 'id,value\na,1\n\nb,1\n'],
    ['a quote within a field', 'id,value\na,1\nb"c,1\n'],
    ['a quote that does not end', 'id,value\na,1\n"b,1\n'],
    ['text after a quoted field', 'id,value\na,1\n"b"c,1\n'],
    ['a carriage return alone', 'id,value\na,1\nb\rc,1\n'],
    ['bytes that are no UTF-8', Buffer.from('id,value\na,1\n\xff,1\n', 'latin1')],
  ])('is left before %s, and nothing is guessed', async (_what, content) => {
    const { rows, ended } = await plainly(content);
    expect(ended).toBe('irregular');
    expect([[], [['a', 1]]]).toContainEqual(rows);
  });

  it('gives the rows, and the complaints, of the full reader', async () => {
    const cell = fc.oneof(
      { weight: 4, arbitrary: fc.stringMatching(/^[a-z]{1,6}$/) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '',
          '""',
          '"a,b"',
          '"a\nb"',
          '"q""q"',
          'é',
          ' x ',
          'a"b',
          '"x',
          '\r',
          'NULL',
        ),
      },
    );
    const number = fc.oneof(
      { weight: 4, arbitrary: fc.double({ min: -1e99, max: 1e99, noNaN: true }).map(String) },
      { weight: 2, arbitrary: fc.integer().map(String) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('', '"1.5"', '-0', '1e5', '007', '.5', '5.', '+1', 'x', ' 1', '1e999'),
      },
    );
    const line = fc.oneof(
      { weight: 12, arbitrary: fc.tuple(cell, cell, number).map((cells) => cells.join(',')) },
      { weight: 1, arbitrary: fc.constantFrom('', 'a', 'a,b', 'a,b,1,2') },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.boolean(),
        async (lines, end, ended, marked) => {
          const content = `${marked ? '\ufeff' : ''}${['id,other,value', ...lines].join(end)}${ended ? end : ''}`;
          const ours = await readWith(content, readers.kernel());
          const full = await readWith(content, undefined);
          expect(ours.problems).toEqual(full.problems);
          if (full.problems.length === 0) expect(ours.rows).toEqual(full.rows);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('rounds numbers as they should be rounded', async () => {
    // Halfway between two doubles and next to that, many digits, the ends of the range, and any double there is.
    const texts = [
      '9007199254740993',
      '9007199254740992.5',
      '1.7976931348623157e308',
      '2.2250738585072014e-308',
      '5e-324',
      '0.1',
      '123456789012345678e-40',
      '8.5e22',
      '0.000000000000000000000000000001',
      ...fc
        .sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 5000, seed: 7 })
        .map(String),
      ...fc
        .sample(fc.tuple(fc.bigInt(1n, 10n ** 19n - 1n), fc.integer({ min: -60, max: 60 })), {
          numRuns: 5000,
          seed: 8,
        })
        .map(([digits, power]) => `${digits}e${power}`),
    ];
    const { rows, ended } = await plainly(`id,value\n${texts.map((text) => `x,${text}\n`).join('')}`);
    expect(ended).toBe('read');
    expect(rows.map(([, value]) => value)).toEqual(texts.map(Number));
  });

  it('knows a row by its place across windows, however long the rows are', async () => {
    const lines = Array.from({ length: 9000 }, (_, row) => `${row},${'x'.repeat(row % 97)},${row / 8}`);
    const { rows, ended } = await plainly(`id,other,value\n${lines.join('\n')}\n`);
    expect(ended).toBe('read');
    expect(rows).toEqual(lines.map((_, row) => [String(row), row / 8]));
    const long = await plainly(`id,other,value\n1,${'y'.repeat(300_000)},2\n`);
    expect(long).toEqual({ rows: [], ended: 'irregular' });
  });
});
