import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SQSClient } from '@aws-sdk/client-sqs';
import { rolloutReader } from '@penumbra/core/pipeline/deployments';
import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import type { Pipeline } from '@penumbra/core/pipeline/ports';
import { openDuckDb } from '@penumbra/evaluator/duckdb';
import { review } from '@penumbra/evaluator/policy';
import { z } from 'zod';
import { documentClient, dynamoEventLog } from './aws/dynamo-event-log.ts';
import { dynamoRolloutDocuments } from './aws/dynamo-rollout-documents.ts';
import { s3Evaluator } from './aws/s3-evaluator.ts';
import { type Bucket, s3Bucket } from './aws/s3-objects.ts';
import { sageMakerTransforms } from './aws/sagemaker-transforms.ts';
import { sqsQueues } from './aws/sqs-queues.ts';

export const queueVariable = (queue: string) => `${queue.toUpperCase().replaceAll('-', '_')}_QUEUE_URL`;

const settingsSchema = z.object({
  TABLE_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(1),
  JOB_NAME_PREFIX: z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/),
  WATCH_DELAY_SECONDS: z.coerce.number().int().min(0).max(900).default(300),
  DUCKDB_THREADS: z.coerce.number().int().min(1).default(2),
  DUCKDB_MEMORY_LIMIT: z.string().optional(),
  ...Object.fromEntries(QUEUE_NAMES.map((queue) => [queueVariable(queue), z.string().min(1)])),
});

/** Environment variables by name; AWS clients find their own (region, credentials, endpoints) there too. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Composed {
  readonly pipeline: Pipeline;
  readonly bucket: Bucket;
}

/**
 * The composition root: every adapter built once, from the environment. Throws at the start of a function where
 * a variable is missing, naming it.
 */
export function compose(
  environment: Environment,
  now: () => string = () => new Date().toISOString(),
): Composed {
  const parsed = settingsSchema.safeParse(environment);
  if (!parsed.success)
    throw new Error(`the function's environment is incomplete:\n${z.prettifyError(parsed.error)}`);
  const settings = parsed.data;
  const urls = Object.fromEntries(
    QUEUE_NAMES.map((queue) => [queue, environment[queueVariable(queue)] ?? '']),
  );
  const documents = documentClient(new DynamoDBClient());
  const bucket = s3Bucket(new S3Client(), settings.BUCKET_NAME);
  const log = dynamoEventLog(documents, settings.TABLE_NAME);
  const openDb = () =>
    openDuckDb({
      threads: settings.DUCKDB_THREADS,
      ...(settings.DUCKDB_MEMORY_LIMIT === undefined ? {} : { memoryLimit: settings.DUCKDB_MEMORY_LIMIT }),
    });
  return {
    bucket,
    pipeline: {
      log,
      rollouts: rolloutReader(log),
      queues: sqsQueues(new SQSClient(), urls as Record<(typeof QUEUE_NAMES)[number], string>),
      transforms: sageMakerTransforms(new SageMakerClient(), settings.BUCKET_NAME),
      objects: bucket,
      evaluator: s3Evaluator(bucket, openDb),
      documents: dynamoRolloutDocuments(documents, settings.TABLE_NAME),
      review,
      now,
      actor: { kind: 'system', name: environment.AWS_LAMBDA_FUNCTION_NAME ?? 'penumbra' },
      jobNamePrefix: settings.JOB_NAME_PREFIX,
      watchDelaySeconds: settings.WATCH_DELAY_SECONDS,
    },
  };
}
