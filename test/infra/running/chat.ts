import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { WEBHOOK_SECRET } from './fill-in-settings.ts';

/** A chat's webhook: keeps what it is told, if the signature is right. */
export interface Chat {
  readonly url: string;
  readonly told: readonly unknown[];
  stop(): Promise<void>;
}

export async function startChat(): Promise<Chat> {
  const told: unknown[] = [];
  const verifier = new Webhook(WEBHOOK_SECRET);
  const server = createServer(async (request, response) => {
    told.push(verifier.verify(await text(request), request.headers as Record<string, string>));
    response.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    told,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
