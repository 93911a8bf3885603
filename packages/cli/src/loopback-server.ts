import type { Server } from 'node:http';
import { createAdaptorServer, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import type { Api } from '@penumbra/functions/api/app';
import { closeServer } from '@penumbra/local/close-server';

const KEEP_ALIVE_MS = 65_000;

export interface LoopbackServer {
  readonly url: string;
  /** Answers what was asked, then ends. */
  stop(): Promise<void>;
}

/**
 * Serves the API to this machine only. Requests must name it by its own address: a page elsewhere, whose name was
 * made to point here, would otherwise read what the browser's user may read.
 *
 * @throws where the port is in use; port 0 is any that is free.
 */
export async function startLoopbackServer(api: Api, port: number): Promise<LoopbackServer> {
  let hosts: readonly string[] = [];
  const server = createAdaptorServer({
    fetch: (request: Request, { incoming }: HttpBindings | Http2Bindings) =>
      hosts.includes(incoming.headers.host ?? '')
        ? api.fetch(request, { address: incoming.socket.remoteAddress ?? 'unknown' })
        : new Response('{"title":"Misdirected request","status":421}', {
            status: 421,
            headers: { 'Content-Type': 'application/problem+json' },
          }),
  }) as Server;
  // A client that is about to use a connection again should not find it closed just then.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  hosts = [`127.0.0.1:${address.port}`, `localhost:${address.port}`];
  return { url: `http://127.0.0.1:${address.port}`, stop: () => closeServer(server) };
}
