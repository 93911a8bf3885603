import {
  BUCKET,
  deadLetterQueue,
  JOB_NAME_PREFIX,
  pipelineEnvironment,
  pipelineResources,
  TABLE,
} from '@penumbra/local/pipeline-resources';

export { BUCKET, deadLetterQueue, JOB_NAME_PREFIX, TABLE };

/** Attribute of a message that a sweep sent: which one it was. */
export const SWEEP = 'sweep';

/** A message that was received so often meets no further fault of ours. */
export const MOST_FAULTY_RECEIVES = 4;

/**
 * A failed message comes back soon, because a run is mostly spent waiting for it, and faults end well before the dead
 * letters: a slow machine must not reach those by itself.
 */
export const resources = pipelineResources({ visibilityTimeoutSeconds: 2, maxReceiveCount: 30 });

/** The environment of the functions. */
export const functionEnvironment = (queueUrls: Readonly<Record<string, string>>): Record<string, string> => ({
  ...pipelineEnvironment(queueUrls, 1),
  DUCKDB_THREADS: '1',
});
