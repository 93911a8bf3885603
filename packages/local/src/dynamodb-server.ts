import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import dynalite from 'dynalite';
import { listenLocally } from './close-server.ts';

/** A table with a partition key and a sort key, both strings, billed by request. */
export type TableSpec = { tableName: string; hashKey: string; rangeKey: string };

/** DynamoDB on disk under `directory`, with its table ready for use. */
export async function startDynamoDb(
  directory: string,
  table: TableSpec,
): Promise<{ server: Server; port: number }> {
  mkdirSync(directory, { recursive: true });
  const server = dynalite({ path: directory, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const port = await listenLocally(server);
  const { tableName, hashKey, rangeKey } = table;
  const made = await call(port, 'CreateTable', {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [hashKey, rangeKey].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: hashKey, KeyType: 'HASH' },
      { AttributeName: rangeKey, KeyType: 'RANGE' },
    ],
  });
  if (made.__type !== undefined && !String(made.__type).endsWith('ResourceInUseException')) {
    throw new Error(`The table ${tableName} could not be made: ${made.message ?? made.__type}`);
  }
  while (!JSON.stringify(await call(port, 'DescribeTable', { TableName: tableName })).includes('"ACTIVE"')) {
    await sleep(5);
  }
  return { server, port };
}

// dynalite wants to see a signature and does not check it. An SDK client would cost more time than the whole start.
async function call(port: number, operation: string, input: object): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20010101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
    },
    body: JSON.stringify(input),
  });
  return (await response.json()) as Record<string, unknown>;
}
