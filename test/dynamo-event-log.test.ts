import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { UnreadableEvent } from '@penumbra/core/codec';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { eventLogContract } from '@penumbra/core/testing/event-log.contract';
import { documentClient, dynamoEventLog, TABLE_KEYS } from '@penumbra/functions/aws/dynamo-event-log';
import { dynamoRolloutDocuments } from '@penumbra/functions/aws/dynamo-rollout-documents';
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

describe('rollout documents in DynamoDB', () => {
  const document = (version: number): RolloutDocument => ({
    deployment: 'a',
    version,
    definitionVersion: 1,
    asOf: '2001-02-03',
    validUntil: '2001-02-07T00:00:00Z',
    certificate: { reviewId: 'a/review/2001-02-03', sha256: '0'.repeat(64) },
    slices: [{ slice: 'all', when: [{ field: 'size', atLeast: version }], percent: version }],
  });

  it('are replaced by newer ones only, and stay out of the log', async () => {
    const table = await newTable();
    const client = documentClient(dynamo);
    const documents = dynamoRolloutDocuments(client, table);
    expect(await documents.read('a')).toBeUndefined();
    expect(await documents.publish(document(2))).toBe('published');
    expect(await documents.publish(document(1))).toBe('stale');
    expect(await documents.publish(document(2))).toBe('stale');
    expect(await documents.read('a')).toEqual(document(2));
    expect(await documents.publish(document(10))).toBe('published');
    expect(await documents.read('a')).toEqual(document(10));
    const log = [];
    for await (const event of dynamoEventLog(client, table).replay('a')) log.push(event);
    expect(log).toEqual([]);
  });
});
