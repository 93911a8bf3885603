import {
  CreateModelCommand,
  DeleteModelCommand,
  DescribeModelCommand,
  ListTransformJobsCommand,
  StopTransformJobCommand,
} from '@aws-sdk/client-sagemaker';
import { expect, test } from 'vitest';
import { eventually, receiveAll, useAws } from '../test/aws-for-tests.ts';
import { countColumns, startModelForTests } from '../test/model-for-tests.ts';
import { csvLines, type Job, joined, transformRequest, useTransforms } from '../test/transform-for-tests.ts';

const shared = useAws({
  rules: [
    {
      name: 'ended',
      pattern: { source: ['aws.sagemaker'], detail: { TransformJobName: ['told', 'told-stopped'] } },
      target: 'work',
    },
  ],
});

const { describeJob, endOf, outputs, put, transform, useModel } = useTransforms(shared);
const create = (name: string, job: Job = {}) =>
  shared.sagemaker.send(transformRequest(name, 'nothing/here/', job));

test('a name is used once', async () => {
  await useModel(countColumns);
  const { TransformJobArn, $metadata, ...rest } = await create('used-once');
  expect(TransformJobArn).toBe('arn:aws:sagemaker:us-east-1:000000000000:transform-job/used-once');
  expect([rest, $metadata.httpStatusCode]).toEqual([{}, 200]);
  await expect(create('used-once')).rejects.toMatchObject({
    name: 'ResourceInUse',
    message: expect.stringContaining('must be unique'),
    $metadata: { httpStatusCode: 400 },
  });
});

test('a job without input fails and says where it looked', async () => {
  await useModel(countColumns);
  await create('no-input');
  const job = await endOf('no-input');
  expect(job.FailureReason).toBe('ClientError: No S3 objects found under S3 URL "s3://data/nothing/here/".');
});

test.each<[string, string, Job]>([
  ['a name with an underscore', 'a_b', {}],
  ['a name that is too long', 'x'.repeat(64), {}],
  ['a name that ends with a hyphen', 'a-', {}],
  ['more than 100 MB at once', 'too-much', { MaxPayloadInMB: 10, MaxConcurrentTransforms: 11 }],
  ['a payload above 100 MB', 'too-large', { MaxPayloadInMB: 101 }],
  ['a timeout above an hour', 'too-long', { ModelClientConfig: { InvocationsTimeoutInSeconds: 3601 } }],
  ['too many retries', 'too-often', { ModelClientConfig: { InvocationsMaxRetries: 4 } }],
  [
    'too large an environment',
    'too-wide',
    { Environment: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`E${i}`, ''])) },
  ],
  ['an unknown strategy', 'unknown', { BatchStrategy: 'Some' as 'MultiRecord' }],
  ['an unknown split', 'unknown', { input: { SplitType: 'RecordIO' } }],
  ['CSV by name', 'by-name', { ...csvLines, DataProcessing: { InputFilter: '$.id' } }],
  ['a filter that is no JSONPath', 'no-path', { ...csvLines, DataProcessing: { InputFilter: 'id' } }],
  ['a join without lines', 'no-lines', { ...csvLines, output: {}, DataProcessing: { JoinSource: 'Input' } }],
  [
    'a join of CSV with JSON',
    'two-kinds',
    { ...joined, output: { AssembleWith: 'Line', Accept: 'application/json' } },
  ],
  ['a filter of what has no columns', 'no-columns', { DataProcessing: { OutputFilter: '$[0]' } }],
  ['no instances', 'no-instances', { TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 0 } }],
])('%s is refused', async (_, name, job) => {
  await expect(create(name, job)).rejects.toMatchObject({
    name: 'ValidationException',
    $metadata: { httpStatusCode: 400 },
  });
});

test('a request of 100 MB at once is not refused, and one of 16 variables neither', async () => {
  await useModel(countColumns);
  const Environment = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`E${index}`, '']));
  await create('x'.repeat(63), { MaxPayloadInMB: 10, MaxConcurrentTransforms: 10, Environment });
});

test('a model that nobody knows is an error of its own', async () => {
  await expect(create('no-model', { ModelName: 'nobody' })).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'Could not find model "arn:aws:sagemaker:us-east-1:000000000000:model/nobody".',
  });
});

test('a job that nobody knows', async () => {
  await expect(describeJob('nobody')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  const stop = shared.sagemaker.send(new StopTransformJobCommand({ TransformJobName: 'nobody' }));
  await expect(stop).rejects.toMatchObject({ name: 'ResourceNotFound' });
});

test('a description has what was asked, the defaults, and times', async () => {
  await useModel((payload) => payload);
  const { ended } = await transform({ a: '1' }, { Environment: { A: 'b' } });
  expect(ended).toMatchObject({
    TransformJobStatus: 'Completed',
    ModelName: 'model',
    Environment: { A: 'b' },
    TransformInput: { CompressionType: 'None', SplitType: 'None' },
    TransformOutput: { AssembleWith: 'None' },
    DataProcessing: { InputFilter: '$', OutputFilter: '$', JoinSource: 'None' },
  });
  const times = [ended.CreationTime, ended.TransformStartTime, ended.TransformEndTime].map(Number);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(Math.abs(Date.now() - (times[0] ?? 0))).toBeLessThan(60_000);
});

test('the list is paged, filtered and sorted', async () => {
  await useModel(countColumns);
  for (const name of ['list-b', 'list-c', 'list-a']) await create(name);
  const told: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await shared.sagemaker.send(
      new ListTransformJobsCommand({
        NameContains: 'LIST-',
        SortBy: 'Name',
        SortOrder: 'Ascending',
        MaxResults: 2,
        NextToken,
      }),
    );
    told.push(...(page.TransformJobSummaries ?? []).map(({ TransformJobName }) => TransformJobName));
    NextToken = page.NextToken;
  } while (NextToken);
  expect(told).toEqual(['list-a', 'list-b', 'list-c']);
  for (const name of told) await endOf(name ?? '');
  const newest = await shared.sagemaker.send(
    new ListTransformJobsCommand({ NameContains: 'list-', StatusEquals: 'Failed' }),
  );
  expect(newest.TransformJobSummaries?.map(({ TransformJobName }) => TransformJobName)).toEqual([
    'list-a',
    'list-c',
    'list-b',
  ]);
  const none = await shared.sagemaker.send(
    new ListTransformJobsCommand({ NameContains: 'list-', StatusEquals: 'Completed' }),
  );
  expect(none.TransformJobSummaries).toEqual([]);
});

test('each change of state is told on the bus, with times in milliseconds and tags as a map', async () => {
  await useModel((payload) => payload);
  await put('told/a', '1');
  const Tags = [{ Key: 'deployment', Value: 'flights' }];
  await shared.sagemaker.send(transformRequest('told', 'told/', { Tags }));
  const [first, last] = (await receiveAll(shared.sqs, shared.aws.queueUrls.work, 2)).map((body) =>
    JSON.parse(body),
  );
  expect(first).toMatchObject({
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Transform Job State Change',
    resources: ['arn:aws:sagemaker:us-east-1:000000000000:transform-job/told'],
    detail: { TransformJobName: 'told', TransformJobStatus: 'InProgress', Tags: { deployment: 'flights' } },
  });
  expect(last.detail).toMatchObject({
    TransformJobStatus: 'Completed',
    TransformEndTime: expect.any(Number),
  });
  expect(Math.abs(Date.now() - last.detail.TransformEndTime)).toBeLessThan(60_000);
});

test('a job that is stopped goes through Stopping to Stopped, and cannot be stopped again', async () => {
  let arrived = 0;
  await useModel(() => {
    arrived += 1;
    return new Promise(() => {});
  });
  await put('stopped/a', '1');
  await shared.sagemaker.send(transformRequest('told-stopped', 'stopped/'));
  await eventually(() => arrived > 0);
  const stop = new StopTransformJobCommand({ TransformJobName: 'told-stopped' });
  await shared.sagemaker.send(stop);
  expect((await endOf('told-stopped')).TransformJobStatus).toBe('Stopped');
  const told = await receiveAll(shared.sqs, shared.aws.queueUrls.work, 3);
  expect(told.map((body) => JSON.parse(body).detail.TransformJobStatus)).toEqual([
    'InProgress',
    'Stopping',
    'Stopped',
  ]);
  await expect(shared.sagemaker.send(stop)).rejects.toMatchObject({ name: 'ValidationException' });
  expect(await outputs('out/told-stopped/')).toEqual({});
});

test('a model can be created for a container that runs, described and deleted', async () => {
  const model = await startModelForTests(countColumns);
  const ExecutionRoleArn = 'arn:aws:iam::000000000000:role/any';
  const PrimaryContainer = { Image: model.url };
  const created = new CreateModelCommand({ ModelName: 'over-the-api', PrimaryContainer, ExecutionRoleArn });
  await shared.sagemaker.send(created);
  await expect(shared.sagemaker.send(created)).rejects.toMatchObject({ name: 'ValidationException' });
  const described = await shared.sagemaker.send(new DescribeModelCommand({ ModelName: 'over-the-api' }));
  expect(described).toMatchObject({ ModelName: 'over-the-api', PrimaryContainer });
  const { status } = await transform({ a: '1\n' }, { ...csvLines, ModelName: 'over-the-api' });
  expect(status).toBe('Completed');
  await shared.sagemaker.send(new DeleteModelCommand({ ModelName: 'over-the-api' }));
  const gone = shared.sagemaker.send(new DescribeModelCommand({ ModelName: 'over-the-api' }));
  await expect(gone).rejects.toMatchObject({ name: 'ValidationException' });
  await model.close();
});
