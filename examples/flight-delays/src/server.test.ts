import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from './model.ts';
import { modelServer } from './server.ts';

// Log-odds ln(1/3) below x = 2 or without it, ln(3) from there on.
const model: Model = {
  version: 1,
  features: ['x', 'y'],
  base: 0,
  trees: [
    {
      feature: [0, -1, -1],
      threshold: [2, 0, 0],
      left: [1, 0, 0],
      value: [0, -Math.log(3), Math.log(3)],
    },
  ],
};

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("SageMaker's container contract", () => {
  const server = modelServer(model);
  let url = '';
  beforeAll(async () => {
    url = await listen(server);
  });
  afterAll(() => server.close());
  const invoke = (body: string, type = 'text/csv') =>
    fetch(`${url}/invocations`, { method: 'POST', headers: { 'content-type': type }, body });

  it('answers the health check and tells how it wants its batches', async () => {
    expect((await fetch(`${url}/ping`)).status).toBe(200);
    expect(await (await fetch(`${url}/execution-parameters`)).json()).toEqual({
      MaxConcurrentTransforms: 1,
      BatchStrategy: 'MULTI_RECORD',
      MaxPayloadInMB: 6,
    });
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
  });

  it.each([
    ['1,5\n2,5\n,\n', '0.250000\n0.750000\n0.250000\n'],
    ['-3.5,0', '0.250000\n'],
    ['1.9999,1\r\n2e0,1\r\n', '0.250000\n0.750000\n'],
    ['', ''],
  ])('scores %j, one line for each', async (body, expected) => {
    const response = await invoke(body, 'text/csv; charset=utf-8');
    expect(response.headers.get('content-type')).toBe('text/csv');
    expect(await response.text()).toBe(expected);
  });

  it.each([
    ['1,2\n1,two\n', 'Line 2, column 2: y is "two", not a number.'],
    ['1,2\n1\n', 'Line 2, column 1: 2 features expected, 1 found.'],
    ['1,2,3\n', 'Line 1, column 3: 2 features expected, more found.'],
    ['1, \n', 'Line 1, column 2: y is " ", not a number.'],
    ['-,1\n', 'Line 1, column 1: x is "-", not a number.'],
    ['1,2\n\n1,2\n', 'Line 2, column 1: 2 features expected, 1 found.'],
  ])('refuses %j and says where', async (body, problem) => {
    const response = await invoke(body);
    expect(response.status).toBe(400);
    expect((await response.text()).trimEnd()).toBe(problem);
  });

  it('refuses other types, and more than it announced', async () => {
    expect((await invoke('{}', 'application/json')).status).toBe(415);
    expect((await invoke('1,2\n'.repeat(1_700_000))).status).toBe(413);
  });
});

describe('the container', () => {
  it('listens where SageMaker says, serves the trained model and ends on SIGTERM', async () => {
    const free = createServer();
    const { port } = new URL(await listen(free));
    free.close();
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/serve.ts'], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...process.env, SAGEMAKER_BIND_TO_PORT: port, PORT: '1', HOST: '127.0.0.1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const response = await fetch(`http://127.0.0.1:${port}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: `8.55,692,${Array(13).fill('0.05').join(',')}\n19.5,692,${Array(13).fill('0.5').join(',')}\n`,
    });
    const [calm, rough] = (await response.text()).split('\n').map(Number);
    expect(calm).toBeLessThan(0.15);
    expect(rough).toBeGreaterThan(0.3);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
