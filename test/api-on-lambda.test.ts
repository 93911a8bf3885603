import { gunzipSync } from 'node:zlib';
import type { Api } from '@penumbra/functions/api/app';
import { lambdaHandler } from '@penumbra/functions/api/lambda';
import { describe, expect, it } from 'vitest';
import { httpEvent } from './infra/running/http-event.ts';
import { apiHarness, READ_KEY } from './support/api-harness.ts';

type Handler = ReturnType<typeof lambdaHandler>;

const invoke = (api: Api, path: string, headers: Readonly<Record<string, string>> = {}) =>
  lambdaHandler(api)(httpEvent('GET', path, { key: READ_KEY, headers }) as Parameters<Handler>[0]);

/** An API that answers a text of so many characters. */
const answering = (characters: number): Api => ({
  fetch: async () =>
    new Response('"'.repeat(characters), { headers: { 'content-type': 'application/json' } }),
});

describe('the API on Lambda', () => {
  it('answers up to the 6 MB that a function may answer, as JSON in JSON', async () => {
    expect(await invoke(answering(3_000_000), '/any')).toMatchObject({ statusCode: 200 });
  });

  it('says what to do where an answer would be larger, which Lambda would not', async () => {
    const { statusCode, headers, body } = await invoke(answering(3_200_000), '/any');
    expect(statusCode).toBe(400);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ remedy: expect.stringContaining('a smaller limit') });
  });

  it('says the same as plain text where the answer was compressed', async () => {
    const compressed: Api = {
      fetch: async () =>
        new Response(Buffer.alloc(5_000_000), {
          headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', etag: '"a"' },
        }),
    };
    const { statusCode, headers, body, isBase64Encoded } = await invoke(compressed, '/any');
    expect([statusCode, isBase64Encoded, JSON.parse(body).status]).toEqual([400, false, 400]);
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).not.toHaveProperty('etag');
  });

  it('hands what is compressed over as base64, which a gateway turns back into bytes', async () => {
    const harness = await apiHarness();
    await harness.register();
    const path = '/v1/deployments/rebooking/history';
    const answer = await invoke(harness.api, path, { 'accept-encoding': 'gzip' });
    expect([answer.isBase64Encoded, answer.headers['content-encoding']]).toEqual([true, 'gzip']);
    const json = JSON.parse(gunzipSync(Buffer.from(answer.body, 'base64')).toString());
    expect(json.deployment).toBe('rebooking');
  });

  it('lets no cache in between keep what one caller was answered', async () => {
    const harness = await apiHarness();
    const cacheControl = async (path: string) => (await invoke(harness.api, path)).headers['cache-control'];
    expect(await cacheControl('/v1/deployments')).toBe('private, no-store');
    expect(await cacheControl('/v1/nothing')).toBe('private, no-store');
    expect(await cacheControl('/openapi.json')).toBe('public, max-age=300');
  });
});
