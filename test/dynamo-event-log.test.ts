import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { UnreadableEvent } from '@penumbra/core/codec';
import { ROLLOUT_FOLD } from '@penumbra/core/rollout';
import { eventLogContract } from '@penumbra/core/testing/event-log.contract';
import { documentOf, rolloutDocumentsContract } from '@penumbra/core/testing/rollout-documents.contract';
import { rolloutAfter, rolloutSnapshotsContract } from '@penumbra/core/testing/rollout-snapshots.contract';
import { keptWindows, windowsContract } from '@penumbra/core/testing/windows.contract';
import { documentClient, dynamoEventLog } from '@penumbra/functions/aws/dynamo-event-log';
import { dynamoProjections, projectionKeys } from '@penumbra/functions/aws/dynamo-projections';
import { dynamoRolloutDocuments } from '@penumbra/functions/aws/dynamo-rollout-documents';
import { dynamoRolloutSnapshots } from '@penumbra/functions/aws/dynamo-rollout-snapshots';
import { dynamoWindows } from '@penumbra/functions/aws/dynamo-windows';
import { TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import { type LocalAws, startLocalAws } from '@penumbra/local/local-aws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let aws: LocalAws;
let dataDir: string;
let dynamo: DynamoDBClient;
let tables = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'penumbra-dynamo-'));
  const table = { tableName: 'unused', ...TABLE_KEYS };
  aws = await startLocalAws({ dataDir, models: {}, queues: [], buckets: [], table, rules: [] });
  Object.assign(process.env, aws.env);
  dynamo = new DynamoDBClient();
});
afterAll(async () => {
  dynamo.destroy();
  await aws.stop();
  await rm(dataDir, { recursive: true });
});

async function newTable(): Promise<string> {
  tables += 1;
  const TableName = `events-${tables}`;
  const keys = [TABLE_KEYS.hashKey, TABLE_KEYS.rangeKey];
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({
        AttributeName,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
    }),
  );
  let status: string | undefined;
  while (status !== 'ACTIVE') {
    status = (await dynamo.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus;
  }
  return TableName;
}

eventLogContract('the log in DynamoDB', async () => ({
  log: dynamoEventLog(documentClient(dynamo), await newTable()),
}));

describe('the log in DynamoDB, damaged', () => {
  it('names the event that cannot be read, and never skips it', async () => {
    const table = await newTable();
    const client = documentClient(dynamo);
    const key = { [TABLE_KEYS.hashKey]: 'a', [TABLE_KEYS.rangeKey]: 'rollout/000001' };
    await client.send(new PutCommand({ TableName: table, Item: { ...key, data: '{' } }));
    const reading = dynamoEventLog(client, table).load('a', 'rollout');
    await expect(reading).rejects.toThrow(UnreadableEvent);
    await expect(reading).rejects.toThrow('a/rollout/000001');
  });
});

rolloutDocumentsContract('in DynamoDB', async () =>
  dynamoRolloutDocuments(documentClient(dynamo), await newTable()),
);

rolloutSnapshotsContract('in DynamoDB', async () =>
  dynamoRolloutSnapshots(documentClient(dynamo), await newTable()),
);

describe('snapshots in DynamoDB', () => {
  it('of another fold are none', async () => {
    const table = await newTable();
    const documents = documentClient(dynamo);
    const snapshots = dynamoRolloutSnapshots(documents, table);
    await snapshots.publish('d', await rolloutAfter(9));
    const Key = { deployment: 'd', event: projectionKeys(0).whole };
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key }));
    await documents.send(new PutCommand({ TableName: table, Item: { ...Item, fold: ROLLOUT_FOLD + 1 } }));
    expect(await snapshots.read('d', 'whole')).toBeUndefined();
  });

  it('that no item takes are not kept but in outline', async () => {
    const snapshots = dynamoRolloutSnapshots(documentClient(dynamo), await newTable());
    const snapshot = await rolloutAfter(9);
    const { evidence } = snapshot.state;
    const many = Array.from({ length: 60_000 }, (_, index) => ({
      date: `${index} ${Math.sin(index)}`,
      slices: evidence[0]?.slices ?? {},
    }));
    const large = { ...snapshot, state: { ...snapshot.state, evidence: many } };
    expect(await snapshots.publish('d', large)).toBe('too large');
    expect(await snapshots.read('d', 'whole')).toBeUndefined();
    expect((await snapshots.read('d', 'outline'))?.version).toBe(snapshot.version);
  });
});

windowsContract('in DynamoDB', async () => dynamoWindows(documentClient(dynamo), await newTable()));

describe('a replayed projection in DynamoDB', () => {
  it('is what reviews publish to and applications read from, once it is switched to', async () => {
    const table = await newTable();
    const client = documentClient(dynamo);
    const [documents, windows] = [dynamoRolloutDocuments(client, table), dynamoWindows(client, table)];
    const projections = dynamoProjections(client, table);
    await documents.publish(documentOf('a', 4, 5));
    await windows.publish('a', keptWindows(4));
    const { version, asOf, ...replayed } = keptWindows(3);
    await projections.write('a', 1, { document: documentOf('a', version, 1), ...replayed });
    expect(await windows.read('a'), 'nobody reads it yet').toEqual(keptWindows(4));
    expect(await projections.switchTo('a', 1, 0)).toBe('switched');
    expect(await projections.read('a', 1)).toEqual({ document: documentOf('a', 3, 1), ...replayed });
    expect(await windows.read('a')).toEqual({ ...keptWindows(3), asOf });
    expect(await windows.publish('a', keptWindows(5))).toBe('published');
    expect(await windows.read('a')).toEqual(keptWindows(5));
    expect(await projections.switchTo('a', 2, 0), 'somebody was first').toBe('lost');
  });
});

describe('rollout documents in DynamoDB', () => {
  it('stay out of the log', async () => {
    const table = await newTable();
    const client = documentClient(dynamo);
    expect(await dynamoRolloutDocuments(client, table).publish(documentOf('a', 1, 5))).toBe('published');
    const log = [];
    for await (const event of dynamoEventLog(client, table).replay('a')) log.push(event);
    expect(log).toEqual([]);
  });
});
