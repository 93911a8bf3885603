// Answers the program's wish for bundles with empty ones: where only the graph is looked at, nothing is built or zipped.
import { mkdirSync, writeFileSync } from 'node:fs';
import { request as ask, createServer } from 'node:http';
import { join } from 'node:path';

/** Starts in front of SST's own server, which answers everything else. Answers its address. */
export function startEmptyBundles(sstServer, folder) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method, params } = JSON.parse(body.toString());
    if (method === 'Runtime.Build') {
      response.end(JSON.stringify({ result: emptyBundle(join(folder, params[0].functionID)), error: null }));
      return;
    }
    const forwarded = ask(`${sstServer}/rpc`, { method: 'POST', headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode);
      answer.pipe(response);
    });
    forwarded.on('error', (error) => response.writeHead(502).end(error.message));
    forwarded.end(body);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`));
  });
}

function emptyBundle(out) {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'bundle.mjs'), 'export const handler = async () => {};\n');
  return { handler: 'bundle.handler', out, errors: [], sourcemaps: [] };
}
