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

/** Listens to the bus until it tells of this type, whatever else it tells. */
export const heard = (stage: StageHere, detailType: string): Promise<unknown> =>
  eventually(`${detailType} on the bus`, async () => {
    const sqs = new SQSClient();
    const QueueUrl = stage.queueUrl(HEARD);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    const events = Messages.map(({ Body = '' }): Record<string, unknown> => JSON.parse(Body));
    return events.find((event) => event['detail-type'] === detailType);
  });
