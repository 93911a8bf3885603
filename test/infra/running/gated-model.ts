import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A model's container whose answers wait until the test lets them go: the score is the first feature. */
export interface GatedModel {
  readonly url: string;
  /** From now on answers go out at once. */
  open(): void;
  /** From now on they wait. */
  shut(): void;
  stop(): Promise<void>;
}

/** A record with this as its first feature makes the container fail. */
export const POISON = '9';

export async function startGatedModel(): Promise<GatedModel> {
  let isOpen = true;
  const waiting = new Set<() => void>();
  const passage = () => (isOpen ? undefined : new Promise<void>((go) => waiting.add(go)));
  const open = () => {
    isOpen = true;
    for (const go of waiting) go();
    waiting.clear();
  };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url !== '/invocations') {
      response.writeHead(request.url === '/ping' ? 200 : 404).end();
      return;
    }
    await passage();
    const scores = body
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(',')[0]);
    if (scores.some((score) => Number(score) === Number(POISON)))
      response.writeHead(500).end('this record is too much');
    else response.writeHead(200, { 'content-type': 'text/csv' }).end(`${scores.join('\n')}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open,
    shut() {
      isOpen = false;
    },
    async stop() {
      open();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
