import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { useAws } from '../test/aws-for-tests.ts';

const dead = 'shared-dead';
const shared = useAws({
  queues: ['first', 'second', 'delayed', 'polled'].map((name) => ({
    name,
    visibilityTimeoutSeconds: 30,
    maxReceiveCount: 2,
    deadLetterQueueName: dead,
  })),
});
const url = (name: string) => shared.aws.queueUrls[name];
const send = (name: string, MessageBody: string) =>
  shared.sqs.send(new SendMessageCommand({ QueueUrl: url(name), MessageBody }));
const receive = async (name: string, more: object = {}) => {
  const { Messages = [] } = await shared.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: url(name), MessageSystemAttributeNames: ['All'], ...more }),
  );
  return Messages;
};
const makeVisible = (name: string, ReceiptHandle: string | undefined) =>
  shared.sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: url(name), ReceiptHandle, VisibilityTimeout: 0 }),
  );

test('queues have the settings of their specification, and share a dead-letter queue', async () => {
  const asked = { QueueUrl: url('first'), AttributeNames: ['All' as const] };
  const { Attributes = {} } = await shared.sqs.send(new GetQueueAttributesCommand(asked));
  expect(Attributes.VisibilityTimeout).toBe('30');
  expect(JSON.parse(Attributes.RedrivePolicy ?? '')).toEqual({
    deadLetterTargetArn: `arn:aws:sqs:us-east-1:000000000000:${dead}`,
    maxReceiveCount: 2,
  });
});

test('a message that is received too often ends in the dead-letter queue', async () => {
  await send('first', 'poison');
  for (const count of ['1', '2']) {
    const [message] = await receive('first', { WaitTimeSeconds: 1 });
    expect(message?.Attributes?.ApproximateReceiveCount).toBe(count);
    await makeVisible('first', message?.ReceiptHandle);
  }
  expect(await receive('first')).toEqual([]);
  const [buried] = await receive(dead, { WaitTimeSeconds: 1 });
  expect(buried?.Body).toBe('poison');
});

test('a message in flight is not seen, and one that is deleted never again', async () => {
  await send('second', 'once');
  const [message] = await receive('second');
  expect(await receive('second')).toEqual([]);
  await shared.sqs.send(
    new DeleteMessageCommand({ QueueUrl: url('second'), ReceiptHandle: message?.ReceiptHandle }),
  );
  await makeVisible('second', message?.ReceiptHandle).catch(() => {});
  expect(await receive('second')).toEqual([]);
});

test('a batch says which of its messages failed', async () => {
  const Entries = [
    { Id: 'good', MessageBody: 'good', DelaySeconds: 900 },
    { Id: 'bad', MessageBody: 'a\u0000b' },
  ];
  const answer = await shared.sqs.send(new SendMessageBatchCommand({ QueueUrl: url('delayed'), Entries }));
  expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['good']);
  expect(answer.Failed).toMatchObject([{ Id: 'bad', Code: 'InvalidMessageContents' }]);
  expect(await receive('delayed')).toEqual([]);
});

test('a long poll is answered as soon as a message comes', async () => {
  // Were it not, this test would run into its time limit: the polls wait for as long as SQS allows, three times.
  for (const body of ['one', 'two', 'three']) {
    const polled = receive('polled', { WaitTimeSeconds: 20 });
    await receive('second');
    await send('polled', body);
    expect((await polled).map(({ Body }) => Body)).toEqual([body]);
  }
});
