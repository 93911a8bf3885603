import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { awsError, awsErrorBody, isAwsError, messageOf } from './aws-error.ts';
import { transformJobArn } from './aws-names.ts';
import type { ModelApi } from './model-api.ts';
import { describeTransformJob } from './transform-job.ts';
import { listTransformJobs } from './transform-job-list.ts';
import type { TransformJobs } from './transform-jobs.ts';

type Input = Record<string, unknown>;
type Operation = (input: Input) => object | Promise<object>;

/** SageMaker's API over HTTP: AWS JSON 1.1, `POST /` with the operation in `X-Amz-Target`. */
export function createSageMakerServer(jobs: TransformJobs, models: ModelApi): Server {
  const operations: Record<string, Operation> = {
    CreateTransformJob: (input) => ({
      TransformJobArn: transformJobArn(jobs.create(input).request.TransformJobName),
    }),
    DescribeTransformJob: (input) => describeTransformJob(jobs.find(input.TransformJobName), 'seconds'),
    ListTransformJobs: (input) => listTransformJobs(jobs.all(), input),
    StopTransformJob: (input) => {
      jobs.stop(input.TransformJobName);
      return {};
    },
    CreateModel: (input) => models.create(input),
    DescribeModel: (input) => models.describe(input),
    DeleteModel: (input) => models.remove(input),
  };

  return createServer(async (request, response) => {
    let status = 200;
    let answer: object;
    try {
      answer = await answerTo(request, operations);
    } catch (error) {
      status = isAwsError(error) ? 400 : 500;
      answer = isAwsError(error)
        ? awsErrorBody(error)
        : { __type: 'InternalFailure', message: messageOf(error) };
    }
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': randomUUID(),
    });
    response.end(JSON.stringify(answer));
  });
}

async function answerTo(request: IncomingMessage, operations: Record<string, Operation>): Promise<object> {
  const [service, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (request.method !== 'POST' || service !== 'SageMaker' || !operation) {
    throw awsError('UnknownOperationException', `The local SageMaker does not implement ${name || 'this'}.`);
  }
  const body = await text(request);
  return operation(parseInput(body));
}

function parseInput(body: string): Input {
  try {
    const input: unknown = JSON.parse(body === '' ? '{}' : body);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Told below, like any other body that is no object.
  }
  throw awsError('SerializationException', 'The request is not a JSON object.');
}
