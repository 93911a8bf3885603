import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { FileRef } from '@penumbra/core/day-events';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import { keys } from '@penumbra/core/pipeline/keys';
import { describeProblem, type Problem } from '@penumbra/core/problem';
import { duckDbOnDemand } from '@penumbra/evaluator/duckdb';
import { s3Evaluator } from '@penumbra/functions/aws/s3-evaluator';
import type { Bucket } from '@penumbra/functions/aws/s3-objects';
import { type HostileCase, SMUGGLED } from './hostile-case.ts';

const DATE = '2001-02-03';
const INPUT = keys.transformInput('d', DATE);
const RECORDS = keys.records('d', DATE);
const HEADER = 'id,customer,rule,signal';

const definition = define({
  deployment: 'd',
  task: {
    type: 'binary-classification',
    threshold: 0.5,
    payoff: {
      currency: 'EUR',
      truePositive: { fixed: 10 },
      falsePositive: { fixed: -4 },
      falseNegative: { fixed: -10 },
      trueNegative: {},
    },
  },
  records: { format: 'csv', id: 'id', unit: 'customer', incumbent: 'rule', features: ['signal'] },
  outcomes: { format: 'csv', id: 'id', label: 'bad', maturityDays: 2 },
  model: { modelName: 'm' },
  slices: [{ slice: 'all', when: [{ field: 'signal', atLeast: -1e9 }] }],
});

function define(input: unknown): Definition {
  const parsed = parseDefinition(input);
  if (!parsed.ok) throw new Error(parsed.problems.map(describeProblem).join('\n'));
  return parsed.value;
}

type Content = string | Buffer;

/** A bucket in memory. */
function bucketOf(objects: Map<string, Buffer>): Bucket {
  const get = (key: string): Buffer => {
    const bytes = objects.get(key);
    if (!bytes) throw new Error(`no object ${key}`);
    return bytes;
  };
  return {
    list: async (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)).map(refOf),
    download: async ({ key }, path) => {
      await writeFile(path, get(key));
      return 'fetched';
    },
    upload: async (key, path) => {
      objects.set(key, await readFile(path));
    },
    write: async (key, bytes) => {
      objects.set(key, Buffer.from(bytes));
      return createHash('sha256').update(bytes).digest('hex');
    },
    read: async (key) => get(key),
  };
}

const refOf = (key: string): FileRef => ({ key, bytes: 0, etag: 'e' });

const db = duckDbOnDemand();
export const closeHostileFiles = () => db.close();

function fail(problems: readonly Problem[]): never {
  throw new Error(problems.map(describeProblem).join('\n'));
}

/** Takes records in; answers their number and the model's input, or their problems as an error. */
async function take(files: Readonly<Record<string, Content>>): Promise<unknown> {
  const objects = new Map(
    Object.entries(files).map(([name, content]) => [`${RECORDS}${name}`, Buffer.from(content)]),
  );
  const prepared = await s3Evaluator(bucketOf(objects), db).prepare({
    definition,
    files: [...objects.keys()].map(refOf),
    input: INPUT,
  });
  if (!prepared.ok) fail(prepared.problems);
  const inputs = [...objects].filter(([key]) => key.startsWith(INPUT));
  return { rows: prepared.value.rows, input: inputs.map(([, bytes]) => bytes.toString()).join('') };
}

/** Compares one day; answers rows, labelled rows and what the challenger earned. */
async function compare(outcomes: Content, predictions: Content = 'r1,0.9\nr2,0.1\n'): Promise<unknown> {
  const objects = new Map<string, Buffer>([
    ['d/r.csv', Buffer.from(`${HEADER}\nr1,c1,0,1\nr2,c2,1,0\n`)],
    ['d/p.csv.out', Buffer.from(predictions)],
    ['d/o.csv', Buffer.from(outcomes)],
  ]);
  const evaluation = await s3Evaluator(bucketOf(objects), db).evaluate({
    definition,
    records: [refOf('d/r.csv')],
    predictions: [refOf('d/p.csv.out')],
    outcomes: [refOf('d/o.csv')],
    metricsKey: 'd/m.arrow',
  });
  if (!evaluation.ok) fail(evaluation.problems);
  const { rows, labelled, challenger, incumbent } = evaluation.summary.overall;
  return { rows, labelled, challenger: challenger.value, incumbent: incumbent.value };
}

const records = (name: string, content: Content, expected: HostileCase['expect']): HostileCase => ({
  name: `records: ${name}`,
  run: () => take({ 'part-0.csv': content }),
  expect: expected,
});
const outcomes = (name: string, content: Content, expected: HostileCase['expect']): HostileCase => ({
  name: `outcomes: ${name}`,
  run: () => compare(content),
  expect: expected,
});
const scores = (name: string, content: Content, expected: HostileCase['expect']): HostileCase => ({
  name: `predictions: ${name}`,
  run: () => compare('id,bad\nr1,1\nr2,0\n', content),
  expect: expected,
});
const lines = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`;
const bad = (error: RegExp) => ({ error });
const good = (rows: number, input: string) => ({ result: { rows, input } });
const ONE = good(1, 'r1,0.5\n');

const signal = (text: string, expected: HostileCase['expect']) =>
  records(`the number ${JSON.stringify(text.slice(0, 30))}`, lines(`r1,c1,0,${text}`), expected);
const NOT_A_NUMBER = bad(/part-0\.csv, line 2, column signal: .*(not a number|not a finite number|beyond)/);

/** Files as somebody may write them. */
export const hostileFiles: readonly HostileCase[] = [
  records('nothing at all', '', bad(/the file is empty/)),
  records('a byte order mark alone', '\ufeff', bad(/column|empty/)),
  records('a header alone', `${HEADER}\n`, good(0, '')),
  records('a header without a line end', HEADER, good(0, '')),
  records('a byte order mark before the header', `\ufeff${lines('r1,c1,0,0.5')}`, ONE),
  records('Windows line ends', `${HEADER}\r\nr1,c1,0,0.5\r\n`, ONE),
  records('no line end at the end', `${HEADER}\nr1,c1,0,0.5`, ONE),
  records('quotes around everything', '"id","customer","rule","signal"\n"r1","c1","0","0.5"\n', ONE),
  records('columns in another order', 'signal,rule,customer,id\n0.5,0,c1,r1\n', ONE),
  records('a column too many', `${HEADER},more\nr1,c1,0,0.5,x\n`, ONE),
  records('a column too few', 'id,customer,rule\nr1,c1,0\n', bad(/column signal: .*does not have it/)),
  records('a column twice', `${HEADER},signal\nr1,c1,0,0.5,0.6\n`, bad(/column signal: .*twice/)),
  records('columns named like methods', `${HEADER},__proto__,constructor\nr1,c1,0,0.5,x,y\n`, ONE),
  records('a row too short', lines('r1,c1,0'), bad(/line 2/)),
  records('a row too long', lines('r1,c1,0,0.5,1,2'), bad(/line 2/)),
  records('semicolons', 'id;customer;rule;signal\nr1;c1;0;0,5\n', bad(/column/)),
  records('tabs', 'id\tcustomer\trule\tsignal\nr1\tc1\t0\t0.5\n', bad(/column/)),
  records('an open quote', lines('"r1,c1,0,0.5', 'r2,c2,0,0.5'), bad(/part-0\.csv/)),
  records('a quote in the middle', lines('r"1,c1,0,0.5'), good(1, '"r""1",0.5\n')),
  records('the same id twice', lines('r1,c1,0,0.5', 'r1,c1,0,0.5'), bad(/r1/)),
  records('an empty id', lines(',c1,0,0.5'), bad(/line 2, column id: .*empty/)),
  records('an empty unit', lines('r1,,0,0.5'), bad(/line 2, column customer: .*empty/)),
  records('an id of 300 bytes', lines(`${'r'.repeat(300)},c1,0,0.5`), bad(/line 2, column id: .*300 bytes/)),
  records('an empty feature is a missing value', lines('r1,c1,0,'), good(1, 'r1,\n')),
  records(
    'invalid UTF-8',
    Buffer.from([...Buffer.from(`${HEADER}\n`), 0xff, 0xfe, 0x2c, 0x63, 0x2c, 0x30, 0x2c, 0x31, 0x0a]),
    bad(/part-0\.csv/),
  ),
  records('UTF-16', Buffer.from(`\ufeff${lines('r1,c1,0,0.5')}`, 'utf16le'), bad(/part-0\.csv/)),
  records('bytes of a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), bad(/part-0\.csv/)),
  records('bytes of a zip', Buffer.from('504b0304140000000800', 'hex'), bad(/part-0\.csv/)),
  records('a header of a million characters', `${'x'.repeat(1_000_000)}\n`, bad(/part-0\.csv/)),
  records('a unit of a million characters', lines(`r1,${'c'.repeat(1_000_000)},0,0.5`), ONE),
  records(
    '10,000 columns',
    `${HEADER},${Array.from({ length: 10_000 }, (_, i) => `x${i}`).join(',')}\nr1,c1,0,0.5${',1'.repeat(10_000)}\n`,
    ONE,
  ),
  ...[
    '0,5',
    '"0,5"',
    '1.000,5',
    '0x10',
    '1e999',
    '-1e999',
    'inf',
    '-Infinity',
    'abc',
    '１',
    '1 2',
    '--1',
    '1e',
    '1e101',
  ].map((text) => signal(text, text === '0,5' || text === '1.000,5' ? bad(/line 2/) : NOT_A_NUMBER)),
  ...['2', '-1', '0.5', 'true', 'yes', ''].map((text) =>
    records(`the decision ${JSON.stringify(text)}`, lines(`r1,c1,${text},0.5`), bad(/line 2, column rule/)),
  ),
  ...SMUGGLED.filter((text) => !['"', ',', '\u0000'].some((character) => text.includes(character))).map(
    (text) =>
      records(`an id that is ${JSON.stringify(text)}`, lines(`${text},c1,0,0.5`), good(1, `${text},0.5\n`)),
  ),
  records('the feature NaN is a missing value', lines('r1,c1,0,NaN'), good(1, 'r1,\n')),
  // The digits of a number may be grouped so, as in program text; no other number is written like this.
  records('the number "1_000"', lines('r1,c1,0,1_000'), bad(/"1_000" is not a number/)),
  {
    name: 'records: two files of one name in two folders are two inputs',
    run: () => take({ 'a/part.csv': lines('r1,c1,0,0.5'), 'b/part.csv': lines('r2,c1,0,0.7') }),
    expect: good(2, 'r1,0.5\nr2,0.7\n'),
  },
  {
    name: 'records: a file of another format beside them',
    run: () => take({ 'part-0.csv': lines('r1,c1,0,0.5'), 'notes.xlsx': 'x' }),
    expect: bad(/notes\.xlsx: this folder holds a file that is no \.csv/),
  },
  {
    name: 'records: a file whose name is a path',
    run: () => take({ '../../x/part.csv': lines('r1,c1,0,0.5') }).then(() => 'taken'),
    expect: { result: 'taken' },
  },
  outcomes('as they should be', 'id,bad\nr1,1\nr2,0\n', {
    result: { rows: 2, labelled: 2, challenger: 10, incumbent: -14 },
  }),
  outcomes('with a byte order mark and Windows line ends', '\ufeffid,bad\r\nr1,1\r\nr2,0\r\n', {
    result: { rows: 2, labelled: 2, challenger: 10, incumbent: -14 },
  }),
  outcomes('of records that nobody knows', `id,bad\nr1,1\n${SMUGGLED[0]},1\n__proto__,1\n`, {
    result: { rows: 2, labelled: 1, challenger: 10, incumbent: -10 },
  }),
  outcomes('twice, the last one counts', 'id,bad\nr1,0\nr1,1\n', {
    result: { rows: 2, labelled: 1, challenger: 10, incumbent: -10 },
  }),
  outcomes('none', 'id,bad\n', { result: { rows: 2, labelled: 0, challenger: 0, incumbent: 0 } }),
  outcomes('nothing at all', '', bad(/d\/o\.csv.*empty/)),
  outcomes('a label of 2', 'id,bad\nr1,2\n', bad(/d\/o\.csv, line 2, column bad: 2 is neither 0 nor 1/)),
  outcomes('a label with a decimal comma', 'id,bad\nr1,"1,0"\n', bad(/line 2, column bad/)),
  outcomes('an empty label', 'id,bad\nr1,\n', bad(/line 2, column bad/)),
  outcomes('a label beyond all numbers', 'id,bad\nr1,1e999\n', bad(/line 2, column bad/)),
  outcomes('without the label', 'id\nr1\n', bad(/column bad/)),
  outcomes('bytes of zero', Buffer.alloc(1000), bad(/d\/o\.csv/)),
  outcomes(
    'invalid UTF-8',
    Buffer.from([0x69, 0x64, 0x2c, 0x62, 0x61, 0x64, 0x0a, 0xc3, 0x28, 0x2c, 0x31, 0x0a]),
    bad(/d\/o\.csv/),
  ),
  scores('a score above 1', 'r1,1.5\nr2,0.1\n', bad(/p\.csv\.out, line 1.*1\.5 is outside \[0, 1\]/)),
  scores('a score that is no number', 'r1,nan\nr2,0.1\n', bad(/p\.csv\.out/)),
  scores('an error page instead of scores', '<html><body>502</body></html>\n', bad(/p\.csv\.out/)),
  scores('a record twice', 'r1,0.9\nr1,0.1\nr2,0.1\n', bad(/p\.csv\.out|r1/)),
  scores('cut off in the middle', 'r1,0.9\nr2,', bad(/p\.csv\.out/)),
  scores('a record missing', 'r1,0.9\n', bad(/p\.csv\.out|r2|predictions|prediction/)),
  scores('of records that nobody sent', 'r1,0.9\nr2,0.1\nr3,0.5\n', bad(/r3/)),
  scores('nothing', '', bad(/p\.csv\.out|prediction/)),
];
