import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { ACCOUNT, REGION } from './aws-names.ts';
import { failedMessageIds } from './batch-response.ts';
import { createContext, toEvents, toRecord } from './lambda-event.ts';

export type SqsHandler = (
  event: SQSEvent,
  context: Context,
) => Promise<SQSBatchResponse | null | undefined> | Promise<void>;

export type BatchResult = {
  event: SQSEvent;
  /** The messages that stay in the queue, until their visibility timeout ends. */
  failedMessageIds: string[];
};

export type EventSourceMappingOptions = {
  sqs: SQSClient;
  queueUrl: string;
  /** Made from the queue URL unless given. */
  queueArn?: string;
  handler: SqsHandler;
  functionName?: string;
  /** What the context tells the handler about its time; nothing here ends a handler. */
  functionTimeoutSeconds?: number;
  /** 1 to 10,000; above 10 it needs a window of at least a second. FIFO queues: at most 10. */
  batchSize?: number;
  /** 0 to 300: how long to gather messages once the first one is there. */
  maximumBatchingWindowInSeconds?: number;
  /** How many batches are handled at once. */
  concurrency?: number;
  /** For tests: what a handler gets instead of what was received. What is left out stays in flight. */
  intercept?: (records: SQSRecord[]) => SQSRecord[] | Promise<SQSRecord[]>;
  onBatch?: (result: BatchResult) => void;
  /** A handler that threw, a queue that could not be read, messages that could not be deleted. */
  onError?: (error: unknown) => void;
};

export type EventSourceMapping = {
  /** Resolves when what was received has been handled. Takes up to a second: a long poll is never cut off. */
  stop(): Promise<void>;
};

// Long enough for an idle queue to cost nothing, short enough for a stop: a message comes back at once in any case.
const WAIT_SECONDS = 1;
const RECEIVE_AT_MOST = 10;
const SHORT_POLL_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Feeds a Lambda handler from a queue as the service does, with ReportBatchItemFailures: what succeeded is deleted,
 * what failed is left to the visibility timeout and the redrive policy.
 *
 * @throws when the settings are ones that Lambda refuses.
 */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const {
    sqs,
    queueUrl,
    batchSize = 10,
    maximumBatchingWindowInSeconds: window = 0,
    concurrency = 1,
  } = options;
  assertSettings(queueUrl, batchSize, window);
  const queueArn = options.queueArn ?? `arn:aws:sqs:${REGION}:${ACCOUNT}:${queueUrl.split('/').at(-1)}`;
  const [, , , region = REGION, account = ACCOUNT, queueName = ''] = queueArn.split(':');
  const stopped = new AbortController();
  const report = (error: unknown) => options.onError?.(error);

  async function receive(atMost: number, waitSeconds: number): Promise<Message[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(atMost, RECEIVE_AT_MOST),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  async function gather(): Promise<Message[]> {
    const messages = await receive(batchSize, WAIT_SECONDS);
    if (messages.length === 0 || window === 0) return messages;
    const end = Date.now() + window * 1000;
    while (messages.length < batchSize && Date.now() < end && !stopped.signal.aborted) {
      const isLong = end - Date.now() >= WAIT_SECONDS * 1000;
      const more = await receive(batchSize - messages.length, isLong ? WAIT_SECONDS : 0).catch((error) => {
        // What was gathered so far is in flight and must be handled in any case.
        report(error);
        return undefined;
      });
      if (!more) break;
      messages.push(...more);
      if (more.length === 0 && !isLong) await sleep(SHORT_POLL_PAUSE_MS);
    }
    return messages;
  }

  async function handle(event: SQSEvent): Promise<void> {
    const handles = new Map(event.Records.map(({ messageId, receiptHandle }) => [messageId, receiptHandle]));
    const ids: ReadonlySet<string> = new Set(handles.keys());
    let failed = ids;
    try {
      const functionName = options.functionName ?? queueName;
      const context = createContext(functionName, region, account, options.functionTimeoutSeconds ?? 30);
      // Lambda's answer travels as JSON: what has no such form, a handler cannot have said.
      const text = JSON.stringify(await options.handler(event, context));
      failed = failedMessageIds(text === undefined ? undefined : JSON.parse(text), ids);
    } catch (error) {
      report(error);
    }
    const handled = [...handles].filter(([id]) => !failed.has(id)).map(([, receiptHandle]) => receiptHandle);
    await deleteMessages(handled);
    options.onBatch?.({ event, failedMessageIds: [...failed] });
  }

  async function deleteMessages(receiptHandles: string[]): Promise<void> {
    for (let start = 0; start < receiptHandles.length; start += RECEIVE_AT_MOST) {
      const entries = receiptHandles.slice(start, start + RECEIVE_AT_MOST);
      const { Failed = [] } = await sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: entries.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
      // They will be handed over again; handlers are idempotent.
      for (const { Code, Message: text } of Failed)
        report(new Error(`A message was not deleted: ${Code} ${text}`));
    }
  }

  async function poll(): Promise<void> {
    let pause = SHORT_POLL_PAUSE_MS;
    while (!stopped.signal.aborted) {
      try {
        const records = (await gather()).map((message) => toRecord(message, queueArn));
        const passed = options.intercept && records.length > 0 ? await options.intercept(records) : records;
        for (const event of toEvents(passed)) await handle(event);
        pause = SHORT_POLL_PAUSE_MS;
      } catch (error) {
        report(error);
        await sleep(pause, undefined, { signal: stopped.signal }).catch(() => {});
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      }
    }
  }

  const pollers = Array.from({ length: concurrency }, poll);
  return {
    async stop() {
      stopped.abort();
      await Promise.all(pollers);
    },
  };
}

function assertSettings(queueUrl: string, batchSize: number, window: number): void {
  const limit = queueUrl.endsWith('.fifo') ? RECEIVE_AT_MOST : 10_000;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > limit) {
    throw new Error(`batchSize must be between 1 and ${limit} for this queue, and is ${batchSize}.`);
  }
  if (!(window >= 0 && window <= 300)) {
    throw new Error(`maximumBatchingWindowInSeconds must be between 0 and 300, and is ${window}.`);
  }
  if (batchSize > RECEIVE_AT_MOST && window < 1) {
    throw new Error('A batchSize above 10 needs a maximumBatchingWindowInSeconds of at least 1.');
  }
}
