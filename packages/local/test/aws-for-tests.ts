import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, vi } from 'vitest';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../src/local-aws.ts';
import { optionsForTests } from './options-for-tests.ts';

export type AwsForTests = ReturnType<typeof clientsOf> & { aws: LocalAws; dataDir: string };

export const temporaryDirectory = () => mkdtempSync(join(tmpdir(), 'penumbra-local-'));

/** Clients as an application makes them: without a single argument, from the environment alone. */
export function clientsOf(aws: Pick<LocalAws, 'env'>) {
  for (const [name, value] of Object.entries(aws.env)) vi.stubEnv(name, value);
  return {
    dynamodb: new DynamoDBClient(),
    s3: new S3Client(),
    sqs: new SQSClient(),
    sagemaker: new SageMakerClient(),
    athena: new AthenaClient(),
    glue: new GlueClient(),
  };
}

/** One local AWS for the tests of a file. */
export function useAws(more: Partial<LocalAwsOptions> = {}): AwsForTests {
  const shared = {} as AwsForTests;
  beforeAll(async () => {
    const dataDir = temporaryDirectory();
    const aws = await startLocalAws(optionsForTests(dataDir, more));
    Object.assign(shared, { aws, dataDir, ...clientsOf(aws) });
  });
  afterAll(async () => {
    await shared.aws?.stop();
    rmSync(shared.dataDir, { recursive: true, force: true });
  });
  return shared;
}

/** Looks again and again, until there is something to see. */
export async function eventually<Value>(
  look: () => Promise<Value | undefined | false> | Value | undefined | false,
) {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    await sleep(10);
  }
  throw new Error('What was waited for did not come about.');
}

/** Takes messages off a queue until there are `count`; they stay in flight. */
export async function receiveAll(
  sqs: SQSClient,
  queueUrl: string | undefined,
  count: number,
): Promise<string[]> {
  const bodies: string[] = [];
  while (bodies.length < count) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
    );
    if (Messages.length === 0) throw new Error(`Only ${bodies.length} of ${count} messages came.`);
    bodies.push(...Messages.map(({ Body = '' }) => Body));
  }
  return bodies;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
