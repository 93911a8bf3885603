import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Definition } from '@penumbra/core/definition';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NamedFile } from '../column-spec.ts';
import type { DayMetrics } from '../day-metrics.ts';
import { type DuckDb, openDuckDb } from '../duckdb.ts';
import { evaluateDay } from '../evaluate-day.ts';
import { finalize } from '../finalize.ts';
import { dayDefinition } from '../testing/day-data.ts';
import { evaluateBySql, type LandedFiles, type SqlDayOptions } from '../testing/sql-day.ts';
import type { SqlEvaluation } from './metrics-from-rows.ts';

let db: DuckDb;
let folder: string;
beforeAll(async () => {
  db = await openDuckDb();
  folder = await mkdtemp(join(tmpdir(), 'penumbra-problems-'));
});
afterAll(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

/** Files by what they hold; outcomes by the day on which they land. */
interface Texts {
  readonly records?: readonly string[];
  readonly predictions?: readonly string[];
  readonly outcomes?: readonly (readonly string[])[];
}

const RECORDS = 'id,tier,incumbent,amount\na,regional,1,10\nb,midsize,0,20\nc,elsewhere,1,30\n';
const PREDICTIONS = 'id,score\na,0.5\nb,0.125\nc,0.75\n';
const OUTCOMES = 'id,label,money\na,1,5\nb,0,7\n';

let runs = 0;
async function written(
  { records = [RECORDS], predictions = [PREDICTIONS], outcomes = [[OUTCOMES]] }: Texts,
  extension = 'csv',
): Promise<LandedFiles & { readonly dir: string }> {
  runs += 1;
  const dir = join(folder, String(runs));
  await mkdir(dir);
  const file = async (kind: string, index: number, text: string): Promise<NamedFile> => {
    const path = join(dir, `${kind}-${index}.${extension}`);
    await writeFile(path, text);
    return { name: `${kind}/part-${index}.${extension}`, path };
  };
  const all = (kind: string, texts: readonly string[]) =>
    Promise.all(texts.map((text, index) => file(kind, index, text)));
  const days = await Promise.all(outcomes.map((texts, day) => all(`outcomes-${day}`, texts)));
  return {
    dir,
    records: await all('records', records),
    predictions: await all('predictions', predictions),
    outcomes: days.flatMap((files, day) => files.map((each) => ({ day, file: each }))),
  };
}

async function bySql(
  texts: Texts,
  definition: Definition = dayDefinition('csv'),
  options: Partial<SqlDayOptions> = {},
): Promise<SqlEvaluation> {
  const files = await written(texts, definition.records.format);
  return evaluateBySql(db, definition, files, { folder: files.dir, ...options });
}

async function byBoth(
  texts: Texts,
  definition: Definition,
): Promise<{ lambda: DayMetrics; athena: DayMetrics }> {
  const files = await written(texts, definition.records.format);
  const athena = await evaluateBySql(db, definition, files, { folder: files.dir });
  const lambda = await evaluateDay(db, definition, {
    ...files,
    outcomes: files.outcomes.map(({ file }) => file),
  });
  if (!lambda.ok) throw new Error(JSON.stringify(lambda.problems));
  if (!athena.ok) throw new Error(JSON.stringify(athena.problems));
  return { lambda: lambda.metrics, athena: athena.metrics };
}

const tolerant = (toleratedBadRows: number) =>
  dayDefinition('csv', 'binary-classification', { toleratedBadRows });

function expectProblem(evaluation: SqlEvaluation, step: string, words: string | RegExp): void {
  expect(evaluation).toMatchObject({ ok: false, step });
  if (evaluation.ok) return;
  expect(evaluation.problems[0]?.what).toMatch(words);
  expect(evaluation.problems[0]?.remedy).toBeTruthy();
}

describe('outcomes', () => {
  it('that land later win; repeats, corrections and those of other days are counted as the evaluator counts them', async () => {
    const { lambda, athena } = await byBoth(
      {
        outcomes: [
          [OUTCOMES, 'id,label,money\na,1,5\n'],
          [],
          ['id,label,money\nb,1,3\nforeign,0,0\n'],
          [OUTCOMES.replace('b,0', 'd,0')],
        ],
      },
      dayDefinition('csv'),
    );
    expect(athena).toMatchObject({ duplicateOutcomes: 3, unmatchedOutcomes: 2 });
    expect(athena).toMatchObject({
      duplicateOutcomes: lambda.duplicateOutcomes,
      unmatchedOutcomes: lambda.unmatchedOutcomes,
    });
    expect(finalize(athena)).toEqual(finalize(lambda));
  });

  it.each([
    ['one file', ['id,label,money\na,1,5\na,0,5\n']],
    ['two files', [OUTCOMES, 'id,label,money\na,1,6\n']],
  ])(
    'that differ within %s of one folder hold the day: SQL does not know which comes last',
    async (_, outcomes) => {
      for (const recordsFirst of [false, true]) {
        const evaluation = await bySql({ outcomes: [outcomes] }, dayDefinition('csv'), { recordsFirst });
        expectProblem(
          evaluation,
          'outcomes',
          '1 records, among them "a", have different outcomes in one landed folder',
        );
      }
    },
  );

  it('that differed in a folder do not matter once a later folder decides', async () => {
    const evaluation = await bySql({
      outcomes: [['id,label,money\na,1,5\na,0,5\n'], ['id,label,money\na,1,5\n']],
    });
    expect(evaluation).toMatchObject({ ok: true, metrics: { duplicateOutcomes: 2 } });
  });

  it('that landed nowhere leave the records without labels', async () => {
    const evaluation = await bySql({ outcomes: [] });
    expect(evaluation.ok && finalize(evaluation.metrics).overall).toMatchObject({ rows: 3, labelled: 0 });
  });
});

describe('records and predictions that do not go together hold the day', () => {
  it.each<[string, Texts, string, RegExp]>([
    [
      'a record twice',
      { records: [RECORDS, 'id,tier,incumbent,amount\nb,hub,1,1\n'] },
      'records',
      /record id "b" is there twice/,
    ],
    [
      'a score twice',
      { predictions: [`${PREDICTIONS}b,0.125\n`] },
      'predictions',
      /record "b" is scored twice/,
    ],
    [
      'a score of no record',
      { predictions: [`${PREDICTIONS}d,0.5\n`] },
      'predictions',
      /no record has the id "d"/,
    ],
    [
      'no score',
      { predictions: [PREDICTIONS.replace('b,0.125\n', '')] },
      'predictions',
      /2 scores for 3 records; a record without one is "b"/,
    ],
  ])('%s', async (_, texts, step, words) => {
    expectProblem(await bySql(texts), step, words);
  });

  it('a record without the hash of its unit, or with two of them', async () => {
    const hashes = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
    const [a, b, c] = ['{"id":"a","hash":1}', '{"id":"b","hash":2}', '{"id":"c","hash":3}'] as const;
    const of = (lines: readonly string[]) => bySql({}, dayDefinition('csv'), { arms: [hashes(lines)] });
    expect(await of([a, b, c])).toMatchObject({ ok: true });
    expect(await of([a, b, c, '{"id":"of another day","hash":4}'])).toMatchObject({ ok: true });
    expectProblem(await of([a, c]), 'records', /the record "b" has no hash/);
    expectProblem(await of([a, b, c, '{"id":"b","hash":5}']), 'records', /the record "b" has two hashes/);
    expectProblem(
      await of([a, b, c, '{"id":"b"']),
      'records',
      /a line of this file, which the pipeline wrote/,
    );
  });

  it('numbers that are too large to be summed exactly', async () => {
    const evaluation = await bySql({ records: [RECORDS.replace('regional,1,10', 'regional,1,1e17')] });
    expectProblem(evaluation, 'outcomes', /1 records have values or errors beyond/);
  });
});

describe('rows that cannot be read', () => {
  it.each<[string, Texts, number, string, string]>([
    ['no number', { records: [RECORDS.replace(',10', ',ten')] }, 1, 'records', 'amount'],
    ['a number with underscores', { records: [RECORDS.replace(',10', ',1_0')] }, 1, 'records', 'amount'],
    ['an infinite number', { records: [RECORDS.replace(',10', ',1e999')] }, 1, 'records', 'amount'],
    ['no number where one is needed', { records: [RECORDS.replace(',10', ',')] }, 1, 'records', 'amount'],
    ['neither 0 nor 1', { records: [RECORDS.replace('l,1,', 'l,2,')] }, 1, 'records', 'incumbent'],
    ['an empty id', { records: [RECORDS.replace('\na,', '\n,')] }, 1, 'records', 'id'],
    ['too few cells', { records: [`${RECORDS}d,hub\n`] }, 1, 'records', 'incumbent'],
    ['the header again', { records: [`${RECORDS}id,tier,incumbent,amount\n`] }, 1, 'records', ''],
    ['a score beyond 1', { predictions: [PREDICTIONS.replace('0.5', '1.5')] }, 1, 'predictions', 'score'],
    ['no label', { outcomes: [[OUTCOMES.replace('b,0', 'b,')]] }, 1, 'outcomes', 'label'],
  ])('%s: hold the day unless they are tolerated', async (_, texts, rows, step, column) => {
    const evaluation = await bySql(texts);
    expect(evaluation).toMatchObject({ ok: false, step });
    if (!evaluation.ok) {
      const [problem] = evaluation.problems;
      expect(problem?.where).toMatch(new RegExp(`^oracle/${step}/(date|landed)=2001-02-03/0-`));
      expect(problem?.column ?? '').toBe(column);
    }
    // The prediction of a record that cannot be read is of no record.
    if (step === 'records' && !texts.records?.[0]?.startsWith(RECORDS)) return;
    expect(await bySql(texts, tolerant(rows))).toMatchObject({ ok: true, metrics: { badRows: rows } });
  });

  it('of every file count together, as the evaluator counts them', async () => {
    const texts: Texts = {
      predictions: [PREDICTIONS.replace('0.5', 'nan')],
      outcomes: [['id,label,money\na,yes,5\nb,0,7\n'], ['id,label,money\n,1,2\n']],
    };
    expect(await bySql(texts, tolerant(2))).toMatchObject({ ok: false, step: 'predictions' });
    const { lambda, athena } = await byBoth(texts, tolerant(3));
    expect(athena.badRows).toBe(3);
    expect(lambda.badRows).toBe(3);
    expect(finalize(athena)).toEqual(finalize(lambda));
  });

  it('are long ids by their bytes, not by their letters', async () => {
    const withId = (id: string) => ({
      records: [`id,tier,incumbent,amount\n${id},regional,1,10\n`],
      predictions: [`id,score\n${id},0.5\n`],
    });
    for (const fits of ['é'.repeat(128), 'x'.repeat(256), '% '.repeat(128).trim(), '😀'.repeat(64)]) {
      expect(await bySql(withId(fits)), fits).toMatchObject({ ok: true });
    }
    for (const long of [`${'é'.repeat(128)}x`, 'x'.repeat(257), `${'😀'.repeat(64)}/`]) {
      expect(await bySql(withId(long)), long).toMatchObject({
        ok: false,
        step: 'records',
        problems: [{ column: 'id', what: expect.stringContaining('256 bytes') }],
      });
    }
  });

  it('are lines that are no JSON', async () => {
    const lines = (...rows: object[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
    const texts = (records: string): Texts => ({
      records: [records],
      predictions: [lines({ id: 'a', score: 0.5 })],
      outcomes: [[lines({ id: 'a', label: true, money: 3 })]],
    });
    const good = lines({ id: 'a', tier: 'regional', incumbent: 1, amount: 2 });
    const definition = (toleratedBadRows: number) =>
      dayDefinition('jsonl', 'binary-classification', { toleratedBadRows });
    expect(await bySql(texts(`${good}{"id":\n`), definition(1))).toMatchObject({
      ok: true,
      metrics: { badRows: 1 },
    });
    expect(await bySql(texts(`${good}{"id":\n`), definition(0))).toMatchObject({
      ok: false,
      step: 'records',
    });
  });
});

describe('files that are not like the first one', () => {
  const more = (header: string, row: string): Texts => ({
    records: [RECORDS, `${header}\n${row}\n`],
    predictions: [`${PREDICTIONS}d,0.5\n`],
  });

  it('hold the day, however many bad rows are tolerated: their columns would be mistaken for others', async () => {
    const swapped = more('id,tier,amount,incumbent', 'd,hub,1,0');
    expectProblem(
      await bySql(swapped, tolerant(9)),
      'records',
      /1 of 2 files have a header line that names "id"/,
    );
    expectProblem(await bySql(more('d,hub,1,1', 'e,hub,1,1'), tolerant(9)), 'records', /1 of 2 files/);
    expect(await bySql(more('\ufeffid,tier,incumbent,amount', 'd,hub,1,1'))).toMatchObject({ ok: true });
    expect(await bySql(more('id,tier,incumbent,amount', 'd,hub,1,1'))).toMatchObject({ ok: true });
    // Columns that nobody asks for may have other names.
    const unused = {
      records: ['x,id,tier,incumbent,amount\n,a,hub,1,1\n', 'y,id,tier,incumbent,amount\n,b,hub,1,1\n'],
    };
    expect(await bySql({ ...unused, predictions: ['id,score\na,1\nb,1\n'] })).toMatchObject({ ok: true });
  });
});

describe('slices', () => {
  const definition = dayDefinition('csv', 'binary-classification', {
    slices: [{ slice: 'many', when: [{ field: 'tier', atLeast: 10 }] }],
  });

  it('hold the day where a text is a number to one engine alone', async () => {
    for (const odd of ['Infinity', ' -infinity', '0x10', '0b1']) {
      const evaluation = await bySql({ records: [RECORDS.replace('regional', odd)] }, definition);
      expectProblem(evaluation, 'records', /only|differently/);
    }
    expect(await bySql({ records: [RECORDS.replace('regional', ' 12 ')] }, definition)).toMatchObject({
      ok: true,
    });
  });
});

it('a model’s scores are those of the transform that was named', async () => {
  const definition = dayDefinition('csv', 'binary-classification', {
    model: { modelName: 'model' },
    predictions: undefined,
    records: {
      format: 'csv',
      id: 'id',
      unit: 'tier',
      incumbent: 'incumbent',
      amount: 'amount',
      features: ['amount'],
    },
  });
  const texts = { predictions: ['a,0.5\nb,0.125\nc,0.75\n'] };
  const { lambda, athena } = await (async () => {
    const files = await written(texts);
    const options = { folder: files.dir, jobName: 'job-2', otherJobs: { 'job-1': 'a,0.9\n' } };
    const found = await evaluateBySql(db, definition, files, options);
    const wanted = await evaluateDay(db, definition, {
      ...files,
      outcomes: files.outcomes.map(({ file }) => file),
    });
    return { lambda: wanted, athena: found };
  })();
  expect(athena.ok && lambda.ok && finalize(athena.metrics)).toEqual(lambda.ok && finalize(lambda.metrics));
  // The model did not say which record each score is of.
  expectProblem(
    await bySql({ predictions: ['0.5\n0.125\n0.75\n'] }, definition, { jobName: 'job' }),
    'predictions',
    /3 rows/,
  );
});

it('names of columns and values stay what they are, whatever is in them', async () => {
  const odd = `x'; DROP TABLE "t"; --\`\\`;
  const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const definition = dayDefinition('csv', 'binary-classification', {
    records: { format: 'csv', id: odd, unit: odd, incumbent: `${odd}rule`, amount: 'amount' },
    outcomes: { format: 'csv', id: odd, label: `${odd}label`, money: 'money', maturityDays: 1 },
    slices: [{ slice: 'odd', when: [{ field: `${odd}field`, equals: odd }] }],
  });
  const evaluation = await bySql(
    {
      records: [
        `${cell(odd)},${cell(`${odd}rule`)},amount,${cell(`${odd}field`)}\n${cell(odd)},1,2,${cell(odd)}\n`,
      ],
      predictions: [`id,score\n${cell(odd)},0.5\n`],
      outcomes: [[`${cell(odd)},${cell(`${odd}label`)},money\n${cell(odd)},1,2\n`]],
    },
    definition,
  );
  expect(evaluation.ok && finalize(evaluation.metrics).slices.get('odd')).toMatchObject({
    rows: 1,
    labelled: 1,
  });
});
