import { DeleteMessageCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { chosen } from './chosen.ts';
import { type Delivery, deliveryOf } from './invocation.ts';
import { MOST_FAULTY_RECEIVES, SWEEP } from './names.ts';
import type { Plan } from './plan.ts';
import { DELIVERY } from './seams.ts';
import type { Tell } from './tell.ts';

export interface FaultyDeliveryOptions {
  readonly plan: Plan;
  readonly tell: Tell;
  readonly queue: string;
  readonly queueUrl: string;
  /** Without faults. */
  readonly sqs: SQSClient;
  readonly inFlight: Map<string, Delivery>;
}

/** Marks the second delivery of a message, which is not repeated again. */
const COPY = 'copy';
const REORDERED = 0.2;

/** What a handler receives instead of what the queue gave: less, more, or in another order. */
export function faultyDelivery(
  options: FaultyDeliveryOptions,
): (records: SQSRecord[]) => Promise<SQSRecord[]> {
  const { plan, tell, queue, queueUrl, sqs, inFlight } = options;

  async function pass(record: SQSRecord): Promise<boolean> {
    const delivery = deliveryOf(queue, record);
    inFlight.set(record.receiptHandle, delivery);
    const { sender, identity, receiveCount, subject } = delivery;
    if (sender === 'scheduler' || receiveCount > MOST_FAULTY_RECEIVES || isSweep(record)) return true;
    const fate = chosen<'lost' | 'repeated' | 'late'>(
      DELIVERY[sender],
      plan.draw('delivery', queue, identity, receiveCount),
    );
    // An event that is lost never came to the queue: one that a handler has seen is a message like any other.
    if (fate === 'lost' && receiveCount > 1) return true;
    if (fate === undefined || !tell.mayHappen(`${sender}: ${fate}`, identity)) return true;
    if (fate === 'repeated') {
      if (COPY in record.messageAttributes) return true;
      const MessageAttributes = { [COPY]: { DataType: 'String', StringValue: COPY } };
      await sqs.send(
        new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: record.body, MessageAttributes }),
      );
    }
    await tell.fault(`${sender}: ${fate}`);
    if (fate === 'lost') {
      // An event of a transform has its safety net; one of a folder has none but a sweep.
      if (sender === 's3-event') await tell.dropped(subject);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: record.receiptHandle }));
    }
    // What is left out of a batch is not deleted, and comes back late.
    return fate === 'repeated';
  }

  return async (records) => {
    const passed: SQSRecord[] = [];
    for (const record of records) if (await pass(record)) passed.push(record);
    if (passed.length < 2) return passed;
    if (plan.draw('order', ...passed.map(({ messageId }) => messageId)) >= REORDERED) return passed;
    await tell.fault('messages: reordered');
    return passed.reverse();
  };
}

/** Messages of the sweep: without them, what was dropped would stay so. */
const isSweep = ({ messageAttributes }: SQSRecord) => SWEEP in messageAttributes;
