import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ModelSpec } from '@penumbra/local/models';

/** A first feature that no container can score: a date that holds one is never scored at all. */
export const UNSCORABLE = '999';
/** The last feature tells which of a date's files a record is in. */
const inSecondFile = (line: string) => line.endsWith(',1');

const scores = (lines: readonly string[]) => `${lines.map((line) => line.split(',')[0]).join('\n')}\n`;

/** How each container answers a payload; nothing: it keeps the caller waiting. */
const containers: Readonly<
  Record<string, (lines: string[]) => { status: number; body: string } | undefined>
> = {
  challenger: (lines) =>
    lines.some((line) => line.startsWith(`${UNSCORABLE},`))
      ? { status: 400, body: 'a value is out of range' }
      : { status: 200, body: scores(lines) },
  fails: () => ({ status: 400, body: 'out of memory' }),
  hangs: () => undefined,
  partial: (lines) =>
    lines.some(inSecondFile) ? { status: 400, body: 'out of memory' } : { status: 200, body: scores(lines) },
  truncates: (lines) => ({ status: 200, body: scores(lines.slice(0, -1)) }),
};

/** Containers by SageMaker's contract, the challenger's and those that do badly, on one port. */
export async function startModels() {
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const [, name = '', call = ''] = (request.url ?? '').split('/');
    if (call === 'ping') return response.end();
    if (call !== 'invocations') return response.writeHead(404).end();
    const lines = (await text(request)).split('\n').filter(Boolean);
    const answer = containers[name]?.(lines);
    if (answer) response.writeHead(answer.status, { 'content-type': 'text/csv' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const specs: Record<string, ModelSpec> = Object.fromEntries(
    Object.keys(containers).map((name) => [name, { url: `http://127.0.0.1:${port}/${name}` }]),
  );
  return {
    specs,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
