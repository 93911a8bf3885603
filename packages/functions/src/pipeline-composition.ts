import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SQSClient } from '@aws-sdk/client-sqs';
import { definitionReader, rolloutReader } from '@penumbra/core/pipeline/deployments';
import { QUEUE_NAMES, type QueueName } from '@penumbra/core/pipeline/messages';
import type { Evaluator, Pipeline } from '@penumbra/core/pipeline/ports';
import type { Projections } from '@penumbra/core/pipeline/rebuild';
import { LIST_USD_PER_TB } from '@penumbra/core/query-cost';
import { review } from '@penumbra/evaluator/policy';
import { z } from 'zod';
import type { Announcements } from './announcements.ts';
import { athenaExecutions } from './aws/athena-executions.ts';
import type { Asking } from './aws/athena-queries.ts';
import { dynamoDeploymentRegistry } from './aws/dynamo-deployment-registry.ts';
import { documentClient, dynamoEventLog } from './aws/dynamo-event-log.ts';
import { dynamoFailureNotes } from './aws/dynamo-failure-notes.ts';
import { dynamoProjections } from './aws/dynamo-projections.ts';
import { dynamoRolloutDocuments } from './aws/dynamo-rollout-documents.ts';
import { dynamoRolloutSnapshots } from './aws/dynamo-rollout-snapshots.ts';
import { dynamoWindows } from './aws/dynamo-windows.ts';
import { s3ExposureBatches } from './aws/s3-exposure-batches.ts';
import { type Bucket, s3Bucket } from './aws/s3-objects.ts';
import { sageMakerTransforms } from './aws/sagemaker-transforms.ts';
import { sqsDeadLetters } from './aws/sqs-dead-letters.ts';
import { sqsQueues } from './aws/sqs-queues.ts';
import { announcementsOn } from './bus-composition.ts';
import type { DeadLetterOffice } from './dead-letters.ts';
import { queueVariable } from './queue-variable.ts';

const settingsSchema = z.object({
  TABLE_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(1),
  JOB_NAME_PREFIX: z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/),
  WATCH_DELAY_SECONDS: z.coerce.number().int().min(0).max(900).default(300),
  /** Where queries run, over which tables, where their results lie, and what AWS asks for a TB that they scan. */
  ATHENA_WORKGROUP: z.string().min(1),
  ATHENA_DATABASE: z.string().min(1),
  ATHENA_RESULTS_BUCKET: z.string().min(1),
  ATHENA_USD_PER_TB: z.coerce.number().min(0).default(LIST_USD_PER_TB),
  /** Where announcements go; none are made without it. */
  BUS_NAME: z.string().min(1).optional(),
  DUCKDB_THREADS: z.coerce.number().int().min(1).default(2),
  DUCKDB_MEMORY_LIMIT: z.string().optional(),
  ...Object.fromEntries(QUEUE_NAMES.map((queue) => [queueVariable(queue), z.string().min(1)])),
});

/** Environment variables by name; AWS clients find their own (region, credentials, endpoints) there too. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Gets each AWS client as soon as it is built and answers the one to use: where a tracer hooks in
 * (`tracer.captureAWSv3Client` has this shape), and the faults of the chaos tests.
 */
export type Instrument = <Client extends object>(client: Client) => Client;

export interface Composed {
  readonly pipeline: Pipeline;
  readonly bucket: Bucket;
  readonly deadLetters: DeadLetterOffice;
  readonly projections: Projections;
  readonly announcements: Announcements;
}

export type Settings = z.infer<typeof settingsSchema>;

/** What reads files: whole days, and what queries find. */
export interface Reader {
  readonly evaluator: Evaluator;
  readonly asking: Asking;
}

/** What a reader is made of. */
export interface ReaderParts {
  readonly bucket: Bucket;
  readonly results: Bucket;
  readonly athena: AthenaClient;
  readonly settings: Settings;
  readonly instrument: Instrument;
}

/**
 * The composition root: every adapter built once, from the environment, around a reader of files. Throws at the start of a
 * function where a variable is missing, naming it.
 */
export function composePipeline(
  readerOf: (parts: ReaderParts) => Reader,
  environment: Environment,
  now: () => string = () => new Date().toISOString(),
  instrument: Instrument = (client) => client,
): Composed {
  const parsed = settingsSchema.safeParse(environment);
  if (!parsed.success)
    throw new Error(`the function's environment is incomplete:\n${z.prettifyError(parsed.error)}`);
  const settings = parsed.data;
  const urls = Object.fromEntries(
    QUEUE_NAMES.map((queue) => [queue, environment[queueVariable(queue)] ?? '']),
  );
  const documents = documentClient(instrument(new DynamoDBClient()));
  const s3 = instrument(new S3Client());
  const bucket = s3Bucket(s3, settings.BUCKET_NAME);
  const results = s3Bucket(s3, settings.ATHENA_RESULTS_BUCKET);
  const athena = instrument(new AthenaClient());
  const { evaluator, asking } = readerOf({ bucket, results, athena, settings, instrument });
  const prefix = settings.JOB_NAME_PREFIX;
  const log = dynamoEventLog(documents, settings.TABLE_NAME);
  const snapshots = dynamoRolloutSnapshots(documents, settings.TABLE_NAME);
  const sqs = instrument(new SQSClient());
  return {
    bucket,
    announcements: announcementsOn(settings.BUS_NAME, instrument),
    projections: dynamoProjections(documents, settings.TABLE_NAME),
    deadLetters: {
      log,
      jobNamePrefix: settings.JOB_NAME_PREFIX,
      queues: sqsDeadLetters(sqs, urls as Record<QueueName, string>),
      notes: dynamoFailureNotes(documents, settings.TABLE_NAME),
    },
    pipeline: {
      log,
      rollouts: rolloutReader(log, snapshots),
      definitions: definitionReader(log, snapshots),
      snapshots,
      queues: sqsQueues(sqs, urls as Record<QueueName, string>),
      transforms: sageMakerTransforms(instrument(new SageMakerClient()), settings.BUCKET_NAME),
      objects: bucket,
      evaluator,
      queries: { ...athenaExecutions(athena, { prefix, usdPerTb: settings.ATHENA_USD_PER_TB }), ...asking },
      documents: dynamoRolloutDocuments(documents, settings.TABLE_NAME),
      windows: dynamoWindows(documents, settings.TABLE_NAME),
      exposures: s3ExposureBatches(bucket),
      deployments: dynamoDeploymentRegistry(documents, settings.TABLE_NAME),
      review,
      now,
      actor: { kind: 'system', name: environment.AWS_LAMBDA_FUNCTION_NAME ?? 'penumbra' },
      jobNamePrefix: settings.JOB_NAME_PREFIX,
      watchDelaySeconds: settings.WATCH_DELAY_SECONDS,
    },
  };
}
