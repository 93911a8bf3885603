import { gunzipSync } from 'node:zlib';
import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import {
  CreateTableCommand,
  DeleteTableCommand,
  GetTableCommand,
  type TableInput,
} from '@aws-sdk/client-glue';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventually, receiveAll, useAws } from '../test/aws-for-tests.ts';

const shared = useAws({
  buckets: ['data', 'results'],
  athena: {
    workgroup: 'night',
    database: 'shop',
    resultsLocation: 's3://results/by-id/',
    bytesCutoff: 100,
  },
  rules: [
    {
      name: 'ended',
      pattern: { source: ['aws.athena'], detail: { workgroupName: ['night'], currentState: ['SUCCEEDED'] } },
      target: 'work',
    },
  ],
});

const put = (key: string, body: string) =>
  shared.s3.send(new PutObjectCommand({ Bucket: 'data', Key: key, Body: Buffer.from(body) }));

const orders = (name = 'orders'): TableInput => ({
  Name: name,
  TableType: 'EXTERNAL_TABLE',
  PartitionKeys: [{ Name: 'day', Type: 'string' }],
  Parameters: {
    'projection.enabled': 'true',
    'storage.location.template': 's3://data/orders/day=$' + '{day}/',
  },
  StorageDescriptor: {
    Columns: [
      { Name: 'c0', Type: 'string' },
      { Name: 'c1', Type: 'string' },
    ],
    Location: 's3://data/orders/',
    SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde' },
  },
});

beforeAll(async () => {
  await shared.glue.send(new CreateTableCommand({ DatabaseName: 'shop', TableInput: orders() }));
  await put('orders/day=2001-02-03/a.csv', '1,cake\n2,\n3,"tea, hot"\n');
  await put('orders/day=2001-02-03/_SUCCESS', '');
  await put('orders/day=2001-02-04/a.csv', '4,bread\n');
  await put('orders/day=2001-02-05/a.csv', `5,${'x'.repeat(100)}\n`);
});

let tokens = 0;
const start = async (QueryString: string, more: Partial<StartQueryExecutionCommandInput> = {}) => {
  tokens += 1;
  const { QueryExecutionId = '' } = await shared.athena.send(
    new StartQueryExecutionCommand({
      QueryString,
      ClientRequestToken: `a-token-of-enough-characters-${String(tokens).padStart(8, '0')}`,
      QueryExecutionContext: { Database: 'shop' },
      WorkGroup: 'night',
      ...more,
    }),
  );
  return QueryExecutionId;
};
const describeQuery = async (QueryExecutionId: string) =>
  (await shared.athena.send(new GetQueryExecutionCommand({ QueryExecutionId }))).QueryExecution;
const endOf = (id: string) =>
  eventually(async () => {
    const query = await describeQuery(id);
    return /SUCCEEDED|FAILED|CANCELLED/.test(query?.Status?.State ?? '') && query;
  });
const results = (QueryExecutionId: string, more = {}) =>
  shared.athena.send(new GetQueryResultsCommand({ QueryExecutionId, ...more }));
const rowsOf = async (QueryExecutionId: string, pageSize = 1000) => {
  const rows: (string | null)[][] = [];
  const pages = paginateGetQueryResults({ client: shared.athena, pageSize }, { QueryExecutionId });
  let count = 0;
  for await (const { ResultSet } of pages) {
    count += 1;
    for (const { Data = [] } of ResultSet?.Rows ?? [])
      rows.push(Data.map((value) => value.VarCharValue ?? null));
  }
  return { rows, pages: count };
};
const OF_A_DAY = `SELECT c0 AS "id", c1 AS "what" FROM "shop"."orders" WHERE "day" = '2001-02-03' ORDER BY c0`;

describe('a query that succeeds', () => {
  test('reads the partitions that it asks for, and counts their bytes', async () => {
    const query = await endOf(await start(OF_A_DAY));
    expect(query).toMatchObject({
      Query: OF_A_DAY,
      WorkGroup: 'night',
      Status: { State: 'SUCCEEDED', CompletionDateTime: expect.any(Date) },
      Statistics: { DataScannedInBytes: 23 },
      ResultConfiguration: { OutputLocation: `s3://results/by-id/${query?.QueryExecutionId}.csv` },
    });
  });

  test('hands out its rows page by page, the names of the columns first', async () => {
    const id = await start(OF_A_DAY);
    await endOf(id);
    const all = [
      ['id', 'what'],
      ['1', 'cake'],
      ['2', ''],
      ['3', 'tea, hot'],
    ];
    expect(await rowsOf(id)).toEqual({ rows: all, pages: 1 });
    expect(await rowsOf(id, 2)).toEqual({ rows: all, pages: 2 });
    const { ResultSet } = await results(id, { MaxResults: 1 });
    expect(ResultSet?.ResultSetMetadata?.ColumnInfo).toMatchObject([
      { Name: 'id', Type: 'varchar' },
      { Name: 'what', Type: 'varchar' },
    ]);
  });

  test('tells a missing value from an empty text', async () => {
    const id = await start(
      `SELECT CAST(NULL AS VARCHAR) AS a, '' AS b, CAST(2.5 AS DOUBLE) AS c, CAST(7 AS BIGINT) AS d`,
    );
    await endOf(id);
    expect((await rowsOf(id)).rows[1]).toEqual([null, '', '2.5', '7']);
  });

  test('is told on the bus', async () => {
    const id = await start(`SELECT 1 AS told`);
    const body = await eventually(async () =>
      (await receiveAll(shared.sqs, shared.aws.queueUrls.work, 1)).find((text) => text.includes(id)),
    );
    expect(JSON.parse(body)).toMatchObject({
      source: 'aws.athena',
      'detail-type': 'Athena Query State Change',
      detail: {
        currentState: 'SUCCEEDED',
        previousState: 'RUNNING',
        workgroupName: 'night',
        statementType: 'DML',
      },
    });
  });

  test('has no result any more once its object is expired', async () => {
    const id = await start(OF_A_DAY);
    await endOf(id);
    await shared.s3.send(new DeleteObjectCommand({ Bucket: 'results', Key: `by-id/${id}.csv` }));
    await expect(results(id)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });
});

describe('what is unloaded', () => {
  const unload = (to: string, options = "format = 'JSON'") =>
    `UNLOAD (${OF_A_DAY}) TO 's3://results/${to}/' WITH (${options})`;
  const objects = async (to: string) =>
    (await shared.s3.send(new ListObjectsV2Command({ Bucket: 'results', Prefix: `${to}/` }))).Contents ?? [];
  const bytesOf = async (key: string | undefined) => {
    const { Body } = await shared.s3.send(new GetObjectCommand({ Bucket: 'results', Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  test('lies as JSON lines where the statement says, and is handed out by nobody', async () => {
    const id = await start(unload('packed'));
    await endOf(id);
    const [object] = await objects('packed');
    const lines = gunzipSync(await bytesOf(object?.Key)).toString();
    expect(lines).toBe('{"id":"1","what":"cake"}\n{"id":"2","what":""}\n{"id":"3","what":"tea, hot"}\n');
    expect(await rowsOf(id)).toEqual({ rows: [], pages: 1 });
  });

  test('is compressed unless the statement says otherwise', async () => {
    await endOf(await start(unload('plain', "format = 'JSON', compression = 'NONE'")));
    const [object] = await objects('plain');
    expect((await bytesOf(object?.Key)).toString()).toContain('{"id":"1","what":"cake"}\n');
  });

  test('goes to an empty place alone', async () => {
    await endOf(await start(unload('twice')));
    const second = await endOf(await start(unload('twice')));
    expect(second?.Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: expect.stringContaining('HIVE_PATH_ALREADY_EXISTS'),
    });
  });
});

describe('a query that does not succeed', () => {
  test('has failed with a reason where its statement makes no sense', async () => {
    const id = await start('SELECT nothing FROM "shop"."nowhere"');
    const query = await endOf(id);
    expect(query?.Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: expect.stringContaining('nowhere'),
      AthenaError: { ErrorCategory: 2, Retryable: false },
    });
    await expect(results(id)).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringContaining('FAILED'),
    });
  });

  test('is cancelled where it would scan more than its workgroup allows', async () => {
    const query = await endOf(await start(OF_A_DAY.replace('2001-02-03', '2001-02-05')));
    expect(query?.Status).toMatchObject({
      State: 'CANCELLED',
      StateChangeReason: expect.stringContaining('Bytes scanned limit was exceeded'),
    });
  });

  test('can be stopped while it waits or runs, and stays stopped; one that has ended stays as it is', async () => {
    // Two run at once: the third waits, so that there is something to stop.
    const slow = 'SELECT count(*) AS n FROM range(40000000) a';
    const [, , waiting = ''] = [await start(slow), await start(slow), await start(slow)];
    await shared.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: waiting }));
    expect((await describeQuery(waiting))?.Status).toMatchObject({
      State: 'CANCELLED',
      StateChangeReason: 'Query cancelled by user',
    });
    const ended = await start(OF_A_DAY);
    await endOf(ended);
    await shared.athena.send(new StopQueryExecutionCommand({ QueryExecutionId: ended }));
    expect((await describeQuery(ended))?.Status?.State).toBe('SUCCEEDED');
    expect((await describeQuery(waiting))?.Status?.State).toBe('CANCELLED');
  });
});

describe('a request', () => {
  const ClientRequestToken = 'the-same-token-for-the-same-query-1';

  test('with the same token is the same query, and a different one with it is refused', async () => {
    const first = await start(OF_A_DAY, { ClientRequestToken });
    expect(await start(OF_A_DAY, { ClientRequestToken })).toBe(first);
    await expect(start('SELECT 2', { ClientRequestToken })).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: 'Idempotent parameters do not match',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each<[string, Partial<StartQueryExecutionCommandInput>]>([
    ['a token that is too short', { ClientRequestToken: 'short' }],
    ['a token that is too long', { ClientRequestToken: 'x'.repeat(129) }],
    ['no statement', { QueryString: '' }],
    ['a statement that is too long', { QueryString: `SELECT '${'x'.repeat(262_144)}'` }],
    ['a workgroup that is not there', { WorkGroup: 'day' }],
  ])('with %s is refused', async (_, more) => {
    await expect(start('SELECT 1', more)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  });

  test('for a query that is not there is refused', async () => {
    const QueryExecutionId = '00000000-0000-0000-0000-000000000000';
    for (const command of [
      new GetQueryExecutionCommand({ QueryExecutionId }),
      new StopQueryExecutionCommand({ QueryExecutionId }),
      new GetQueryResultsCommand({ QueryExecutionId }),
    ]) {
      await expect(shared.athena.send(command as GetQueryExecutionCommand)).rejects.toMatchObject({
        name: 'InvalidRequestException',
        message: expect.stringContaining('was not found'),
      });
    }
  });
});

describe('a table of the catalog', () => {
  const create = (DatabaseName: string, TableInput: TableInput) =>
    shared.glue.send(new CreateTableCommand({ DatabaseName, TableInput }));

  test('is there once, as it was made', async () => {
    await expect(create('shop', orders())).rejects.toMatchObject({ name: 'AlreadyExistsException' });
    const { Table } = await shared.glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'orders' }));
    expect(Table).toMatchObject({ ...orders(), DatabaseName: 'shop', CreateTime: expect.any(Date) });
  });

  test('needs a database, a name and a location', async () => {
    await expect(create('elsewhere', orders())).rejects.toMatchObject({ name: 'EntityNotFoundException' });
    await expect(create('shop', orders('Not-A-Name'))).rejects.toMatchObject({
      name: 'InvalidInputException',
    });
  });

  test('is gone once it was deleted', async () => {
    await create('shop', orders('short_lived'));
    await shared.glue.send(new DeleteTableCommand({ DatabaseName: 'shop', Name: 'short_lived' }));
    await expect(
      shared.glue.send(new GetTableCommand({ DatabaseName: 'shop', Name: 'short_lived' })),
    ).rejects.toMatchObject({ name: 'EntityNotFoundException' });
  });
});
