import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { rolloutReader } from '@penumbra/core/pipeline/deployments';
import { z } from 'zod';
import { accessKeySchema } from './api/keyring.ts';
import type { ApiPorts, ApiSettings } from './api/settings.ts';
import { dynamoDeploymentRegistry } from './aws/dynamo-deployment-registry.ts';
import { documentClient, dynamoEventLog } from './aws/dynamo-event-log.ts';
import { dynamoRolloutDocuments } from './aws/dynamo-rollout-documents.ts';
import { dynamoRolloutSnapshots } from './aws/dynamo-rollout-snapshots.ts';
import { s3ExposureBatches } from './aws/s3-exposure-batches.ts';
import { s3Bucket } from './aws/s3-objects.ts';
import { announcementsOn } from './bus-composition.ts';
import type { Environment, Instrument } from './pipeline-composition.ts';

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'this is not JSON' });
    return z.NEVER;
  }
});

const settingsSchema = z.object({
  TABLE_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(1),
  /** Lambda sets it. */
  AWS_REGION: z.string().min(1).optional(),
  /** Where rollbacks by hand are told; nowhere without it. */
  BUS_NAME: z.string().min(1).optional(),
  /** The keys by name, access and SHA-256; a JSON array. */
  API_KEYS: json.pipe(z.array(accessKeySchema)).default([]),
  /** `iam` only where every route that commands stands behind an IAM authorizer or has keys of its own. */
  API_IDENTITY: z.enum(['none', 'iam']).default('none'),
  /** Origins of pages, separated by commas. */
  API_CORS_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((origin) => origin !== '')),
});

export interface ComposedApi {
  readonly ports: Omit<ApiPorts, 'onFailure'>;
  readonly settings: ApiSettings;
}

/**
 * The composition root of the API: it reads and commands, and needs neither queues, nor SageMaker, nor the reader of
 * files; nor does its bundle. Throws at the start of the function where a variable is missing or wrong, naming it.
 */
export function composeApi(
  environment: Environment,
  instrument: Instrument = (client) => client,
): ComposedApi {
  const parsed = settingsSchema.safeParse(environment);
  if (!parsed.success)
    throw new Error(`the function's environment is incomplete:\n${z.prettifyError(parsed.error)}`);
  const { TABLE_NAME, BUCKET_NAME, AWS_REGION, BUS_NAME, API_KEYS, API_IDENTITY, API_CORS_ORIGINS } =
    parsed.data;
  const documents = documentClient(instrument(new DynamoDBClient()));
  const log = dynamoEventLog(documents, TABLE_NAME);
  const bucket = s3Bucket(instrument(new S3Client()), BUCKET_NAME);
  return {
    ports: {
      log,
      rollouts: rolloutReader(log, dynamoRolloutSnapshots(documents, TABLE_NAME)),
      documents: dynamoRolloutDocuments(documents, TABLE_NAME),
      exposures: s3ExposureBatches(bucket),
      deployments: dynamoDeploymentRegistry(documents, TABLE_NAME),
      readObject: bucket.read,
      announcements: announcementsOn(BUS_NAME, instrument),
      now: () => new Date().toISOString(),
    },
    settings: {
      keys: API_KEYS,
      trustIdentity: API_IDENTITY === 'iam',
      corsOrigins: API_CORS_ORIGINS,
      ...(AWS_REGION === undefined ? {} : { resources: { region: AWS_REGION, bucket: BUCKET_NAME } }),
    },
  };
}
