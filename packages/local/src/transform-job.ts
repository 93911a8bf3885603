import { transformJobArn } from './aws-names.ts';
import type { TransformRequest } from './transform-request.ts';

export type TransformStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** A transform job as it is kept. Times are epoch milliseconds. */
export type TransformJob = {
  request: TransformRequest;
  status: TransformStatus;
  createdAt: number;
  modifiedAt: number;
  startedAt?: number;
  endedAt?: number;
  failureReason?: string;
};

type TimeUnit = 'seconds' | 'milliseconds';
const timeIn = (unit: TimeUnit, at: number | undefined) =>
  at === undefined ? undefined : unit === 'seconds' ? at / 1000 : at;

/** The answer of DescribeTransformJob: with times in epoch seconds on the wire, in milliseconds inside of events. */
export function describeTransformJob(job: TransformJob, unit: TimeUnit): Record<string, unknown> {
  const { Tags: _, ...request } = job.request;
  return {
    ...request,
    TransformJobArn: transformJobArn(request.TransformJobName),
    TransformJobStatus: job.status,
    FailureReason: job.failureReason,
    TransformInput: { CompressionType: 'None', SplitType: 'None', ...request.TransformInput },
    TransformOutput: { AssembleWith: 'None', ...request.TransformOutput },
    DataProcessing: { InputFilter: '$', OutputFilter: '$', JoinSource: 'None', ...request.DataProcessing },
    CreationTime: timeIn(unit, job.createdAt),
    TransformStartTime: timeIn(unit, job.startedAt),
    TransformEndTime: timeIn(unit, job.endedAt),
  };
}

/** The detail of the event "SageMaker Transform Job State Change". */
export function transformJobEventDetail(job: TransformJob): Record<string, unknown> {
  const tags = Object.fromEntries((job.request.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  return { ...describeTransformJob(job, 'milliseconds'), Tags: tags };
}

export function summarizeTransformJob(job: TransformJob): Record<string, unknown> {
  return {
    TransformJobName: job.request.TransformJobName,
    TransformJobArn: transformJobArn(job.request.TransformJobName),
    TransformJobStatus: job.status,
    FailureReason: job.failureReason,
    CreationTime: timeIn('seconds', job.createdAt),
    TransformEndTime: timeIn('seconds', job.endedAt),
    LastModifiedTime: timeIn('seconds', job.modifiedAt),
  };
}
