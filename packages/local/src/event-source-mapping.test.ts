import { GetQueueAttributesCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { afterEach, expect, test } from 'vitest';
import { eventually, receiveAll, useAws } from '../test/aws-for-tests.ts';
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from './event-source-mapping.ts';

const queue = (name: string, visibilityTimeoutSeconds = 30) => ({
  name,
  visibilityTimeoutSeconds,
  maxReceiveCount: 2,
  deadLetterQueueName: `${name}-dead`,
});
const names = ['events', 'partial', 'wide', 'intercepted', 'large', 'parallel'];
const shared = useAws({
  queues: [...names.map((name) => queue(name)), queue('poison', 1), queue('throws', 1)],
});

let mapping: EventSourceMapping | undefined;
afterEach(() => mapping?.stop());

function start(name: string, options: Omit<EventSourceMappingOptions, 'sqs' | 'queueUrl'>): void {
  mapping = startEventSourceMapping({
    sqs: shared.sqs,
    queueUrl: shared.aws.queueUrls[name] ?? '',
    ...options,
  });
}

async function send(name: string, ...bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await shared.sqs.send(new SendMessageBatchCommand({ QueueUrl: shared.aws.queueUrls[name], Entries }));
}

async function counts(name: string): Promise<{ waiting: number; inFlight: number }> {
  const AttributeNames = [
    'ApproximateNumberOfMessages' as const,
    'ApproximateNumberOfMessagesNotVisible' as const,
  ];
  const QueueUrl = shared.aws.queueUrls[name];
  const { Attributes = {} } = await shared.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}

const bodiesOf = (event: SQSEvent) => event.Records.map(({ body }) => body);

test('a handler gets the event that Lambda would give it', async () => {
  const events: SQSEvent[] = [];
  const told: unknown[] = [];
  start('events', {
    functionTimeoutSeconds: 900,
    handler: async (event, context) => {
      events.push(event);
      told.push([context.functionName, context.getRemainingTimeInMillis() > 800_000]);
    },
  });
  await shared.sqs.send(
    new SendMessageCommand({
      QueueUrl: shared.aws.queueUrls.events,
      MessageBody: '{"a":1}',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'x' },
        raw: { DataType: 'Binary', BinaryValue: Buffer.from('bytes') },
      },
    }),
  );
  await eventually(async () => events.length === 1 && (await counts('events')).inFlight === 0);
  expect(told).toEqual([['events', true]]);
  expect(events[0]).toEqual({
    Records: [
      {
        messageId: expect.any(String),
        receiptHandle: expect.any(String),
        body: '{"a":1}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {
          kind: { dataType: 'String', stringValue: 'x' },
          raw: { dataType: 'Binary', binaryValue: Buffer.from('bytes').toString('base64') },
        },
        md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
        md5OfMessageAttributes: expect.any(String),
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:events',
        awsRegion: 'us-east-1',
      },
    ],
  });
});

test('of a batch, the failed ones stay and the others are deleted', async () => {
  const failures: string[][] = [];
  start('partial', {
    handler: async ({ Records }) => ({
      batchItemFailures: Records.filter(({ body }) => body === 'bad').map((record) => ({
        itemIdentifier: record.messageId,
      })),
    }),
    onBatch: ({ failedMessageIds }) => failures.push(failedMessageIds),
  });
  await send('partial', 'good', 'bad', 'fine');
  await eventually(() => failures.length > 0);
  expect(failures.flat()).toHaveLength(1);
  expect(await counts('partial')).toEqual({ waiting: 0, inFlight: 1 });
});

test('what keeps failing ends in the dead-letter queue', async () => {
  const seen: (string | undefined)[] = [];
  start('poison', {
    handler: async ({ Records }) => {
      seen.push(Records[0]?.attributes.ApproximateReceiveCount);
      return { batchItemFailures: [{ itemIdentifier: Records[0]?.messageId ?? '' }] };
    },
  });
  await send('poison', 'never works');
  expect(await receiveAll(shared.sqs, shared.aws.queueUrls['poison-dead'], 1)).toEqual(['never works']);
  expect(seen).toEqual(['1', '2']);
});

test('a handler that throws fails the batch, and the next one is handled all the same', async () => {
  const errors: unknown[] = [];
  const handled: string[] = [];
  start('throws', {
    handler: async (event) => {
      if (errors.length === 0) throw new Error('not today');
      handled.push(...bodiesOf(event));
    },
    onError: (error) => errors.push(error),
  });
  await send('throws', 'a', 'b');
  await eventually(() => handled.length === 2);
  expect(errors).toMatchObject([{ message: 'not today' }]);
  expect(handled.sort()).toEqual(['a', 'b']);
});

test('a large batch is gathered over its window', async () => {
  const sizes: number[] = [];
  for (let part = 0; part < 3; part += 1)
    await send('wide', ...Array.from({ length: 8 }, (_, index) => `${index}`));
  start('wide', {
    batchSize: 24,
    maximumBatchingWindowInSeconds: 20,
    handler: async ({ Records }) => {
      sizes.push(Records.length);
    },
  });
  await eventually(() => sizes.length > 0);
  expect(sizes).toEqual([24]);
});

test('no event is larger than a payload may be', async () => {
  const events: string[][] = [];
  const body = 'x'.repeat(1_000_000);
  for (let part = 0; part < 7; part += 1) await send('large', body);
  start('large', {
    handler: async (event) => {
      events.push(bodiesOf(event).map((text) => text.slice(0, 1)));
    },
  });
  await eventually(() => events.flat().length === 7);
  expect(Math.max(...events.map((bodies) => bodies.length))).toBe(6);
});

test('what is handed over can be repeated, dropped and reordered', async () => {
  const handed: string[] = [];
  await send('intercepted', 'a', 'b', 'c');
  start('intercepted', {
    intercept: (records) =>
      [...records.filter(({ body }) => body !== 'b'), ...records]
        .filter(({ body }) => body !== 'b')
        .reverse(),
    handler: async (event) => {
      handed.push(...bodiesOf(event));
    },
  });
  await eventually(async () => (await counts('intercepted')).waiting === 0 && handed.length >= 4);
  await mapping?.stop();
  expect(handed).toEqual(['c', 'a', 'c', 'a']);
  expect(await counts('intercepted')).toEqual({ waiting: 0, inFlight: 1 });
});

test('several batches are handled at once, and a stop waits for them', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let active = 0;
  await send('parallel', 'a', 'b', 'c');
  start('parallel', {
    batchSize: 1,
    concurrency: 3,
    handler: async () => {
      active += 1;
      await gate;
    },
  });
  await eventually(() => active === 3);
  const stopped = mapping?.stop();
  open();
  await stopped;
  expect(await counts('parallel')).toEqual({ waiting: 0, inFlight: 0 });
});

test.each([
  ['a batch above 10 without a window', { batchSize: 11 }, /window/i],
  ['a batch above 10,000', { batchSize: 10_001, maximumBatchingWindowInSeconds: 1 }, /batchSize/],
  ['a window above 300 s', { maximumBatchingWindowInSeconds: 301 }, /300/],
])('%s is refused as Lambda refuses it', (_, settings, message) => {
  expect(() => start('events', { handler: async () => {}, ...settings })).toThrow(message);
});
