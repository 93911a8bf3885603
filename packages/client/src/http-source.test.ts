import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient } from './client.ts';
import { httpSource } from './http-source.ts';
import { documentOf, killedOf } from './testing/documents.ts';
import { fakeClock } from './testing/fake-clock.ts';
import { type RolloutServer, rolloutServer } from './testing/rollout-server.ts';

const POLL = 30_000;
const west = { unit: 'u', airport: 'SFO' };
const endings: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

async function given(document = documentOf(), start?: (server: RolloutServer) => void) {
  const server = await rolloutServer(document);
  start?.(server);
  const clock = fakeClock();
  const source = httpSource({ url: server.url, key: 'read-key', random: () => 1 });
  const client = createClient({ deployments: ['rebooking'], source, clock });
  const told: string[] = [];
  client.on('failed', ({ error }) => told.push(error.reason));
  client.on('recovered', () => told.push('recovered'));
  endings.push(client.close, server.close);
  await client.ready();
  return { server, clock, client, told };
}
/** Lets one poll come due, and waits for its answer to be worked on. */
async function poll(
  { server, clock }: { server: RolloutServer; clock: { advance(ms: number): void } },
  ms = POLL,
) {
  const before = server.answered.length;
  clock.advance(ms);
  await vi.waitFor(() => expect(server.answered.length).toBe(before + 1));
}

describe('documents over HTTP', () => {
  it('are asked for with the key, and only once where nothing changes: then 304', async () => {
    const setting = await given();
    await poll(setting);
    const { server, client } = setting;
    await vi.waitFor(() => expect(server.answered.map(({ status }) => status)).toEqual([200, 304]));
    expect(server.answered[0]?.headers).toMatchObject({ authorization: 'Bearer read-key' });
    expect(client.decide('rebooking', west).arm).toBe('challenger');
  });

  it('bring a kill within one poll', async () => {
    const setting = await given();
    setting.server.publish(killedOf(documentOf()));
    await poll(setting);
    await vi.waitFor(() => expect(setting.client.decide('rebooking', west).reason).toBe('SHADOW'));
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['an error of the server', (response) => response.writeHead(500).end(), 'UNREACHABLE'],
    ['a refused key', (response) => response.writeHead(401).end(), 'UNREACHABLE'],
    ['a redirect', (response) => response.writeHead(302, { location: '/' }).end(), 'UNREACHABLE'],
    ['a 304 that nobody asked for', (response) => response.writeHead(304).end(), 'UNREACHABLE'],
    ['no such deployment', (response) => response.writeHead(404).end(), 'UNKNOWN_DEPLOYMENT'],
    ['a page of a proxy', (response) => response.end('<html>'), 'UNREADABLE'],
    ['a broken connection', (response) => response.destroy(), 'UNREACHABLE'],
    [
      'an answer that breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"deployment"');
        setImmediate(() => response.destroy());
      },
      'UNREACHABLE',
    ],
    ['an endless answer', (response) => response.end('x'.repeat(2 << 20)), 'UNREACHABLE'],
  ])('that do not come, because of %s, leave the incumbent, and the reason', async (_, answer, reason) => {
    const { client } = await given(documentOf(), (server) => server.misbehave(answer));
    expect(client.decide('rebooking', west)).toMatchObject({ arm: 'incumbent', reason });
  });

  it('that do not come in time are given up', async () => {
    const server = await rolloutServer(documentOf());
    const seen = new Promise<void>((resolve) => server.misbehave(() => resolve()));
    const clock = fakeClock();
    const source = httpSource({ url: server.url, timeoutSeconds: 5 });
    const client = createClient({ deployments: ['rebooking'], source, clock });
    endings.push(client.close, server.close);
    await seen;
    clock.advance(5000);
    await client.ready();
    expect(client.status('rebooking').error?.message).toContain('no answer within 5000 milliseconds');
  });

  it('serve through an outage and are asked for again soon, never later than by the poll', async () => {
    const setting = await given();
    const { server, clock, client, told } = setting;
    server.misbehave((response) => response.writeHead(503).end());
    await poll(setting);
    for (const wait of [1000, 2000, 4000, 8000, 16_000, POLL, POLL]) {
      await vi.waitFor(() => expect(clock.waiting()).toBe(2));
      await poll(setting, wait);
      expect(client.decide('rebooking', west).arm).toBe('challenger');
    }
    server.misbehave();
    await vi.waitFor(() => expect(clock.waiting()).toBe(2));
    await poll(setting);
    await vi.waitFor(() => expect(told).toEqual([...Array(8).fill('UNREACHABLE'), 'recovered']));
  });

  it('wait as long as the server asks for', async () => {
    const setting = await given();
    const { server, clock } = setting;
    server.misbehave((response) => response.writeHead(429, { 'retry-after': '120' }).end());
    await poll(setting);
    await vi.waitFor(() => expect(clock.waiting()).toBe(2));
    clock.advance(119_999);
    expect(server.answered.length).toBe(2);
    await poll(setting, 1);
  });

  it('are asked for whole again after one that could not be used', async () => {
    const setting = await given();
    const { server, clock, client } = setting;
    server.misbehave((response) => response.setHeader('etag', '"odd"').end('{}'));
    await poll(setting);
    server.misbehave();
    await vi.waitFor(() => expect(client.status('rebooking').error?.reason).toBe('UNREADABLE'));
    await vi.waitFor(() => expect(clock.waiting()).toBe(2));
    await poll(setting);
    await vi.waitFor(() => expect(server.answered.at(-1)?.status).toBe(200));
    expect(server.answered.at(-1)?.headers['if-none-match']).toBeUndefined();
  });

  it('leave no socket behind that waited for the next request', async () => {
    const { server, client } = await given();
    expect(server.sockets()).toBe(1);
    await client.close();
    await vi.waitFor(() => expect(server.sockets()).toBe(0));
  });

  it('leave no timer and no socket behind after close, not even of a request under way', async () => {
    const { server, clock, client } = await given();
    expect(server.sockets()).toBe(1);
    const seen = new Promise<void>((resolve) => server.misbehave(() => resolve()));
    clock.advance(POLL);
    await seen;
    await client.close();
    expect(clock.waiting()).toBe(0);
    await vi.waitFor(() => expect(server.sockets()).toBe(0));
    const asked = server.answered.length;
    clock.advance(10 * POLL);
    expect(server.answered.length).toBe(asked);
  });
});
