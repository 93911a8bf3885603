import { once } from 'node:events';
import { connect } from 'node:net';
import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { isAlive, useAws } from '../test/aws-for-tests.ts';

const shared = useAws();
const append = (event: string) =>
  shared.dynamodb.send(
    new PutItemCommand({
      TableName: 'events',
      Item: { deployment: { S: 'flights' }, event: { S: event }, type: { S: 'PartitionReady' } },
      ConditionExpression: 'attribute_not_exists(#event)',
      ExpressionAttributeNames: { '#event': 'event' },
    }),
  );

test('the table is there and active', async () => {
  const { Table } = await shared.dynamodb.send(new DescribeTableCommand({ TableName: 'events' }));
  expect(Table?.TableStatus).toBe('ACTIVE');
  expect(Table?.KeySchema).toEqual([
    { AttributeName: 'deployment', KeyType: 'HASH' },
    { AttributeName: 'event', KeyType: 'RANGE' },
  ]);
});

test('of two that append the same version, one is told that somebody was first', async () => {
  const outcomes = await Promise.allSettled([append('day/2001-02-03/0001'), append('day/2001-02-03/0001')]);
  const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(lost).toHaveLength(1);
  expect(lost[0]?.reason).toBeInstanceOf(ConditionalCheckFailedException);
});

test('a prefix of the sort key is one stream, in order', async () => {
  for (const event of ['rollout/000002', 'rollout/000001', 'day/2001-02-04/0001']) await append(event);
  const { Items = [] } = await shared.dynamodb.send(
    new QueryCommand({
      TableName: 'events',
      KeyConditionExpression: 'deployment = :d AND begins_with(event, :s)',
      ExpressionAttributeValues: { ':d': { S: 'flights' }, ':s': { S: 'rollout/' } },
    }),
  );
  expect(Items.map(({ event }) => event?.S)).toEqual(['rollout/000001', 'rollout/000002']);
});

test('a client that goes away in the middle of its request takes nobody along', async () => {
  const { port } = new URL(shared.aws.endpoints.dynamodb);
  for (let client = 0; client < 3; client += 1) {
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"half":');
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.resetAndDestroy();
    await once(socket, 'close');
  }
  await append('day/2001-02-05/0001');
  expect(isAlive(shared.aws.pid)).toBe(true);
});
