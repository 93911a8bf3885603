import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import { eventRules } from '@penumbra/functions/event-rules';
import { queueVariable } from '@penumbra/functions/queue-variable';
import type { LocalAwsOptions } from '@penumbra/local/local-aws';

export const BUCKET = 'penumbra';
export const TABLE = 'penumbra';
export const JOB_NAME_PREFIX = 'penumbra';

/** Seconds until a failed message comes back: short, because a run is mostly spent waiting for it. */
const VISIBILITY_SECONDS = 2;
/** Receives before the dead letters: faults end well before it, and a slow machine must not reach it by itself. */
const MAX_RECEIVE_COUNT = 12;
/** Attribute of a message that a sweep sent: which one it was. */
export const SWEEP = 'sweep';

/** A message that was received so often meets no further fault of ours. */
export const MOST_FAULTY_RECEIVES = 4;

export const deadLetterQueue = (queue: string): string => `${queue}-dead-letters`;

/** What the local AWS holds, and which rules feed its queues. */
export const resources = {
  queues: QUEUE_NAMES.map((queue) => ({
    name: queue,
    visibilityTimeoutSeconds: VISIBILITY_SECONDS,
    maxReceiveCount: MAX_RECEIVE_COUNT,
    deadLetterQueueName: deadLetterQueue(queue),
  })),
  buckets: [BUCKET],
  table: { tableName: TABLE, ...TABLE_KEYS },
  rules: eventRules(BUCKET, JOB_NAME_PREFIX),
} satisfies Partial<LocalAwsOptions>;

/** The environment of the functions. */
export function functionEnvironment(queueUrls: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...Object.fromEntries(QUEUE_NAMES.map((queue) => [queueVariable(queue), queueUrls[queue] ?? ''])),
    TABLE_NAME: TABLE,
    BUCKET_NAME: BUCKET,
    JOB_NAME_PREFIX,
    WATCH_DELAY_SECONDS: '1',
    DUCKDB_THREADS: '1',
  };
}
