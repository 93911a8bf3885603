import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import { type Composed, compose, type Instrument } from '@penumbra/functions/composition';
import { observability } from '@penumbra/functions/observability';
import { type QueueHandler, queueHandler } from '@penumbra/functions/queue-handler';
import type { SQSRecord } from 'aws-lambda';
import type { EventFaults } from './event-bus.ts';
import { startEventSourceMapping } from './event-source-mapping.ts';
import { startLocalAws } from './local-aws.ts';
import type { ModelSpec } from './models.ts';
import { pipelineEnvironment, pipelineResources } from './pipeline-resources.ts';

/** On AWS a failed message comes back after six function timeouts; nobody waits that long here. */
const REDELIVERY = { visibilityTimeoutSeconds: 20, maxReceiveCount: 5 };
/** Seconds between looks at a running transform: the safety net, since here too an event says when it ends. */
const WATCH_DELAY_SECONDS = 2;

export type LocalPipelineOptions = EventFaults & {
  /** Where everything is kept; a further start on it goes on where the last one ended. */
  readonly dataDir: string;
  readonly models: Readonly<Record<string, ModelSpec>>;
  /** ISO 8601 in UTC: the clock of the handlers. */
  readonly now: () => string;
  /** Only the stores: no handler takes a message. */
  readonly idle?: boolean;
  /** For tests and benchmarks: what each AWS client of the handlers becomes. */
  readonly instrument?: Instrument;
  /** For tests and benchmarks: what the handler of a queue becomes. */
  readonly wrap?: (queue: QueueName, handler: QueueHandler) => QueueHandler;
  /** For tests: changes what a handler receives of a queue. */
  readonly intercept?: (queue: QueueName, records: SQSRecord[]) => SQSRecord[];
  /** A handler failed; its message comes back, and goes to the dead letters in the end. In a sentence. */
  readonly onTrouble?: (what: string) => void;
};

export interface LocalPipeline extends Composed {
  readonly sqs: SQSClient;
  readonly queueUrls: Readonly<Record<string, string>>;
  /** The handlers' structured log. */
  readonly logFile: string;
  /** Whether the local AWS has ended although nobody stopped it. */
  isGone(): boolean;
  stop(): Promise<void>;
}

/** Penumbra on this machine: the local AWS, and the handlers that run on Lambda fed from its queues. */
export async function startLocalPipeline(options: LocalPipelineOptions): Promise<LocalPipeline> {
  const {
    dataDir,
    models,
    now,
    idle = false,
    instrument,
    wrap = (_queue, handler) => handler,
    intercept,
    onTrouble,
    ...faults
  } = options;
  await mkdir(dataDir, { recursive: true });
  const awsLog = createWriteStream(join(dataDir, 'aws.log'), { flags: 'a' });
  const logFile = join(dataDir, 'handlers.log');
  const handlersLog = createWriteStream(logFile, { flags: 'a' });
  const aws = await startLocalAws({
    ...faults,
    dataDir,
    models: { ...models },
    ...pipelineResources(REDELIVERY),
    log: (line) => awsLog.write(`${line}\n`),
  });
  let gone = false;
  aws.onExit(({ expected }) => {
    gone = !expected;
  });
  // The clients of the AWS SDK look for endpoints and credentials in the environment of the process.
  Object.assign(process.env, aws.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  const composed = compose(pipelineEnvironment(aws.queueUrls, WATCH_DELAY_SECONDS), now, instrument);
  const sqs = new SQSClient();
  const mappings = (idle ? [] : QUEUE_NAMES).map((queue) =>
    startEventSourceMapping({
      sqs,
      queueUrl: aws.queueUrls[queue] ?? '',
      handler: wrap(
        queue,
        queueHandler(queue, composed.pipeline, observability(queue, handlersLog), composed.deadLetters.notes),
      ),
      functionName: queue,
      ...(intercept ? { intercept: (records) => intercept(queue, records) } : {}),
      onBatch: ({ failedMessageIds: { length } }) => {
        if (length === 0) return;
        onTrouble?.(
          `${queue}: a message failed and comes back in ${REDELIVERY.visibilityTimeoutSeconds} s; ${logFile} says why`,
        );
      },
      onError: (error) => handlersLog.write(`${JSON.stringify({ queue, error: String(error) })}\n`),
    }),
  );
  return {
    ...composed,
    sqs,
    queueUrls: aws.queueUrls,
    logFile,
    isGone: () => gone,
    async stop() {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      await aws.stop();
      sqs.destroy();
      await Promise.all([awsLog, handlersLog].map((log) => new Promise((ended) => log.end(ended))));
    },
  };
}
