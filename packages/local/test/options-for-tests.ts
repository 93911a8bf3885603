import type { LocalAwsOptions } from '../src/local-aws.ts';

export const optionsForTests = (dataDir: string, more: Partial<LocalAwsOptions> = {}): LocalAwsOptions => ({
  dataDir,
  models: {},
  queues: [
    { name: 'work', visibilityTimeoutSeconds: 30, maxReceiveCount: 3, deadLetterQueueName: 'work-dead' },
  ],
  buckets: ['data'],
  table: { tableName: 'events', hashKey: 'deployment', rangeKey: 'event' },
  rules: [],
  ...more,
});
