import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A container by SageMaker's contract whose score is the first feature. */
export async function startScoringModel() {
  const server = createServer(async (request, response) => {
    if (request.url === '/ping') return response.end();
    if (request.url !== '/invocations') return response.writeHead(404).end();
    const lines = (await text(request)).split('\n').filter(Boolean);
    const scores = lines.map((line) => line.split(',')[0]);
    response.writeHead(200, { 'content-type': 'text/csv' }).end(`${scores.join('\n')}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
