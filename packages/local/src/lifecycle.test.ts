import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, expect, test } from 'vitest';
import {
  clientsOf,
  eventually,
  isAlive,
  receiveAll,
  temporaryDirectory,
  useAws,
} from '../test/aws-for-tests.ts';

const logDirectory = temporaryDirectory();
afterAll(() => rmSync(logDirectory, { recursive: true }));
const modelLog = join(logDirectory, 'models.jsonl');
const MODEL = {
  command: [process.execPath, 'model.mjs'],
  cwd: fileURLToPath(new URL('../test', import.meta.url)),
};
const lines = () => (existsSync(modelLog) ? readFileSync(modelLog, 'utf8').trim().split('\n') : []);
const logged = () =>
  lines()
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, string | number>);

const shared = useAws({
  models: { program: MODEL, broken: { ...MODEL, command: ['no-such-program'] } },
  buckets: ['data', 'noisy'],
  rules: [
    {
      name: 'noise',
      pattern: { source: ['aws.s3'], detail: { bucket: { name: ['noisy'] } } },
      target: 'work',
    },
  ],
  repeatEvents: 2,
  loseEvents: { fraction: 0.5, seed: 1 },
});

async function transform(
  sagemaker: SageMakerClient,
  s3: S3Client,
  name: string,
  Environment = {},
  ModelName = 'program',
) {
  await s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'in/a', Body: '1\n2\n' }));
  await sagemaker.send(
    new CreateTransformJobCommand({
      TransformJobName: name,
      ModelName,
      Environment: { MODEL_LOG: modelLog, ...Environment },
      TransformInput: {
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } },
        ContentType: 'text/csv',
        SplitType: 'Line',
      },
      TransformOutput: { S3OutputPath: `s3://data/out/${name}/`, AssembleWith: 'Line' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      DataProcessing: { JoinSource: 'Input' },
    }),
  );
  return eventually(async () => {
    const job = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name }));
    return job.TransformJobStatus !== 'InProgress' && job;
  });
}

test('a program is started for the first job, kept for the next one, and replaced for another environment', async () => {
  const { sagemaker, s3 } = shared;
  for (const name of ['first', 'second'])
    expect((await transform(sagemaker, s3, name)).FailureReason).toBeUndefined();
  expect(logged()).toEqual([
    {
      pid: expect.any(Number),
      SAGEMAKER_BATCH: 'true',
      SAGEMAKER_BATCH_STRATEGY: 'MULTI_RECORD',
      SAGEMAKER_BIND_TO_PORT: expect.any(String),
      SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: '1',
      SAGEMAKER_MAX_PAYLOAD_IN_MB: '6',
    },
  ]);
  await transform(sagemaker, s3, 'third', { GREETING: 'good day' });
  expect(logged()).toHaveLength(2);
  await eventually(() => !isAlive(Number(logged()[0]?.pid)));
});

test('a program that dies is started again', async () => {
  const { pid } = logged().at(-1) ?? {};
  process.kill(Number(pid), 'SIGKILL');
  await eventually(() => !isAlive(Number(pid)));
  const job = await transform(shared.sagemaker, shared.s3, 'after-death', { GREETING: 'good day' });
  expect(job.TransformJobStatus).toBe('Completed');
});

test('a program that does not start fails the job with its last words', async () => {
  const died = await transform(shared.sagemaker, shared.s3, 'died', { DIE_WITH: 'no such model file' });
  expect(died.FailureReason).toMatch(/AlgorithmError.*exit code 3.*no such model file/s);
  const broken = await transform(shared.sagemaker, shared.s3, 'broken', {}, 'broken');
  expect(broken.FailureReason).toContain('no-such-program');
});

test('a model that is registered anew is the one that the next job meets', async () => {
  await shared.aws.registerModel('program', {
    ...MODEL,
    command: ['/bin/sh', '-c', 'exec "$0" model.mjs', process.execPath],
  });
  const before = logged().length;
  expect((await transform(shared.sagemaker, shared.s3, 'anew')).TransformJobStatus).toBe('Completed');
  expect(logged()).toHaveLength(before + 1);
});

test('events can be made to repeat and to get lost', async () => {
  for (let number = 0; number < 12; number += 1) {
    await shared.s3.send(new PutObjectCommand({ Bucket: 'noisy', Key: `${number}`, Body: 'x' }));
  }
  const { queueUrls } = shared.aws;
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await shared.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrls.work, AttributeNames }),
  );
  const count = Number(Attributes?.ApproximateNumberOfMessages);
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(24);
  const ids = (await receiveAll(shared.sqs, queueUrls.work, count)).map((body) => JSON.parse(body).id);
  expect(new Set(ids).size).toBe(count / 2);
});

test('when the parent is killed, neither emulators nor models are left', async () => {
  const dataDir = temporaryDirectory();
  const parent = spawn(process.execPath, ['--import', 'tsx', 'parent.ts', dataDir], {
    cwd: MODEL.cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [told] = await once(parent.stdout, 'data');
  const aws = JSON.parse(String(told));
  const { sagemaker, s3 } = clientsOf(aws);
  await transform(sagemaker, s3, 'orphan');
  const { pid } = logged().at(-1) ?? {};
  expect([isAlive(aws.pid), isAlive(Number(pid))]).toEqual([true, true]);
  parent.kill('SIGKILL');
  await eventually(() => !isAlive(aws.pid) && !isAlive(Number(pid)));
  rmSync(dataDir, { recursive: true, force: true });
});

test('when the process of the emulators is killed, its models go with it', async () => {
  const { pid } = logged().findLast((model) => isAlive(Number(model.pid))) ?? {};
  expect(isAlive(Number(pid))).toBe(true);
  process.kill(shared.aws.pid, 'SIGKILL');
  await eventually(() => !isAlive(Number(pid)));
});
