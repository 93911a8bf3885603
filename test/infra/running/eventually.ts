import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { HEARD, type StageHere } from './stage-on-this-machine.ts';

const PAUSE_MS = 20;
const LOOKS = 1500;

/** Looks again and again until there is something to see. Throws, naming it, where there is nothing for half a minute. */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | undefined>,
): Promise<Value> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await sleep(PAUSE_MS);
  }
  throw new Error(`there was no ${what}`);
}

/** What the bus has told since the last time; at least one announcement. */
export async function heard(stage: StageHere): Promise<unknown[]> {
  const sqs = new SQSClient();
  const QueueUrl = stage.queueUrl(HEARD);
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
  );
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}
