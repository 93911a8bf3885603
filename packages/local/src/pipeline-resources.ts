import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import { TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import { eventRules } from '@penumbra/functions/event-rules';
import { queueVariable } from '@penumbra/functions/queue-variable';
import type { LocalAwsOptions } from './local-aws.ts';

/** What the stores of a pipeline on this machine are called. */
export const BUCKET = 'penumbra';
export const TABLE = 'penumbra';
export const JOB_NAME_PREFIX = 'penumbra';

export const deadLetterQueue = (queue: QueueName): string => `${queue}-dead-letters`;

/** When a message that failed comes back, in seconds, and after how many receives it goes to the dead letters. */
export interface Redelivery {
  readonly visibilityTimeoutSeconds: number;
  readonly maxReceiveCount: number;
}

/** What the local AWS holds for the pipeline, and which rules feed its queues. */
export const pipelineResources = (redelivery: Redelivery) =>
  ({
    queues: QUEUE_NAMES.map((queue) => ({
      name: queue,
      ...redelivery,
      deadLetterQueueName: deadLetterQueue(queue),
    })),
    buckets: [BUCKET],
    table: { tableName: TABLE, ...TABLE_KEYS },
    rules: eventRules(BUCKET, JOB_NAME_PREFIX),
  }) satisfies Partial<LocalAwsOptions>;

/** What the functions are told in their environment; `watchDelaySeconds` is between looks at a running transform. */
export const pipelineEnvironment = (
  queueUrls: Readonly<Record<string, string>>,
  watchDelaySeconds: number,
): Record<string, string> => ({
  ...Object.fromEntries(QUEUE_NAMES.map((queue) => [queueVariable(queue), queueUrls[queue] ?? ''])),
  TABLE_NAME: TABLE,
  BUCKET_NAME: BUCKET,
  JOB_NAME_PREFIX,
  WATCH_DELAY_SECONDS: String(watchDelaySeconds),
});
