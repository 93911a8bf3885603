import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Model } from './model.ts';
import { MalformedInput, scoreCsv } from './scoring.ts';

const MAX_PAYLOAD_MB = 6;

/**
 * A server by SageMaker's container contract: GET /ping, GET /execution-parameters, POST /invocations.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
 */
export function modelServer(model: Model): Server {
  return createServer((request, response) => {
    answer(model, request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) reply(response, 500, 'text/plain', 'The model failed; its log says why.\n');
      else response.destroy();
    });
  });
}

async function answer(model: Model, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${request.url?.split('?')[0]}`;
  if (route === 'GET /ping') return reply(response, 200, 'text/plain', '');
  if (route === 'GET /execution-parameters') {
    const parameters = {
      MaxConcurrentTransforms: 1,
      BatchStrategy: 'MULTI_RECORD',
      MaxPayloadInMB: MAX_PAYLOAD_MB,
    };
    return reply(response, 200, 'application/json', JSON.stringify(parameters));
  }
  if (route !== 'POST /invocations') return reply(response, 404, 'text/plain', `No ${route} here.\n`);
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'text/csv')
    return reply(response, 415, 'text/plain', `Send text/csv, not ${type ?? 'nothing'}.\n`);
  const text = await readText(request);
  if (text === undefined) {
    response.setHeader('connection', 'close');
    return reply(response, 413, 'text/plain', `Send ${MAX_PAYLOAD_MB} MB at most.\n`);
  }
  try {
    return reply(response, 200, 'text/csv', scoreCsv(model, text));
  } catch (error) {
    if (error instanceof MalformedInput) return reply(response, 400, 'text/plain', `${error.message}\n`);
    throw error;
  }
}

/** The body, or undefined if it is larger than announced in the execution parameters. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and dropped: a client that is still sending would not see an answer.
    if (bytes <= MAX_PAYLOAD_MB * 1024 * 1024) chunks.push(chunk);
  }
  return bytes > MAX_PAYLOAD_MB * 1024 * 1024 ? undefined : Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
