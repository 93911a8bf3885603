import type { Api } from '@penumbra/functions/api/app';
import { lambdaHandler } from '@penumbra/functions/api/lambda';
import { describe, expect, it } from 'vitest';
import { httpEvent } from './infra/running/http-event.ts';
import { apiHarness, READ_KEY } from './support/api-harness.ts';

type Handler = ReturnType<typeof lambdaHandler>;

const invoke = (api: Api, path: string) =>
  lambdaHandler(api)(httpEvent('GET', path, { key: READ_KEY }) as Parameters<Handler>[0]);

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

  it('lets no cache in between keep what one caller was answered', async () => {
    const harness = await apiHarness();
    const cacheControl = async (path: string) => (await invoke(harness.api, path)).headers['cache-control'];
    expect(await cacheControl('/v1/deployments')).toBe('private, no-store');
    expect(await cacheControl('/v1/nothing')).toBe('private, no-store');
    expect(await cacheControl('/openapi.json')).toBe('public, max-age=300');
  });
});
