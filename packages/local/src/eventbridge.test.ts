import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { receiveAll, useAws } from '../test/aws-for-tests.ts';

const shared = useAws({
  rules: [
    { name: 'all', bus: 'announcements', pattern: { source: ['ours'] }, target: 'work' },
    { name: 'foreign', pattern: { source: ['ours'] }, target: 'foreign' },
  ],
  queues: ['work', 'foreign'].map((name) => ({
    name,
    visibilityTimeoutSeconds: 30,
    maxReceiveCount: 3,
    deadLetterQueueName: `${name}-dead`,
  })),
});

const put = (...entries: PutEventsRequestEntry[]) =>
  new EventBridgeClient().send(new PutEventsCommand({ Entries: entries }));
const announcement = {
  EventBusName: 'announcements',
  Source: 'ours',
  DetailType: 'Reviewed',
  Detail: '{"a":1}',
};

describe('events that an application puts', () => {
  it('reach the rules of their bus, and of no other', async () => {
    expect(await put(announcement)).toMatchObject({ FailedEntryCount: 0 });
    await put({ ...announcement, EventBusName: undefined, Detail: '{"a":2}' });
    const [own] = await receiveAll(shared.sqs, shared.aws.queueUrls.work, 1);
    const [foreign] = await receiveAll(shared.sqs, shared.aws.queueUrls.foreign, 1);
    expect(JSON.parse(own ?? '')).toMatchObject({
      'detail-type': 'Reviewed',
      source: 'ours',
      detail: { a: 1 },
    });
    expect(JSON.parse(foreign ?? '')).toMatchObject({ detail: { a: 2 } });
  });

  it('are refused entry by entry, in an answer that is a success', async () => {
    const answer = await put(
      announcement,
      { ...announcement, Detail: 'no JSON' },
      { ...announcement, Source: 'aws.s3' },
    );
    expect(answer).toMatchObject({
      FailedEntryCount: 2,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: 'MalformedDetail' },
        { ErrorCode: 'InvalidArgument' },
      ],
    });
  });
});
