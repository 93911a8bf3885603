import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  CreateTransformJobCommand,
  type CreateTransformJobCommandInput,
  DescribeTransformJobCommand,
} from '@aws-sdk/client-sagemaker';
import { Upload } from '@aws-sdk/lib-storage';
import { afterEach } from 'vitest';
import { type AwsForTests, eventually } from './aws-for-tests.ts';
import { type ModelForTests, startModelForTests } from './model-for-tests.ts';

/** A request for a transform job, as far as it is not about where its data are. */
export type Job = Partial<Omit<CreateTransformJobCommandInput, 'TransformInput' | 'TransformOutput'>> & {
  input?: object;
  output?: object;
};

export const csvLines = {
  input: { ContentType: 'text/csv', SplitType: 'Line' },
  output: { AssembleWith: 'Line' },
} as const;
/** The first column stays with the output, and the model does not get to see it. */
export const joined = { ...csvLines, DataProcessing: { InputFilter: '$[1:]', JoinSource: 'Input' } } as const;

export function transformRequest(
  TransformJobName: string,
  folder: string,
  { input, output, ...more }: Job = {},
) {
  return new CreateTransformJobCommand({
    TransformJobName,
    ModelName: 'model',
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://data/${folder}` } },
      ...input,
    },
    TransformOutput: { S3OutputPath: `s3://data/out/${TransformJobName}`, ...output },
    TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    ...more,
  } as CreateTransformJobCommandInput);
}

/** What tests of transforms do with the AWS of their file. The model is closed after each test. */
export function useTransforms(shared: AwsForTests) {
  let model: ModelForTests | undefined;
  let jobNumber = 0;
  afterEach(() => model?.close());

  const put = (Key: string, Body: string | Buffer) =>
    new Upload({ client: shared.s3, params: { Bucket: 'data', Key, Body: Buffer.from(Body) } }).done();

  async function bytes(Key: string): Promise<Buffer> {
    const { Body } = await shared.s3.send(new GetObjectCommand({ Bucket: 'data', Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  /** The objects under a prefix, by the rest of their keys. */
  async function outputs(prefix: string): Promise<Record<string, string>> {
    const { Contents = [] } = await shared.s3.send(
      new ListObjectsV2Command({ Bucket: 'data', Prefix: prefix }),
    );
    const found: Record<string, string> = {};
    for (const { Key = '' } of Contents) found[Key.slice(prefix.length)] = (await bytes(Key)).toString();
    return found;
  }

  const describeJob = (TransformJobName: string) =>
    shared.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }));

  const endOf = (name: string) =>
    eventually(async () => {
      const job = await describeJob(name);
      return !['InProgress', 'Stopping'].includes(job.TransformJobStatus ?? '') && job;
    });

  return {
    put,
    bytes,
    outputs,
    describeJob,
    endOf,
    /** Makes this the model that is called "model". */
    async useModel(...start: Parameters<typeof startModelForTests>): Promise<ModelForTests> {
      await model?.close();
      model = await startModelForTests(...start);
      await shared.aws.registerModel('model', { url: model.url });
      return model;
    },
    /** Runs a job over these files, to its end. */
    async transform(files: Record<string, string | Buffer>, job: Job = {}) {
      jobNumber += 1;
      const name = `job-${jobNumber}`;
      for (const [key, body] of Object.entries(files)) await put(`in/${name}/${key}`, body);
      await shared.sagemaker.send(transformRequest(name, `in/${name}/`, job));
      const ended = await endOf(name);
      const out = await outputs(`out/${name}/`);
      return { name, status: ended.TransformJobStatus, reason: ended.FailureReason, ended, out };
    },
  };
}
