import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import { TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import { eventRules } from '@penumbra/functions/event-rules';
import { queueVariable } from '@penumbra/functions/queue-variable';
import type { LocalAwsOptions } from './local-aws.ts';

/** What the stores of a pipeline on this machine are called. */
export const BUCKET = 'penumbra';
export const TABLE = 'penumbra';
export const JOB_NAME_PREFIX = 'penumbra';
export const RESULTS_BUCKET = 'penumbra-athena';
/** The workgroup of the queries is called what the names of the transforms begin with. */
export const WORKGROUP = JOB_NAME_PREFIX;
export const DATABASE = 'penumbra';

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
    buckets: [BUCKET, RESULTS_BUCKET],
    athena: {
      workgroup: WORKGROUP,
      database: DATABASE,
      resultsLocation: `s3://${RESULTS_BUCKET}/results/`,
    },
    table: { tableName: TABLE, ...TABLE_KEYS },
    rules: eventRules(BUCKET, JOB_NAME_PREFIX),
  }) satisfies Partial<LocalAwsOptions>;

/** What the functions are told in their environment; `watchDelaySeconds` is between looks at a running transform or query. */
export const pipelineEnvironment = (
  queueUrls: Readonly<Record<string, string>>,
  watchDelaySeconds: number,
): Record<string, string> => ({
  ...Object.fromEntries(QUEUE_NAMES.map((queue) => [queueVariable(queue), queueUrls[queue] ?? ''])),
  TABLE_NAME: TABLE,
  BUCKET_NAME: BUCKET,
  JOB_NAME_PREFIX,
  ATHENA_WORKGROUP: WORKGROUP,
  ATHENA_DATABASE: DATABASE,
  ATHENA_RESULTS_BUCKET: RESULTS_BUCKET,
  WATCH_DELAY_SECONDS: String(watchDelaySeconds),
});
