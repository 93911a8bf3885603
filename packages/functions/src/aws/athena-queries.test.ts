import { AthenaClient } from '@aws-sdk/client-athena';
import type { FileRef } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import { exampleDefinition, exampleRegression } from '@penumbra/core/testing/example-definition';
import { describe, expect, it } from 'vitest';
import { type Answers, answering, awsError, NOBODY } from '../testing/answering.ts';
import { athenaQueries, type ColumnsOf } from './athena-queries.ts';
import type { Bucket } from './s3-objects.ts';

const file = (key: string, bytes = 10): FileRef => ({ key, bytes, etag: 'e' });
const text = (name: string) => ({ name, type: 'string' });

/** Nothing here reads or writes objects but what a test says. */
const bucket = (objects: Readonly<Record<string, string>> = {}): Bucket => ({
  list: async (prefix) =>
    Object.entries(objects)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, body]) => file(key, body.length)),
  read: async (key) => Buffer.from(objects[key] ?? ''),
  write: async () => 'sha',
  download: async () => 'fetched',
  upload: async () => {},
});

const columnsOf: ColumnsOf = async ({ definition }) => ({
  ok: true,
  value: {
    records: ['id', 'shop', 'planned', 'region', 'passenger', 'rebooked', 'passengers', 'airport'].map(text),
    outcomes: [definition.outcomes.id, definition.outcomes.label].map(text),
    predictions: ['id', 'predicted'].map(text),
  },
});

interface Setting {
  readonly answer?: Answers;
  readonly columns?: ColumnsOf;
  readonly results?: Bucket;
}

function setting({ answer = () => ({ QueryExecutionId: 'q-1' }), columns, results }: Setting = {}) {
  const asked: Readonly<Record<string, unknown>>[] = [];
  const made: string[] = [];
  const client = answering(new AthenaClient({ ...NOBODY, maxAttempts: 1 }), (command, input) => {
    asked.push(input);
    return answer(command, input);
  });
  const queries = athenaQueries(
    {
      client,
      tables: { ensure: async ({ name }) => void made.push(name) },
      bucket: bucket(),
      results: results ?? bucket(),
      columnsOf: columns ?? columnsOf,
    },
    {
      workgroup: 'penumbra-ada',
      database: 'penumbra_ada',
      bucket: 'data',
      resultsBucket: 'results',
      prefix: 'penumbra-ada',
    },
  );
  return { queries, asked, made };
}

const request = (definition: Definition = exampleRegression, eventId = 'd/day/2001-02-03/0004') => ({
  definition,
  deployment: definition.deployment,
  date: '2001-02-03',
  asOf: '2001-02-05',
  jobName: definition.model ? 'penumbra-ada-d-2001-02-03-1' : undefined,
  records: [file('d/records/date=2001-02-03/a.csv')],
  predictions: [file('d/predictions/date=2001-02-03/a.csv')],
  outcomes: [file('d/outcomes/landed=2001-02-03/a.csv')],
  eventId,
});

describe('a query', () => {
  it('is asked in the workgroup, over tables that are there, and says whose it is', async () => {
    const { queries, asked, made } = setting();
    const submitted = await queries.submit(request());
    expect(submitted).toEqual({
      status: 'submitted',
      queryExecutionId: 'q-1',
      clientRequestToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      output: '',
    });
    expect(asked).toMatchObject([
      {
        WorkGroup: 'penumbra-ada',
        QueryExecutionContext: { Database: 'penumbra_ada' },
        QueryString: expect.stringMatching(
          new RegExp(`\\n-- penumbra-ada ${exampleRegression.deployment} 2001-02-03$`),
        ),
      },
    ]);
    const [{ QueryString }] = asked as [{ readonly QueryString: string }];
    expect(made.length).toBeGreaterThan(2);
    for (const table of made) expect(QueryString).toContain(table);
  });

  it('has one token for one place in the log, and another one for another', async () => {
    const { queries, asked } = setting();
    await queries.submit(request());
    await queries.submit(request());
    await queries.submit(request(exampleRegression, 'd/day/2001-02-03/0005'));
    const [first, again, later] = asked.map(({ ClientRequestToken }) => ClientRequestToken);
    expect(again).toBe(first);
    expect(later).not.toBe(first);
  });

  it('unloads a result of many rows to a place of its own', async () => {
    const { queries, asked } = setting();
    const submitted = await queries.submit(request(exampleDefinition));
    expect(submitted).toMatchObject({ output: expect.stringMatching(/^unload\/[0-9a-f]{64}\/$/) });
    const { output } = submitted as { readonly output: string };
    expect(asked[0]?.QueryString).toContain(`'s3://results/${output}'`);
    const other = await queries.submit(request(exampleDefinition, 'd/day/2001-02-03/0005'));
    expect(other).not.toMatchObject({ output });
  });

  it.each([
    ['TooManyRequestsException', 'later'],
    ['InvalidRequestException', 'rejected'],
  ])('that Athena refuses by %s is %s', async (name, status) => {
    const { queries } = setting({ answer: () => awsError(name) });
    expect(await queries.submit(request())).toMatchObject({
      status,
      reason: expect.stringContaining('it is so'),
    });
  });

  it('fails where nobody knows what the refusal means', async () => {
    const { queries } = setting({ answer: () => awsError('InternalServerException') });
    await expect(queries.submit(request())).rejects.toThrow('it is so');
  });

  it('is not asked by a definition that Athena cannot follow, and says why', async () => {
    const { records } = exampleRegression;
    const arrow = { ...exampleRegression, records: { ...records, format: 'arrow' as const } };
    const { queries, asked } = setting();
    expect(queries.unfit(exampleRegression)).toBeUndefined();
    expect(queries.unfit(arrow)).toContain('Arrow');
    expect(await queries.submit(request(arrow))).toMatchObject({ status: 'rejected' });
    expect(asked).toEqual([]);
  });

  it('is not asked over files that are none of their format, or that lack a column', async () => {
    const strange = { ...request(), outcomes: [file('d/outcomes/landed=2001-02-03/notes.txt')] };
    expect(await setting().queries.submit(strange)).toMatchObject({
      status: 'held',
      held: { step: 'outcomes', problems: [{ where: 'd/outcomes/landed=2001-02-03/notes.txt' }] },
    });
    const problem = { where: 'd/predictions/date=2001-02-03/a.csv', what: 'no column', remedy: 'add it' };
    const { queries } = setting({ columns: async () => ({ ok: false, problems: [problem] }) });
    expect(await queries.submit(request())).toMatchObject({
      status: 'held',
      held: { step: 'predictions', problems: [problem] },
    });
  });
});

describe('the result of a query', () => {
  const wanted = { ...request(), queryExecutionId: 'q-1', metricsKey: 'm' };

  it('is missing where Athena keeps it no longer', async () => {
    const { queries } = setting({
      answer: () => awsError('InvalidRequestException', 'Could not find results'),
    });
    expect(await queries.results({ ...wanted, output: '' })).toBe('missing');
  });

  it('is missing where nothing is left of what was unloaded', async () => {
    expect(await setting().queries.results({ ...wanted, output: 'unload/gone/' })).toBe('missing');
  });

  it('is not known where Athena does not answer', async () => {
    const { queries } = setting({ answer: () => awsError('InternalServerException') });
    await expect(queries.results({ ...wanted, output: '' })).rejects.toThrow('it is so');
  });
});
