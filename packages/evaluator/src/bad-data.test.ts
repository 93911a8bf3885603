import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileFormat } from './column-spec.ts';
import { type DuckDb, openDuckDb } from './duckdb.ts';
import { type DayEvaluation, evaluateDay } from './evaluate-day.ts';
import { finalize } from './finalize.ts';
import { type DayData, dayDefinition, writeDay } from './testing/day-data.ts';

let db: DuckDb;
let folder: string;
beforeAll(async () => {
  db = await openDuckDb();
  folder = await mkdtemp(join(tmpdir(), 'penumbra-bad-data-'));
});
afterAll(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

const record = (id: string) => ({ id, tier: 'regional', incumbent: 1, amount: 10 });
const DAY: DayData = {
  records: [['a', 'b', 'c'].map(record)],
  predictions: [['a', 'b', 'c'].map((id) => ({ id, score: 0.5 }))],
  outcomes: [['a', 'b', 'c'].map((id) => ({ id, label: 1, money: 2 }))],
};

let runs = 0;
async function evaluation(
  format: FileFormat,
  {
    data = DAY,
    raw = {},
    tolerated = 0,
  }: { data?: DayData; raw?: Partial<Record<string, string>>; tolerated?: number },
): Promise<DayEvaluation> {
  runs += 1;
  const files = await writeDay(db, join(folder, String(runs)), format, data);
  for (const [kind, text] of Object.entries(raw)) {
    const [file] = files[kind as keyof typeof files];
    if (file && text !== undefined) await writeFile(file.path, text);
  }
  return evaluateDay(
    db,
    dayDefinition(format, 'binary-classification', { toleratedBadRows: tolerated }),
    files,
  );
}

async function problem(...of: Parameters<typeof evaluation>) {
  const result = await evaluation(...of);
  if (result.ok) throw new Error('it was accepted');
  const [{ line, where, what, column } = { line: 0, where: '', what: '', column: '' }] = result.problems;
  return { step: result.step, where, line, column, what };
}

describe('what is wrong is named by file, line and column', () => {
  it.each([
    ['outcomes', 'id,label,money\na,1,2\nb,maybe,2\n', 'csv', 3, 'label', '"maybe" is not a number'],
    ['outcomes', 'id,label,money\na,1,2\n"b\nb",2,2\n', 'csv', 3, 'label', '2 is neither 0 nor 1'],
    ['outcomes', 'id,label,money\n,1,2\n', 'csv', 2, 'id', 'the cell is empty'],
    ['outcomes', `id,label,money\n${'x'.repeat(257)},1,2\n`, 'csv', 2, 'id', 'the text has 257 bytes'],
    ['outcomes', 'id,label,money\na,1,1e101\n', 'csv', 2, 'money', '1e+101 is beyond ±1e+100'],
    [
      'outcomes',
      'id,money\na,1\n',
      'csv',
      1,
      'label',
      'the definition asks for this column and the file does not have it',
    ],
    ['predictions', 'id,score\na,0.5\nb,1.5\nc,0.5\n', 'csv', 3, 'score', '1.5 is outside [0, 1]'],
    ['predictions', 'id,score\na,0.5\nb,0.5\nb,0.5\n', 'csv', 4, 'id', 'the record "b" is scored twice'],
    ['predictions', 'id,score\na,0.5\nb,0.5\nc,0.5\nd,0.5\n', 'csv', 5, 'id', 'no record has the id "d"'],
    [
      'records',
      'id,tier,incumbent,amount\na,,1,1\nb,,1,1\na,,1,1\n',
      'csv',
      4,
      'id',
      'the record id "a" is there twice',
    ],
    [
      'outcomes',
      '{"id":"a","label":1,"money":2}\n\n{"id":"b","label":"x","money":2}\n',
      'jsonl',
      3,
      'label',
      '"x" is not a number',
    ],
    ['outcomes', '{"id":"a","label":1,"money":2}\n{"id":\n', 'jsonl', 2, undefined, 'the line is no JSON'],
    [
      'outcomes',
      '{"id":"a","label":1,"money":2}\n\n{"id":"b","label":3,"money":2}\n',
      'jsonl',
      3,
      'label',
      '3 is neither 0 nor 1',
    ],
  ] as const)('%s: %j', async (kind, text, format, line, column, what) => {
    const found = await problem(format, { raw: { [kind]: text } });
    expect(found).toMatchObject({ step: kind, line, what });
    expect(found.column).toBe(column);
    expect(found.where).toMatch(new RegExp(`^${kind}/.*\\.${format}$`));
  });

  it.each(['parquet', 'arrow'] as const)('by row in %s', async (format) => {
    const data = {
      ...DAY,
      outcomes: [
        [
          { id: 'a', label: 1, money: 2 },
          { id: 'b', label: 7, money: 2 },
        ],
      ],
    };
    expect(await problem(format, { data })).toMatchObject({
      step: 'outcomes',
      column: 'label',
      line: undefined,
      what: 'row 2: 7 is neither 0 nor 1',
    });
  });

  it.each(['parquet', 'arrow'] as const)('as no %s at all', async (format) => {
    expect((await problem(format, { raw: { outcomes: 'nonsense' } })).what).toMatch(
      /^the file is no (Parquet|Arrow IPC) that can be read/,
    );
  });

  it('tells which record has no score', async () => {
    const data = {
      ...DAY,
      predictions: [
        [
          { id: 'a', score: 0.5 },
          { id: 'c', score: 0.5 },
        ],
      ],
    };
    expect((await problem('csv', { data })).what).toBe(
      '2 scores for 3 records; the first record without one is "b"',
    );
  });
});

describe('bad rows that the definition tolerates', () => {
  const bad = {
    csv: 'id,label,money\na,1,2\nb,maybe,2\nc,0,2\nd,9,9\n',
    jsonl:
      '{"id":"a","label":1,"money":2}\n{"id":"b","label":"x"}\nnonsense\n{"id":"c","label":0,"money":2}\n',
  } as const;

  it.each(['csv', 'jsonl'] as const)('are left out and counted, in %s', async (format) => {
    const result = await evaluation(format, { raw: { outcomes: bad[format] }, tolerated: 2 });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const { rows, labelled, challenger } = finalize(result.metrics).overall;
    expect({ rows, labelled, badRows: result.metrics.badRows }).toEqual({ rows: 3, labelled: 2, badRows: 2 });
    expect([challenger.truePositive, challenger.falsePositive]).toEqual([1, 1]);
  });

  it.each(['csv', 'jsonl'] as const)('hold the day where there is one more, in %s', async (format) => {
    const result = await evaluation(format, { raw: { outcomes: bad[format] }, tolerated: 1 });
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.problems.at(-1)?.remedy).toMatch(/at most 1 bad rows a day are tolerated/);
  });

  it('of predictions leave their records without a score', async () => {
    const raw = { predictions: 'id,score\na,0.5\nb,high\nc,0.5\n' };
    const result = await evaluation('csv', { raw, tolerated: 1 });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(finalize(result.metrics).overall).toMatchObject({ rows: 3, labelled: 2 });
  });

  it('of Parquet and Arrow too', async () => {
    for (const format of ['parquet', 'arrow'] as const) {
      const data = {
        ...DAY,
        outcomes: [
          [
            { id: 'a', label: 1, money: 2 },
            { id: 'b', label: 7, money: 2 },
          ],
        ],
      };
      const result = await evaluation(format, { data, tolerated: 1 });
      expect(result.ok && [result.metrics.badRows, finalize(result.metrics).overall.labelled]).toEqual([
        1, 1,
      ]);
    }
  });
});

describe('the output of Batch Transform', () => {
  const definition = dayDefinition('csv', 'binary-classification', {
    predictions: undefined,
    model: { modelName: 'm', url: 'http://localhost:1' },
    records: {
      format: 'csv',
      id: 'id',
      unit: 'id',
      incumbent: 'incumbent',
      amount: 'amount',
      features: ['amount'],
    },
  });
  const run = async (outputs: Readonly<Record<string, string>>) => {
    runs += 1;
    const data = { ...DAY, records: [['a', 'b'].map(record), ['c'].map(record)] };
    const files = await writeDay(db, join(folder, String(runs)), 'csv', data);
    const predictions = await Promise.all(
      Object.entries(outputs).map(async ([name, text]) => {
        const path = join(folder, `${runs}-${name}`);
        await writeFile(path, text);
        return { name: `predictions/job/${name}`, path };
      }),
    );
    return evaluateDay(db, definition, { ...files, predictions });
  };
  const acted = (result: DayEvaluation) =>
    result.ok && finalize(result.metrics).overall.challenger.truePositive;

  it('goes by position where it holds scores alone', async () => {
    expect(acted(await run({ 'part-1.csv.out': '0.1\n', 'part-0.csv.out': '0.9\n0.2\n' }))).toBe(1);
  });

  it('goes by id where the id was joined, in any order', async () => {
    expect(acted(await run({ 'part-0.csv.out': 'a,0.9\nb,0.2\n', 'part-1.csv.out': 'c,0.1\n' }))).toBe(1);
    expect(acted(await run({ 'part-0.csv.out': 'b,0.9\na,0.2\n', 'part-1.csv.out': 'c,0.8\n' }))).toBe(2);
  });

  it('is refused where scores alone do not fit the records', async () => {
    const few = await run({ 'part-0.csv.out': '0.9\n', 'part-1.csv.out': '0.1\n' });
    expect(!few.ok && few.problems[0]).toMatchObject({
      where: 'predictions/job/part-0.csv.out',
      what: expect.stringContaining('fewer rows'),
    });
    const many = await run({ 'part-0.csv.out': '0.9\n0.1\n0.3\n', 'part-1.csv.out': '0.1\n' });
    expect(!many.ok && many.problems[0]?.what).toContain('more rows');
    const foreign = await run({ 'other.csv.out': '0.9\n', 'part-1.csv.out': '0.1\n' });
    expect(!foreign.ok && foreign.problems[0]?.what).toContain('name no record');
  });
});
