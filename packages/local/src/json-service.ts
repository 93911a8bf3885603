import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { awsError, awsErrorBody, isAwsError, messageOf } from './aws-error.ts';

export type Input = Record<string, unknown>;
export type Operations = Record<string, (input: Input) => object | Promise<object>>;

/** A service that speaks AWS JSON 1.1: `POST /` with `<target>.<operation>` in `X-Amz-Target`. */
export function createJsonService(target: string, operations: Operations): Server {
  return createServer(async (request, response) => {
    let status = 200;
    let answer: object;
    try {
      answer = await answerTo(request, target, operations);
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

async function answerTo(request: IncomingMessage, target: string, operations: Operations): Promise<object> {
  const [service, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (request.method !== 'POST' || service !== target || !operation) {
    throw awsError('UnknownOperationException', `The local ${target} does not implement ${name || 'this'}.`);
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
