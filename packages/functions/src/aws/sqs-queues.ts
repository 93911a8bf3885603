import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Message, QueueName } from '@penumbra/core/pipeline/messages';
import type { Queues } from '@penumbra/core/pipeline/ports';

/** Entries that SQS takes in one request. */
const BATCH = 10;

/** Sends messages to SQS, ten a request; throws where SQS did not take one of them, so that the caller is redelivered. */
export function sqsQueues(client: SQSClient, urls: Readonly<Record<QueueName, string>>): Queues {
  async function sendBatch(queue: QueueName, batch: readonly Message[], delaySeconds: number): Promise<void> {
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: urls[queue],
        Entries: batch.map(({ body }, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(body),
          ...(delaySeconds > 0 ? { DelaySeconds: delaySeconds } : {}),
        })),
      }),
    );
    const [first] = Failed;
    if (first) {
      throw new Error(
        `SQS did not take ${Failed.length} of ${batch.length} messages for ${queue}: ${first.Code} ${first.Message ?? ''}`,
      );
    }
  }
  return {
    async send(messages, delaySeconds = 0) {
      for (const queue of new Set(messages.map((message) => message.queue))) {
        const own = messages.filter((message) => message.queue === queue);
        for (let at = 0; at < own.length; at += BATCH)
          await sendBatch(queue, own.slice(at, at + BATCH), delaySeconds);
      }
    },
  };
}
