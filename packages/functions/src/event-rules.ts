import type { QueueName } from '@penumbra/core/pipeline/messages';

/** A pattern in EventBridge's own syntax: lists of values or matchers, nested as the event is. */
export type EventPattern = { [field: string]: EventPattern | (string | Record<string, unknown>)[] };

/** A rule of EventBridge: events of this pattern go to this queue, whole. */
export interface EventRule {
  readonly name: string;
  readonly pattern: EventPattern;
  readonly target: QueueName;
}

/**
 * What outside events the pipeline hears: folders that are closed, and transforms and queries that have ended. The
 * workgroup of the queries is called what the names of the transforms begin with.
 */
export function eventRules(bucket: string, jobNamePrefix: string): EventRule[] {
  const closed = (folder: string) => ({
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [bucket] }, object: { key: [{ wildcard: `*/${folder}=*/_SUCCESS` }] } },
  });
  return [
    { name: 'records-closed', pattern: closed('records/date'), target: 'partition-ready' },
    { name: 'predictions-closed', pattern: closed('predictions/date'), target: 'partition-ready' },
    { name: 'outcomes-closed', pattern: closed('outcomes/landed'), target: 'outcomes-landed' },
    {
      name: 'transform-ended',
      pattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Transform Job State Change'],
        detail: {
          TransformJobName: [{ prefix: `${jobNamePrefix}-` }],
          TransformJobStatus: ['Completed', 'Failed', 'Stopped'],
        },
      },
      target: 'transform-complete',
    },
    {
      name: 'query-ended',
      pattern: {
        source: ['aws.athena'],
        'detail-type': ['Athena Query State Change'],
        detail: { workgroupName: [jobNamePrefix], currentState: ['SUCCEEDED', 'FAILED', 'CANCELLED'] },
      },
      target: 'outcomes-landed',
    },
  ];
}
