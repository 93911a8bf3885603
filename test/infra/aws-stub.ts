import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the SST CLI asks of AWS before it runs a program: its bootstrap, a passphrase, who it is, and where state lies. */
export interface AwsStub {
  readonly url: string;
  close(): Promise<void>;
}

const ACCOUNT = '123456789012';
const BOOTSTRAP = {
  version: 100,
  asset: 'sst-asset-stub',
  state: 'sst-state-stub',
  assetEcrRegistryId: ACCOUNT,
  assetEcrUrl: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/sst-asset`,
  appsyncHttp: '127.0.0.1',
  appsyncRealtime: '127.0.0.1',
};
const CALLER = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::${ACCOUNT}:user/ada</Arn><UserId>ada</UserId><Account>${ACCOUNT}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

export async function startAwsStub(): Promise<AwsStub> {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    answer(request, Buffer.concat(chunks), response, objects);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  objects: Map<string, Buffer>,
): void {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    json(response, parameterOf(String(target), body));
    return;
  }
  if (body.includes('GetCallerIdentity')) {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(CALLER);
    return;
  }
  const key = request.url?.split('?')[0] ?? '';
  if (request.method === 'PUT') objects.set(key, body);
  if (request.method === 'DELETE') objects.delete(key);
  const found = objects.get(key);
  if (request.method === 'GET' && !found) {
    response
      .writeHead(404, { 'content-type': 'application/xml' })
      .end('<Error><Code>NoSuchKey</Code></Error>');
    return;
  }
  response.writeHead(200, { ETag: '"stub"' }).end(request.method === 'GET' ? found : undefined);
}

function parameterOf(target: string, body: Buffer): object {
  if (target !== 'AmazonSSM.GetParameter') return {};
  const { Name } = JSON.parse(body.toString()) as { Name: string };
  const passphrase = Buffer.from('a passphrase for tests').toString('base64');
  return { Parameter: { Name, Value: Name === '/sst/bootstrap' ? JSON.stringify(BOOTSTRAP) : passphrase } };
}

const json = (response: ServerResponse, value: object): void => {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
};
