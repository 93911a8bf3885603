import { rmSync } from 'node:fs';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTransformJobCommand, DescribeTransformJobCommand } from '@aws-sdk/client-sagemaker';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clientsOf, eventually, temporaryDirectory } from '../test/aws-for-tests.ts';
import { startModelForTests } from '../test/model-for-tests.ts';
import { optionsForTests } from '../test/options-for-tests.ts';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from './local-aws.ts';

let dataDir: string;
let aws: LocalAws;
let clients: ReturnType<typeof clientsOf>;

async function start(more: Partial<LocalAwsOptions> = {}): Promise<void> {
  aws = await startLocalAws(optionsForTests(dataDir, more));
  clients = clientsOf(aws);
}

async function kill(): Promise<void> {
  const exited = new Promise((resolve) => aws.onExit(resolve));
  process.kill(aws.pid, 'SIGKILL');
  expect(await exited).toEqual({ code: null, signal: 'SIGKILL', expected: false });
}

beforeEach(() => {
  dataDir = temporaryDirectory();
});
afterEach(async () => {
  await aws.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const send = (MessageBody: string) =>
  clients.sqs.send(new SendMessageCommand({ QueueUrl: aws.queueUrls.work, MessageBody }));
const receive = async (queue = 'work', MaxNumberOfMessages = 10) => {
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: aws.queueUrls[queue],
      MaxNumberOfMessages,
      MessageSystemAttributeNames: ['All'],
      VisibilityTimeout: queue === 'work' ? 30 : 0,
    }),
  );
  return Messages;
};

test('after SIGKILL, what was acknowledged is there, and nothing else', async () => {
  await start();
  const put = (Key: string, Body: string) =>
    clients.s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body }));
  await put('../kept', 'first');
  await put('../kept', 'second');
  await clients.dynamodb.send(
    new PutItemCommand({
      TableName: 'events',
      Item: { deployment: { S: 'd' }, event: { S: 'e' }, at: { N: '7' } },
    }),
  );
  for (const body of ['deleted', 'in flight', 'waiting']) await send(body);
  const [deleted] = await receive('work', 1);
  await clients.sqs.send(
    new DeleteMessageCommand({ QueueUrl: aws.queueUrls.work, ReceiptHandle: deleted?.ReceiptHandle }),
  );
  expect((await receive('work', 1)).map(({ Body }) => Body)).toEqual(['in flight']);
  await kill();

  await start();
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: 'data' }));
  expect(Contents).toMatchObject([{ Key: '../kept', Size: 6 }]);
  const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: 'data', Key: '../kept' }));
  expect(await Body?.transformToString()).toBe('second');
  const Key = { deployment: { S: 'd' }, event: { S: 'e' } };
  const { Item } = await clients.dynamodb.send(new GetItemCommand({ TableName: 'events', Key }));
  expect(Item?.at).toEqual({ N: '7' });
  const messages = await receive();
  expect(messages.map(({ Body: body, Attributes }) => [body, Attributes?.ApproximateReceiveCount])).toEqual([
    ['in flight', '2'],
    ['waiting', '1'],
  ]);
});

test('a message moves to the dead-letter queue over a restart, and stays there over a kill', async () => {
  const queues = [
    { name: 'work', visibilityTimeoutSeconds: 30, maxReceiveCount: 1, deadLetterQueueName: 'work-dead' },
  ];
  await start({ queues });
  await send('poison');
  expect(await receive()).toHaveLength(1);
  await aws.stop();
  for (let restart = 0; restart < 2; restart += 1) {
    await start({ queues });
    expect(await receive()).toEqual([]);
    expect((await receive('work-dead')).map(({ Body }) => Body)).toEqual(['poison']);
    await kill();
  }
});

test('a job that was running is run again from the start, and one that has ended is not', async () => {
  let answers = (): Promise<string> => Promise.resolve('1\n');
  const model = await startModelForTests(() => answers());
  const models = { model: { url: model.url } };
  await start({ models });
  await clients.s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'in/a', Body: 'a' }));
  const create = (TransformJobName: string) =>
    clients.sagemaker.send(
      new CreateTransformJobCommand({
        TransformJobName,
        ModelName: 'model',
        TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } } },
        TransformOutput: { S3OutputPath: `s3://data/out/${TransformJobName}/` },
        TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
      }),
    );
  const ended = (TransformJobName: string) =>
    eventually(async () => {
      const job = await clients.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }));
      return job.TransformJobStatus === 'Completed' && job;
    });
  await create('done');
  const before = await ended('done');
  answers = () => new Promise(() => {});
  await create('running');
  await eventually(() => model.payloads.length === 2);
  await kill();

  answers = () => Promise.resolve('2\n');
  await start({ models });
  await ended('running');
  expect(model.payloads).toHaveLength(3);
  expect((await ended('done')).TransformEndTime).toEqual(before.TransformEndTime);
  await expect(create('done')).rejects.toMatchObject({ name: 'ResourceInUse' });
  await model.close();
});

test('a rule without a queue stops the start', async () => {
  const rules = [{ name: 'lost', pattern: { source: ['aws.s3'] }, target: 'nowhere' }];
  await expect(startLocalAws(optionsForTests(dataDir, { rules }))).rejects.toThrow(/lost.*nowhere/);
  await start();
});

test('a directory has one user at a time', async () => {
  await start();
  await expect(startLocalAws(optionsForTests(dataDir))).rejects.toThrow(/Another local AWS is using/);
});
