import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueName } from '@penumbra/core/pipeline/messages';
import { z } from 'zod';
import type { DeadLetter, DeadLetterQueues } from '../dead-letters.ts';

/** Messages that SQS hands out in one request. */
const BATCH = 10;
/** Seconds for which a message that was looked at stays out of sight, should the looker die. */
const OUT_OF_SIGHT = 120;

const redrivePolicy = z.object({ deadLetterTargetArn: z.string() });

/** The dead-letter queues that the redrive policies of our queues name. */
export function sqsDeadLetters(
  client: SQSClient,
  urls: Readonly<Record<QueueName, string>>,
): DeadLetterQueues {
  const known = new Map<QueueName, Promise<string>>();
  const urlOf = (queue: QueueName): Promise<string> => {
    const url = known.get(queue) ?? find(queue);
    known.set(queue, url);
    return url;
  };

  async function find(queue: QueueName): Promise<string> {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: urls[queue], AttributeNames: ['RedrivePolicy'] }),
    );
    const policy = redrivePolicy.parse(JSON.parse(Attributes.RedrivePolicy ?? '{}'));
    const QueueName = policy.deadLetterTargetArn.split(':').at(-1);
    const { QueueUrl = '' } = await client.send(new GetQueueUrlCommand({ QueueName }));
    return QueueUrl;
  }

  return {
    async take(queue, limit) {
      const QueueUrl = await urlOf(queue);
      const letters: DeadLetter[] = [];
      while (letters.length < limit) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: Math.min(BATCH, limit - letters.length),
            VisibilityTimeout: OUT_OF_SIGHT,
            // A short poll asks some of the servers only, and may miss a message.
            WaitTimeSeconds: 1,
            MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
          }),
        );
        if (Messages.length === 0) break;
        letters.push(...Messages.map((message) => letterOf(queue, message)));
      }
      return letters;
    },
    async release({ queue, receipt }) {
      const QueueUrl = await urlOf(queue);
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receipt, VisibilityTimeout: 0 }),
      );
    },
    async resend({ queue, body }) {
      await client.send(new SendMessageCommand({ QueueUrl: urls[queue], MessageBody: body }));
    },
    async remove({ queue, receipt }) {
      await client.send(new DeleteMessageCommand({ QueueUrl: await urlOf(queue), ReceiptHandle: receipt }));
    },
  };
}

function letterOf(queue: QueueName, message: Message): DeadLetter {
  const { MessageId = '', Body = '', ReceiptHandle = '', Attributes = {} } = message;
  return {
    queue,
    messageId: MessageId,
    body: Body,
    sentAt: new Date(Number(Attributes.SentTimestamp ?? 0)).toISOString(),
    receipt: ReceiptHandle,
  };
}
