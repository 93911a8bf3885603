import {
  type EvaluationContext,
  type Hook,
  OpenFeature,
  ProviderEvents,
  type Client as SdkClient,
} from '@openfeature/server-sdk';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient } from './client.ts';
import { LoadError } from './decision.ts';
import { penumbraProvider } from './openfeature-provider.ts';
import type { Sink, Source } from './source.ts';
import { documentOf, killedOf } from './testing/documents.ts';
import { fakeClock } from './testing/fake-clock.ts';

// The scenarios of the OpenFeature specification (evaluation_v2.feature, and of providers' events and hooks), as far
// as a flag that is a text and has two variants can be asked for them.

const west: EvaluationContext = { targetingKey: 'u', airport: 'SFO' };
const outage = new LoadError('UNREACHABLE', 'no route to host');
let domains = 0;

afterEach(() => OpenFeature.clearProviders());

function given() {
  const sinks: Sink[] = [];
  const source: Source = {
    open(_, sink) {
      sinks.push(sink);
      return async () => {};
    },
  };
  const clock = fakeClock();
  const client = createClient({ deployments: ['rebooking'], source, clock });
  const [sink] = sinks;
  if (!sink) throw new Error('the client opened no source');
  domains += 1;
  const domain = `test-${domains}`;
  const events: string[] = [];
  const sdk = OpenFeature.getClient(domain);
  for (const type of Object.values(ProviderEvents)) sdk.addHandler(type, () => void events.push(type));
  const start = () => OpenFeature.setProviderAndWait(domain, penumbraProvider(client));
  return { client, sink, clock, domain, sdk, events, start };
}

async function stable(document = documentOf()) {
  const setting = given();
  setting.sink.document(document);
  await setting.start();
  return setting;
}
const details = (sdk: SdkClient, context: EvaluationContext = west) =>
  sdk.getStringDetails('rebooking', 'bye', context);

describe('a stable provider', () => {
  it('resolves a string flag with all its details: value, key, variant, reason, metadata', async () => {
    const { sdk } = await stable();
    expect(sdk.providerStatus).toBe('READY');
    expect(sdk.metadata.providerMetadata.name).toBe('penumbra');
    expect(await details(sdk)).toEqual({
      flagKey: 'rebooking',
      value: 'challenger',
      variant: 'challenger',
      reason: 'TARGETING_MATCH',
      flagMetadata: {
        reviewId: 'rebooking/review/2001-02-27',
        percent: 100,
        slice: 'west',
        version: 2,
        penumbraReason: 'FULL',
      },
    });
    expect(await sdk.getStringValue('rebooking', 'bye', west)).toBe('challenger');
  });

  it.each<[string, EvaluationContext, string, string]>([
    ['a slice at 100 %', { targetingKey: 'u', airport: 'SFO' }, 'challenger', 'TARGETING_MATCH'],
    ['a slice at 0 %', { targetingKey: 'u', airport: 'ATL' }, 'incumbent', 'TARGETING_MATCH'],
    ['a slice that is shared', { targetingKey: 'u', passengers: 5 }, 'incumbent', 'SPLIT'],
    ['targeting that does not match', { targetingKey: 'u', airport: 'JFK' }, 'incumbent', 'DEFAULT'],
    ['a context with nothing but a unit', { targetingKey: 'u' }, 'incumbent', 'DEFAULT'],
    ['a null in the context', { targetingKey: 'u', airport: null }, 'incumbent', 'DEFAULT'],
    ['an object in the context', { targetingKey: 'u', airport: { code: 'SFO' } }, 'incumbent', 'DEFAULT'],
  ])('resolves %s', async (_, context, value, reason) => {
    const { sdk } = await stable();
    expect(await details(sdk, context)).toMatchObject({ value, variant: value, reason });
  });

  it('merges the contexts of API, client and invocation, the later over the earlier', async () => {
    const { domain } = await stable();
    const sdk = OpenFeature.getClient(domain, '1.0.0', { targetingKey: 'u', airport: 'SFO' });
    expect((await details(sdk, {})).value).toBe('challenger');
    expect((await details(sdk, { airport: 'ATL' })).value).toBe('incumbent');
  });

  it('answers the code default, and FLAG_NOT_FOUND, for a flag that does not exist', async () => {
    const { sdk } = await stable();
    const notFound = { reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' };
    expect(await sdk.getStringDetails('non-existent-flag', 'bye')).toMatchObject({
      value: 'bye',
      ...notFound,
    });
    expect(await sdk.getBooleanDetails('non-existent-flag', false)).toMatchObject({
      value: false,
      ...notFound,
    });
    expect(await sdk.getNumberDetails('non-existent-flag', 1)).toMatchObject({ value: 1, ...notFound });
    expect(await sdk.getObjectDetails('non-existent-flag', { a: 1 })).toMatchObject({
      value: { a: 1 },
      ...notFound,
    });
  });

  it('answers the code default, and TYPE_MISMATCH, where the flag is asked for as another type', async () => {
    const { sdk } = await stable();
    const mismatch = { reason: 'ERROR', errorCode: 'TYPE_MISMATCH' };
    expect(await sdk.getBooleanDetails('rebooking', false, west)).toMatchObject({
      value: false,
      ...mismatch,
    });
    expect(await sdk.getNumberDetails('rebooking', 1, west)).toMatchObject({ value: 1, ...mismatch });
    expect(await sdk.getObjectDetails('rebooking', {}, west)).toMatchObject({ value: {}, ...mismatch });
  });

  it('answers the code default, and TARGETING_KEY_MISSING, without a unit', async () => {
    const { sdk } = await stable();
    const answer = { value: 'bye', reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING' };
    expect(await details(sdk, { airport: 'SFO' })).toMatchObject(answer);
  });

  it('answers the incumbent, DISABLED, once the document has expired', async () => {
    const { sdk, clock } = await stable();
    clock.advance(48 * 3_600_000);
    expect(await details(sdk)).toMatchObject({ value: 'incumbent', reason: 'DISABLED' });
  });
});

describe('a provider that is not well', () => {
  it('answers PROVIDER_NOT_READY until it is', async () => {
    const { sdk, sink, start } = given();
    const starting = start();
    expect(await details(sdk)).toMatchObject({
      value: 'bye',
      reason: 'ERROR',
      errorCode: 'PROVIDER_NOT_READY',
    });
    sink.document(documentOf());
    await starting;
    expect((await details(sdk)).value).toBe('challenger');
  });

  it.each<[string, (sink: Sink) => unknown, string]>([
    ['cannot be reached', (sink) => sink.failed(outage), 'GENERAL'],
    ['cannot be read', (sink) => sink.document({}), 'PARSE_ERROR'],
  ])(
    'fails to start where its document %s, answers the code default, and recovers',
    async (_, fail, errorCode) => {
      const { sdk, sink, start, events } = given();
      fail(sink);
      await expect(start()).rejects.toThrow('no rollout document of rebooking');
      expect(sdk.providerStatus).toBe('ERROR');
      expect(await details(sdk)).toMatchObject({ value: 'bye', reason: 'ERROR', errorCode });
      sink.document(documentOf());
      await vi.waitFor(() => expect(sdk.providerStatus).toBe('READY'));
      expect(await details(sdk)).toMatchObject({ value: 'challenger' });
      expect(events).toEqual([
        ProviderEvents.Error,
        ProviderEvents.Ready,
        ProviderEvents.ConfigurationChanged,
      ]);
    },
  );
});

describe('provider events', () => {
  it('tell of another document, with the flag that changed', async () => {
    const { sdk, sink } = await stable();
    const changed: (readonly string[] | undefined)[] = [];
    sdk.addHandler(ProviderEvents.ConfigurationChanged, (event) => void changed.push(event?.flagsChanged));
    sink.document(killedOf(documentOf()));
    await vi.waitFor(() => expect(changed).toEqual([['rebooking']]));
    expect((await details(sdk)).value).toBe('incumbent');
  });

  it('tell that what is served is stale, and that it is fresh again', async () => {
    const { sdk, sink, events } = await stable();
    sink.failed(outage);
    await vi.waitFor(() => expect(sdk.providerStatus).toBe('STALE'));
    expect((await details(sdk)).value).toBe('challenger');
    sink.unchanged();
    await vi.waitFor(() => expect(sdk.providerStatus).toBe('READY'));
    expect(events).toEqual([ProviderEvents.Ready, ProviderEvents.Stale, ProviderEvents.Ready]);
  });

  it('end with the provider, and so does the client', async () => {
    const { sink, clock, events } = await stable();
    await OpenFeature.clearProviders();
    expect(clock.waiting()).toBe(0);
    sink.failed(outage);
    expect(events).toEqual([ProviderEvents.Ready]);
  });
});

describe('hooks', () => {
  /** A hook that writes down its stages. */
  const recording = (stages: string[], over: Hook = {}): Hook => ({
    before: () => void stages.push('before'),
    after: (_, { value, flagMetadata }) => void stages.push(`after ${value} by ${flagMetadata.reviewId}`),
    error: (_, error) => void stages.push(`error ${(error as { code?: string }).code}`),
    finally: () => void stages.push('finally'),
    ...over,
  });

  it('run before, after and finally, with the review that decided', async () => {
    const { sdk } = await stable();
    const stages: string[] = [];
    await sdk.addHooks(recording(stages)).getStringValue('rebooking', 'bye', west);
    expect(stages).toEqual(['before', 'after challenger by rebooking/review/2001-02-27', 'finally']);
  });

  it('run error and finally where the flag is not found', async () => {
    const { sdk } = await stable();
    const stages: string[] = [];
    await sdk.addHooks(recording(stages)).getStringValue('non-existent-flag', 'bye', west);
    expect(stages).toEqual(['before', 'error FLAG_NOT_FOUND', 'finally']);
  });

  it('may add to the context before the evaluation', async () => {
    const { sdk } = await stable();
    const hook = recording([], { before: () => ({ airport: 'SFO' }) });
    const value = await sdk.addHooks(hook).getStringValue('rebooking', 'bye', { targetingKey: 'u' });
    expect(value).toBe('challenger');
  });
});
