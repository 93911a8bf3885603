import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { closeServer, listenLocally } from '../src/close-server.ts';

type Answer = string | { status: number; body: string };
export type ModelForTests = {
  url: string;
  payloads: string[];
  headers: IncomingHttpHeaders[];
  mostAtOnce(): number;
  close(): Promise<void>;
};

/** A container in this process; `answer` gets each payload and how many came before it. */
export async function startModelForTests(
  answer: (payload: string, attempt: number) => Answer | Promise<Answer>,
  executionParameters?: object,
): Promise<ModelForTests> {
  const payloads: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  let active = 0;
  let mostAtOnce = 0;
  const server = createServer(async (request, response) => {
    if (request.url === '/execution-parameters') {
      response.writeHead(executionParameters ? 200 : 404).end(JSON.stringify(executionParameters ?? {}));
      return;
    }
    active += 1;
    mostAtOnce = Math.max(mostAtOnce, active);
    const payload = await text(request);
    headers.push(request.headers);
    const attempt = payloads.push(payload) - 1;
    const answered = await answer(payload, attempt);
    active -= 1;
    const { status, body } = typeof answered === 'string' ? { status: 200, body: answered } : answered;
    response.writeHead(status).end(body);
  });
  const port = await listenLocally(server);
  return {
    url: `http://127.0.0.1:${port}`,
    payloads,
    headers,
    mostAtOnce: () => mostAtOnce,
    close: () => closeServer(server),
  };
}

/** Answers each line of CSV with the number of its columns. */
export const countColumns = (payload: string) =>
  payload
    .split('\n')
    .map((line) => `${line.split(',').length}\n`)
    .join('');
