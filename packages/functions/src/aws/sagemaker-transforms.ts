import {
  CreateTransformJobCommand,
  type CreateTransformJobCommandInput,
  DescribeTransformJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { Submission, TransformJob, TransformStatus, Transforms } from '@penumbra/core/pipeline/ports';

/** Errors that say: the same request will be refused again. Not all are modelled by the SDK, so names decide. */
const FINAL = new Set(['ValidationException', 'ResourceNotFound', 'AccessDeniedException']);

/** Batch Transform over a bucket. The record id is the first column: kept from the model, joined to its answer. */
export function sageMakerTransforms(client: SageMakerClient, bucket: string): Transforms {
  return {
    async submit(job): Promise<Submission> {
      try {
        await client.send(new CreateTransformJobCommand(requestFor(job, bucket)));
        return { status: 'submitted' };
      } catch (error) {
        const { name, message } = error as Error;
        if (name === 'ResourceInUse') return { status: 'submitted' };
        if (name === 'ResourceLimitExceeded') return { status: 'later', reason: message };
        if (FINAL.has(name)) return { status: 'rejected', reason: `${name}: ${message}` };
        throw error;
      }
    },
    async describe(jobName): Promise<TransformStatus> {
      try {
        const job = await client.send(new DescribeTransformJobCommand({ TransformJobName: jobName }));
        return statusOf(job.TransformJobStatus, job.FailureReason);
      } catch (error) {
        const { name, message } = error as Error;
        if (name !== 'ResourceNotFound' && name !== 'ValidationException') throw error;
        return { status: 'failed', kind: 'Missing', reason: `${name}: ${message}` };
      }
    },
  };
}

function statusOf(status: string | undefined, reason = 'SageMaker gave no reason'): TransformStatus {
  switch (status) {
    case 'Completed':
      return { status: 'completed' };
    case 'Failed':
      return { status: 'failed', kind: 'Failed', reason };
    case 'Stopped':
      return { status: 'failed', kind: 'Stopped', reason: 'the transform job was stopped' };
    default:
      return { status: 'running' };
  }
}

function requestFor(job: TransformJob, bucket: string): CreateTransformJobCommandInput {
  const { settings } = job;
  return {
    TransformJobName: job.jobName,
    ModelName: job.modelName,
    BatchStrategy: settings.batchStrategy,
    MaxPayloadInMB: settings.maxPayloadInMB,
    MaxConcurrentTransforms: settings.maxConcurrentTransforms,
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${job.input}` } },
      ContentType: 'text/csv',
      SplitType: 'Line',
    },
    TransformOutput: {
      S3OutputPath: `s3://${bucket}/${job.output}`,
      Accept: 'text/csv',
      AssembleWith: 'Line',
    },
    DataProcessing: { InputFilter: '$[1:]', JoinSource: 'Input', OutputFilter: '$[0,-1]' },
    TransformResources: {
      InstanceType: settings.instanceType as NonNullable<
        CreateTransformJobCommandInput['TransformResources']
      >['InstanceType'],
      InstanceCount: settings.instanceCount,
    },
    Tags: Object.entries(job.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}
