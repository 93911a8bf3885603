import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { canonicalJson, canonicalSha256 } from '@penumbra/core/canonical-json';
import type { RolloutDocument } from '@penumbra/core/rollout-document';

export interface RolloutServer {
  readonly url: string;
  /** Statuses that were answered, and the requests' headers, in order. */
  readonly answered: { readonly status: number; readonly headers: IncomingMessage['headers'] }[];
  readonly publish: (document: RolloutDocument) => void;
  /** Answers in another way until called with nothing. */
  readonly misbehave: (answer?: (response: ServerResponse) => void) => void;
  readonly sockets: () => number;
  readonly close: () => Promise<void>;
}

/** `GET /v1/rollouts/{deployment}` with ETag, on a free port of this machine. */
export async function rolloutServer(...documents: RolloutDocument[]): Promise<RolloutServer> {
  const byPath = new Map<string, RolloutDocument>();
  const publish = (document: RolloutDocument) => byPath.set(`/v1/rollouts/${document.deployment}`, document);
  documents.forEach(publish);
  const answered: { status: number; headers: IncomingMessage['headers'] }[] = [];
  let wrong: ((response: ServerResponse) => void) | undefined;
  let sockets = 0;

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (wrong) return wrong(response);
    const document = byPath.get(request.url ?? '');
    if (!document) return response.writeHead(404).end();
    const etag = `"${canonicalSha256(document)}"`;
    if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end();
    response.writeHead(200, { etag, 'content-type': 'application/json' }).end(canonicalJson(document));
  };
  const server = createServer((request, response) => {
    response.on('finish', () => answered.push({ status: response.statusCode, headers: request.headers }));
    answer(request, response);
  });
  server.on('connection', (socket) => {
    sockets += 1;
    socket.on('close', () => {
      sockets -= 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    publish,
    misbehave(how) {
      wrong = how;
    },
    sockets: () => sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
