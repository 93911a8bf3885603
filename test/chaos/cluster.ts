import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeTransformJobCommand,
  ListTransformJobsCommand,
  SageMakerClient,
  StopTransformJobCommand,
} from '@aws-sdk/client-sagemaker';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Message, QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { type Composed, compose } from '@penumbra/functions/composition';
import { type LocalAws, startLocalAws } from '@penumbra/local/local-aws';
import { startModels } from './models.ts';
import type { Mutation } from './mutations.ts';
import { deadLetterQueue, functionEnvironment, resources, SWEEP } from './names.ts';
import type { Faults } from './plan.ts';
import { BAD_MODELS } from './planned-end.ts';
import type { Report } from './worker-messages.ts';
import { startWorker, type WorkerProcess, workerProgram } from './worker-process.ts';

const WORKERS = 2;

export interface ClusterOptions {
  readonly faults: Faults | undefined;
  readonly mutation?: Mutation | undefined;
  readonly onReport: (report: Report) => void;
}

export type Cluster = Awaited<ReturnType<typeof startCluster>>;

/** One local AWS and two workers on it, all of which may be killed and come back; and a quiet way to look at it. */
export async function startCluster({ faults, mutation, onReport }: ClusterOptions) {
  const dataDir = await mkdtemp(join(tmpdir(), 'penumbra-chaos-'));
  const models = await startModels();
  const worker = await workerProgram();
  let aws: LocalAws;
  let clean: Composed;
  let sqs: SQSClient;
  let sagemaker: SageMakerClient;
  let now = '2001-01-01T00:00:00.000Z';
  let started = 0;
  const workers: WorkerProcess[] = [];

  async function startAws(): Promise<void> {
    aws = await startLocalAws({ ...resources, dataDir: join(dataDir, 'aws'), models: models.specs });
    // The SDK looks for endpoints and credentials in the environment of the process.
    Object.assign(process.env, aws.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    clean = compose(functionEnvironment(aws.queueUrls), () => now);
    sqs = new SQSClient();
    sagemaker = new SageMakerClient();
  }

  function newWorker(): WorkerProcess {
    started += 1;
    const name = `w${started}`;
    const logFile = join(dataDir, `${name}.log`);
    return startWorker(
      worker,
      { name, faults, mutation, queueUrls: aws.queueUrls, logFile, now },
      aws.env,
      onReport,
    );
  }

  async function startWorkers(): Promise<void> {
    workers.splice(0, workers.length, ...Array.from({ length: WORKERS }, newWorker));
    await Promise.all(workers.map(({ ready }) => ready));
  }

  async function messagesIn(queue: string): Promise<number> {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: aws.queueUrls[queue], AttributeNames: ['All'] }),
    );
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight } =
      Attributes;
    return Number(visible) + Number(inFlight) + Number(Attributes.ApproximateNumberOfMessagesDelayed);
  }
  const messages = async (queues: readonly string[]) =>
    (await Promise.all(queues.map(messagesIn))).reduce((sum, count) => sum + count, 0);

  async function jobs(StatusEquals?: 'InProgress' | 'Stopping'): Promise<string[]> {
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await sagemaker.send(
        new ListTransformJobsCommand({
          MaxResults: 100,
          ...(StatusEquals ? { StatusEquals } : {}),
          ...(NextToken ? { NextToken } : {}),
        }),
      );
      names.push(...(page.TransformJobSummaries ?? []).map(({ TransformJobName = '' }) => TransformJobName));
      NextToken = page.NextToken;
    } while (NextToken);
    return names;
  }

  await startAws();
  await startWorkers();
  return {
    dataDir,
    workers,
    clean: () => clean,
    setClock(time: string) {
      now = time;
      for (const worker of workers) worker.setClock(time);
    },
    async killWorker(index: number) {
      await workers[index]?.kill();
      workers[index] = newWorker();
    },
    /** AWS dies while it is used; its users find nobody and are killed too, as nothing leads them to the next one. */
    async killAws() {
      const gone = new Promise<void>((resolve) => aws.onExit(() => resolve()));
      process.kill(aws.pid, 'SIGKILL');
      await gone;
      await Promise.all(workers.map((worker) => worker.kill()));
      await startAws();
      await startWorkers();
    },
    /** Sends a message of a sweep, whose name tells it from those of earlier ones. */
    send: ({ queue, body }: Message, sweep: string) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: aws.queueUrls[queue],
          MessageBody: JSON.stringify(body),
          MessageAttributes: { [SWEEP]: { DataType: 'String', StringValue: sweep } },
        }),
      ),
    messagesWaiting: () => messages(QUEUE_NAMES),
    deadLetters: () => messages(QUEUE_NAMES.map(deadLetterQueue)),
    /** How many transforms run; those that would never end are stopped. */
    async runningTransforms(): Promise<number> {
      const running = (await Promise.all([jobs('InProgress'), jobs('Stopping')])).flat();
      for (const TransformJobName of running) {
        const { ModelName } = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }));
        if (ModelName !== BAD_MODELS['is stopped']) continue;
        // It may just have been stopped.
        await sagemaker.send(new StopTransformJobCommand({ TransformJobName })).catch(() => {});
      }
      return running.length;
    },
    /** Names of all transforms there ever were. */
    transforms: () => jobs(),
    async stop({ keep = false } = {}) {
      await Promise.all(workers.map((worker) => worker.kill()));
      await aws.stop();
      await models.close();
      if (!keep) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
