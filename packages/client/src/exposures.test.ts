import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExposureBatch } from '@penumbra/core/exposures';
import { describe, expect, it, vi } from 'vitest';
import { createClient } from './client.ts';
import type { FeedbackOptions } from './exposures.ts';
import { httpFeedback } from './http-feedback.ts';
import { staticSource } from './static-source.ts';
import { documentOf } from './testing/documents.ts';
import { fakeClock } from './testing/fake-clock.ts';

function given(feedback: Partial<FeedbackOptions> = {}) {
  const batches: ExposureBatch[] = [];
  const clock = fakeClock();
  const send = async (batch: ExposureBatch) => void batches.push(batch);
  const client = createClient({
    deployments: ['rebooking'],
    source: staticSource(documentOf()),
    feedback: { send, ...feedback },
    clock,
  });
  const ask = (units: number) => {
    for (let unit = 0; unit < units; unit += 1) {
      client.decide('rebooking', { unit: `customer-${unit}`, airport: 'SFO' });
    }
  };
  return { batches, clock, client, ask };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('feedback', () => {
  it('says of each request in a slice which arm it got, in batches', async () => {
    const { batches, clock, client, ask } = given();
    ask(2);
    client.decide('rebooking', { unit: 'nobody', airport: 'JFK' });
    expect(batches).toEqual([]);
    clock.advance(10_000);
    await settled();
    const exposure = { deployment: 'rebooking', slice: 'west', arm: 'challenger', percent: 100, version: 2 };
    const at = Date.parse('2001-03-01T12:00:00Z');
    expect(batches).toEqual([
      {
        exposures: [
          { ...exposure, unit: 'customer-0', at },
          { ...exposure, unit: 'customer-1', at },
        ],
        dropped: 0,
      },
    ]);
  });

  it('drops and counts units that no receiver could keep, so that they cost nobody else their batch', async () => {
    const { batches, clock, client, ask } = given();
    for (const unit of ['x'.repeat(1001), 'half \ud83d'])
      client.decide('rebooking', { unit, airport: 'SFO' });
    ask(1);
    clock.advance(10_000);
    await settled();
    expect(batches).toMatchObject([{ exposures: [{ unit: 'customer-0' }], dropped: 2 }]);
  });

  it('does not wait with a full batch, and sends one at a time', async () => {
    let release = () => {};
    const sent: number[] = [];
    const { clock, ask } = given({
      batchSize: 3,
      send: ({ exposures }) => {
        sent.push(exposures.length);
        return new Promise((resolve) => {
          release = resolve;
        });
      },
    });
    ask(7);
    expect(sent).toEqual([]);
    clock.advance(0);
    expect(sent).toEqual([3]);
    release();
    await settled();
    expect(sent).toEqual([3, 3]);
    release();
    await settled();
    clock.advance(10_000);
    expect(sent).toEqual([3, 3, 1]);
  });

  it('drops what a queue cannot hold while the receiver hangs, and says how much', async () => {
    let release = () => {};
    const batches: ExposureBatch[] = [];
    const { clock, ask } = given({
      batchSize: 10,
      mostQueued: 50,
      send: (batch) => {
        batches.push(batch);
        return new Promise((resolve) => {
          release = resolve;
        });
      },
    });
    ask(10);
    clock.advance(0);
    ask(1000);
    release();
    await settled();
    expect(batches.map(({ exposures, dropped }) => [exposures.length, dropped])).toEqual([
      [10, 0],
      [10, 950],
    ]);
  });

  it('never throws into the application: what fails is lost, and counted', async () => {
    const dropped: number[] = [];
    const answers = [
      () => {
        throw new Error('broken');
      },
      () => Promise.reject(new Error('503')),
      () => Promise.resolve(),
    ];
    const { clock, ask } = given({
      send: async (batch) => {
        dropped.push(batch.dropped);
        await answers[dropped.length - 1]?.();
      },
    });
    for (let round = 0; round < 3; round += 1) {
      ask(5);
      clock.advance(10_000);
      await settled();
    }
    expect(dropped).toEqual([0, 5, 10]);
  });

  it('sends what is left when the client closes, and nothing after', async () => {
    const { batches, clock, client, ask } = given({ batchSize: 2 });
    ask(5);
    await client.close();
    ask(5);
    clock.advance(60_000);
    expect(batches.flatMap(({ exposures }) => exposures)).toHaveLength(5);
    expect(clock.waiting()).toBe(0);
  });

  it('is off where nobody asked for it', () => {
    const clock = fakeClock();
    const source = staticSource(documentOf({ validUntil: null, certificate: null, slices: [] }));
    const client = createClient({ deployments: ['rebooking'], source, clock });
    client.decide('rebooking', { unit: 'u' });
    expect(clock.waiting()).toBe(0);
  });
});

describe('feedback over HTTP', () => {
  it('posts JSON with the key, and counts what was refused', async () => {
    const posted: { key: string | undefined; batch: ExposureBatch }[] = [];
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        posted.push({ key: request.headers.authorization, batch: JSON.parse(text) });
        response.writeHead(posted.length === 1 ? 503 : 204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { clock, client, ask } = given(
      httpFeedback({ url: `http://127.0.0.1:${port}/v1/exposures`, key: 'k' }),
    );
    ask(2);
    clock.advance(10_000);
    await vi.waitFor(() => expect(posted).toHaveLength(1));
    ask(1);
    await client.close();
    expect(posted.map(({ key, batch }) => [key, batch.exposures.length, batch.dropped])).toEqual([
      ['Bearer k', 2, 0],
      ['Bearer k', 1, 2],
    ]);
    await new Promise((resolve) => server.close(resolve));
  });
});
