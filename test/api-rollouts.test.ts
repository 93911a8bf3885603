import { startLoopbackServer } from '@penumbra/cli/loopback-server';
import { createClient, httpSource } from '@penumbra/client';
import { canonicalJson } from '@penumbra/core/canonical-json';
import { toFlagdDefinition } from '@penumbra/core/flagd-definition';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { describe, expect, it } from 'vitest';
import { apiHarness, READ_KEY } from './support/api-harness.ts';

async function rebooking() {
  const harness = await apiHarness();
  await harness.register();
  await harness.review('2001-02-27', ['small-airports', 'promote', 0, 2]);
  const document = async () => (await harness.memory.pipeline.documents.read('rebooking')) as RolloutDocument;
  return { ...harness, document };
}

describe('a rollout document', () => {
  it('is there from the registration on, all in shadow', async () => {
    const { ask, register } = await apiHarness();
    await register();
    const { json } = await ask('/v1/rollouts/rebooking');
    expect(json).toMatchObject({ version: 1, asOf: null, certificate: null });
    expect(json.slices.map(({ percent }: { percent: number }) => percent)).toEqual([0, 0]);
  });

  it('is the published one, as canonical JSON', async () => {
    const { ask, document } = await rebooking();
    const { text, headers } = await ask('/v1/rollouts/rebooking');
    expect(text).toBe(canonicalJson(await document()));
    expect(headers.get('cache-control')).toBe('private, no-cache');
  });

  it('is not found for a deployment that does not exist', async () => {
    const { ask } = await rebooking();
    expect((await ask('/v1/rollouts/demand')).status).toBe(404);
    expect((await ask('/v1/flagd/demand.json')).status).toBe(404);
  });

  it('goes on being served while the store fails', async () => {
    const outage = { is: false };
    const { ask, register } = await apiHarness({}, ({ documents }) => ({
      documents: {
        ...documents,
        read: (deployment) => {
          if (outage.is) throw new Error('the store is away');
          return documents.read(deployment);
        },
      },
    }));
    await register();
    const { text } = await ask('/v1/rollouts/rebooking');
    outage.is = true;
    expect((await ask('/v1/rollouts/rebooking')).text).toBe(text);
    expect((await ask('/v1/rollouts/demand')).status).toBe(500);
    outage.is = false;
    expect((await ask('/v1/rollouts/demand')).status).toBe(404);
  });
});

describe('our own client over HTTP', () => {
  it('decides by the document, and sees a kill within a poll', async () => {
    const { api, command, clock } = await rebooking();
    const statuses: number[] = [];
    const server = await startLoopbackServer(
      {
        async fetch(request, caller) {
          const response = await api.fetch(request, caller);
          statuses.push(response.status);
          return response;
        },
      },
      0,
    );
    const client = createClient({
      deployments: ['rebooking'],
      source: httpSource({ url: server.url, key: READ_KEY, everySeconds: 0.02 }),
      clock: {
        now: () => Date.parse(clock.now),
        after(milliseconds, run) {
          const timer = setTimeout(run, milliseconds);
          return () => clearTimeout(timer);
        },
      },
    });
    try {
      await client.ready();
      const percent = () => client.decide('rebooking', { unit: 'a', passengers: 20 }).percent;
      expect(percent()).toBe(5);
      await expect.poll(() => statuses.filter((status) => status === 304).length).toBeGreaterThan(1);
      const changed = new Promise((resolve) => client.on('changed', resolve));
      await command('/v1/deployments/rebooking/override', { reason: 'complaints' });
      const before = statuses.length;
      await changed;
      expect(percent()).toBe(0);
      // The poll that was under way when the kill came, and the one after it.
      expect(statuses.slice(before).filter((status) => status === 304).length).toBeLessThanOrEqual(1);
    } finally {
      await client.close();
      await server.stop();
    }
  });
});

describe('a flagd definition', () => {
  it('is the exported document', async () => {
    const { ask, document } = await rebooking();
    const { json } = await ask('/v1/flagd/rebooking.json');
    const exported = toFlagdDefinition(await document());
    expect({ ok: true, value: json }).toEqual(exported);
    expect(json.flags.rebooking.variants).toEqual({ challenger: 'challenger', incumbent: 'incumbent' });
  });

  it('is refused, with why, where flagd could not name a field', async () => {
    const { ask, register } = await apiHarness();
    await register({ slices: [{ slice: 'all', when: [{ field: 'customer.size', equals: 'small' }] }] });
    const { status, json } = await ask('/v1/flagd/rebooking.json');
    expect(status).toBe(422);
    expect(json.detail).toContain('customer.size');
  });
});

describe.each(['/v1/rollouts/rebooking', '/v1/flagd/rebooking.json'])('polling %s', (path) => {
  it('costs an empty answer while nothing changes, and the whole one after a kill', async () => {
    const { ask, command } = await rebooking();
    const poll = (etag: string) => ask(path, { headers: { 'if-none-match': etag } });
    const first = await ask(path);
    const etag = first.headers.get('etag') ?? '';
    const again = await poll(etag);
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    await command('/v1/deployments/rebooking/override', { reason: 'complaints' });
    const killed = await poll(etag);
    expect(killed.status).toBe(200);
    expect(killed.headers.get('etag')).not.toBe(etag);
    expect(killed.text).not.toBe(first.text);
  });
});
