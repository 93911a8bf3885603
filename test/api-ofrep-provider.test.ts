import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import {
  ErrorCode,
  type EvaluationContext,
  OpenFeature,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';
import { ProviderEvents as WebEvents, OpenFeature as WebOpenFeature } from '@openfeature/web-sdk';
import { startLoopbackServer } from '@penumbra/cli/loopback-server';
import { createClient, staticSource } from '@penumbra/client';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import type { ApiSettings } from '@penumbra/functions/api/settings';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { apiHarness, READ_KEY } from './support/api-harness.ts';

// OpenFeature's own SDKs and OFREP providers from npm, over real HTTP.

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(async () => {
  await OpenFeature.close();
  await WebOpenFeature.close();
});

async function served(settings: Partial<ApiSettings> = {}) {
  const harness = await apiHarness(settings);
  await harness.register();
  await harness.review('2001-02-27', ['small-airports', 'promote', 0, 3], ['hubs', 'promote', 0, 5]);
  const statuses: number[] = [];
  const api: typeof harness.api = {
    async fetch(request, caller) {
      const response = await harness.api.fetch(request, caller);
      statuses.push(response.status);
      return response;
    },
  };
  const server = await startLoopbackServer(api, 0);
  ends.push(server.stop);
  return { ...harness, url: server.url, statuses };
}

let domains = 0;

async function clientOf(url: string, key: string = READ_KEY) {
  domains += 1;
  const domain = `penumbra-${domains}`;
  await OpenFeature.setProviderAndWait(
    domain,
    new OFREPProvider({ baseUrl: url, headers: [['Authorization', `Bearer ${key}`]] }),
  );
  return OpenFeature.getClient(domain);
}

describe('the official OFREP provider of the server SDK', () => {
  it('gets the arm, its reason and where it comes from', async () => {
    const { url } = await served();
    const client = await clientOf(url);
    const hub = { targetingKey: 'passenger-1', airport: 'ATL', passengers: 400 };
    expect(await client.getStringDetails('rebooking', 'incumbent', hub)).toMatchObject({
      value: 'challenger',
      variant: 'challenger',
      reason: StandardResolutionReasons.TARGETING_MATCH,
      flagMetadata: {
        penumbraReason: 'FULL',
        percent: 100,
        slice: 'hubs',
        reviewId: 'rebooking/review/2001-02-27',
        version: 2,
      },
    });
  });

  it('decides as our own client does, for any context', async () => {
    const { url, memory, clock } = await served();
    const provider = await clientOf(url);
    const document = (await memory.pipeline.documents.read('rebooking')) as RolloutDocument;
    const client = createClient({
      deployments: ['rebooking'],
      source: staticSource(document),
      clock: { now: () => Date.parse(clock.now), after: () => () => undefined },
    });
    ends.push(client.close);
    await client.ready();
    const attribute = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.double(), fc.string(), fc.boolean());
    const context = fc.record(
      {
        targetingKey: fc.string({ minLength: 1, unit: 'grapheme' }),
        passengers: attribute,
        airport: fc.oneof(fc.constantFrom('ATL', 'ORD', 'XNA'), attribute),
      },
      { requiredKeys: ['targetingKey'] },
    );
    await fc.assert(
      fc.asyncProperty(context, async ({ targetingKey, ...attributes }) => {
        const asked: EvaluationContext = { targetingKey, ...attributes };
        const { value, flagMetadata } = await provider.getStringDetails('rebooking', 'code default', asked);
        const { arm, reason } = client.decide('rebooking', { ...attributes, unit: targetingKey });
        expect([value, flagMetadata.penumbraReason]).toEqual([arm, reason]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['an unknown flag', 'demand', { targetingKey: 'a' }, ErrorCode.FLAG_NOT_FOUND],
    ['no targeting key', 'rebooking', { airport: 'ATL' }, ErrorCode.TARGETING_KEY_MISSING],
    ['a targeting key that is no text', 'rebooking', { targetingKey: 7 as never }, ErrorCode.INVALID_CONTEXT],
  ])('tells %s and answers the code default', async (_, flag, context, errorCode) => {
    const { url } = await served();
    const client = await clientOf(url);
    const { value, ...details } = await client.getStringDetails(flag, 'code default', context);
    expect(value).toBe('code default');
    expect(details).toMatchObject({ reason: StandardResolutionReasons.ERROR, errorCode });
  });

  it('tells a flag that is asked for as another type', async () => {
    const { url } = await served();
    const client = await clientOf(url);
    const context = { targetingKey: 'a' };
    expect(await client.getBooleanDetails('rebooking', false, context)).toMatchObject({
      value: false,
      errorCode: ErrorCode.TYPE_MISMATCH,
    });
    expect((await client.getNumberDetails('rebooking', 7, context)).value).toBe(7);
    expect((await client.getObjectDetails('rebooking', {}, context)).value).toEqual({});
  });

  it('answers the code default without a key that fits, and where requests are too many', async () => {
    const { url, statuses } = await served({ rateLimits: { serve: { requests: 1, seconds: 60 } } });
    const context = { targetingKey: 'a' };
    const stranger = await clientOf(url, 'guess');
    expect(await stranger.getStringDetails('rebooking', 'code default', context)).toMatchObject({
      value: 'code default',
      errorCode: ErrorCode.GENERAL,
    });
    const client = await clientOf(url);
    expect((await client.getStringDetails('rebooking', 'code default', context)).errorCode).toBeUndefined();
    for (let request = 0; request < 3; request += 1) {
      expect((await client.getStringDetails('rebooking', 'code default', context)).value).toBe(
        'code default',
      );
    }
    // The provider keeps away until Retry-After has passed: only one request more came.
    expect(statuses).toEqual([401, 200, 429]);
  });

  it('sees a kill with the next evaluation', async () => {
    const { url, command } = await served({ documentLifeMs: 3_600_000 });
    const client = await clientOf(url);
    const hub = { targetingKey: 'passenger-1', airport: 'ATL' };
    expect(await client.getStringValue('rebooking', 'incumbent', hub)).toBe('challenger');
    await command('/v1/deployments/rebooking/override', { slice: 'hubs', reason: 'complaints' });
    expect(await client.getStringValue('rebooking', 'incumbent', hub)).toBe('incumbent');
  });
});

describe('the official OFREP provider of the web SDK', () => {
  it('evaluates in bulk, polls with the ETag, and tells of a kill', async () => {
    const { url, command, statuses } = await served();
    const options = { baseUrl: url, headers: [['X-API-Key', READ_KEY]] as [string, string][] };
    const polling = { pollInterval: 20, cacheMode: 'disabled' as const };
    // The SDK's types do not allow hooks that are undefined, which the provider's are.
    const provider = Object.assign(new OFREPWebProvider({ ...options, ...polling }), { hooks: [] });
    await WebOpenFeature.setContext({ targetingKey: 'passenger-1', airport: 'ATL' });
    await WebOpenFeature.setProviderAndWait('web', provider);
    ends.push(async () => provider.onClose?.());
    const client = WebOpenFeature.getClient('web');
    expect(client.getStringDetails('rebooking', 'incumbent')).toMatchObject({
      value: 'challenger',
      reason: 'TARGETING_MATCH',
      flagMetadata: { slice: 'hubs', percent: 100 },
    });
    await expect.poll(() => statuses.filter((status) => status === 304).length).toBeGreaterThan(2);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const changed = new Promise<unknown>((resolve) => {
      client.addHandler(WebEvents.ConfigurationChanged, resolve);
    });
    await command('/v1/deployments/rebooking/override', { reason: 'complaints' });
    expect(await changed).toMatchObject({ flagsChanged: ['rebooking'] });
    expect(client.getStringValue('rebooking', 'code default')).toBe('incumbent');
    expect(client.getStringDetails('demand', 'code default').errorCode).toBe('FLAG_NOT_FOUND');
  });
});
