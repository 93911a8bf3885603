import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCsvRecord, parseCsvRecord } from './csv-record.ts';
import { createRecordSplitter } from './record-splitter.ts';

function split(text: string, isCsv = true, pieces = [text]): string[] {
  const splitter = createRecordSplitter(isCsv);
  return [...pieces.flatMap(splitter.push), ...splitter.end()];
}

test.each([
  ['lines', 'a,1\nb,2\n', ['a,1', 'b,2']],
  ['a last line without a newline', 'a,1\nb,2', ['a,1', 'b,2']],
  ['Windows line ends', 'a,1\r\nb,2\r\n', ['a,1', 'b,2']],
  ['empty lines', 'a\n\n\nb\n', ['a', 'b']],
  ['a newline between quotes', 'a,"1\n2"\nb,3\n', ['a,"1\n2"', 'b,3']],
  ['an escaped quote before a newline', 'a,"say ""\n"""\nb', ['a,"say ""\n"""', 'b']],
  ['a quote within a field', 'a,5" pipe\nb,2\n', ['a,5" pipe', 'b,2']],
])('%s', (_, text, records) => {
  expect(split(text)).toEqual(records);
});

test('quotes mean nothing outside of CSV', () => {
  expect(split('{"a":"x\n"}\n', false)).toEqual(['{"a":"x', '"}']);
});

test('a quote that is never closed is an error that shows the record', () => {
  expect(() => split('a,1\nb,"2\nc,3\n')).toThrow(/b,"2/);
});

test('any records survive being written, cut into pieces, split and read', () => {
  const column = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é'), maxLength: 5 });
  const record = fc.array(column, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(record), fc.integer({ min: 1, max: 7 }), (records, width) => {
      const text = records.map((columns) => `${formatCsvRecord(columns)}\n`).join('');
      const pieces = text.match(new RegExp(`[^]{1,${width}}`, 'g')) ?? [];
      expect(split(text, true, pieces).map(parseCsvRecord)).toEqual(records);
    }),
  );
});
