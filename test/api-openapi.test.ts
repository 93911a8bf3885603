import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { apiHarness } from './support/api-harness.ts';
import { checkOfrep } from './support/ofrep-rules.ts';
import { type CheckedAnswer, openApiCheck } from './support/openapi-check.ts';

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { openApi } = await apiHarness();
    const validator = new Validator();
    expect(await validator.validate({ ...structuredClone(openApi) })).toMatchObject({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('describes every path, and is there without a key', async () => {
    const { openApi, ask } = await apiHarness();
    expect(Object.keys(openApi.paths).sort()).toEqual([
      '/ofrep/v1/evaluate/flags',
      '/ofrep/v1/evaluate/flags/{key}',
      '/v1/deployments',
      '/v1/deployments/{deployment}',
      '/v1/deployments/{deployment}/approve',
      '/v1/deployments/{deployment}/backtest',
      '/v1/deployments/{deployment}/days',
      '/v1/deployments/{deployment}/events',
      '/v1/deployments/{deployment}/history',
      '/v1/deployments/{deployment}/metrics',
      '/v1/deployments/{deployment}/override',
      '/v1/deployments/{deployment}/pause',
      '/v1/deployments/{deployment}/resume',
      '/v1/deployments/{deployment}/reviews',
      '/v1/exposures',
      '/v1/flagd/{deployment}.json',
      '/v1/rollouts/{deployment}',
    ]);
    expect((await ask('/openapi.json', { key: '' })).status).toBe(200);
  });
});

describe('the check of answers against it', () => {
  async function aDocument() {
    const { openApi, ask, register } = await apiHarness();
    await register();
    const path = '/v1/rollouts/rebooking';
    const { status, headers, text, json } = await ask(path);
    const answer: CheckedAnswer = { method: 'GET', path, status, headers, text };
    return { check: openApiCheck(openApi), answer, json };
  }

  it('lets a right answer pass', async () => {
    const { check, answer } = await aDocument();
    expect(() => check(answer)).not.toThrow();
  });

  it('notices every kind of wrong one', async () => {
    const { check, answer, json } = await aDocument();
    const plain = new Headers(answer.headers);
    plain.set('content-type', 'text/plain');
    const untagged = new Headers(answer.headers);
    untagged.delete('etag');
    const wrong: Partial<CheckedAnswer>[] = [
      { status: 201 },
      { headers: plain },
      { headers: untagged },
      { status: 304 },
      { text: JSON.stringify({ ...json, version: 'two' }) },
      { text: JSON.stringify({ ...json, surprise: true }) },
      { text: JSON.stringify({ ...json, slices: [{}] }) },
    ];
    for (const change of wrong)
      expect(() => check({ ...answer, ...change }), JSON.stringify(change)).toThrow();
  });
});

describe('the check of evaluations against the rules of OFREP', () => {
  const json = new Headers({ 'content-type': 'application/json' });
  const tagged = new Headers({ 'content-type': 'application/json', etag: '"x"' });

  it.each([
    ['single', 200, json, { key: 'a', reason: 'SPLIT', value: true, metadata: { percent: 1 } }],
    ['single', 200, json, { key: 'a', reason: 'DISABLED' }],
    ['single', 404, json, { key: 'a', errorCode: 'FLAG_NOT_FOUND' }],
    ['bulk', 200, tagged, { flags: [{ key: 'a', errorCode: 'GENERAL' }] }],
  ] as const)('lets pass %s %i %#', (kind, status, headers, body) => {
    expect(() => checkOfrep(kind, { status, headers, text: JSON.stringify(body) })).not.toThrow();
  });

  it.each([
    ['no reason', 'single', 200, json, { key: 'a', value: 1 }],
    ['a reason that there is not', 'single', 200, json, { key: 'a', reason: 'DEFAULT' }],
    ['metadata that is not flat', 'single', 200, json, { key: 'a', reason: 'SPLIT', metadata: { of: {} } }],
    ['no key', 'single', 400, json, { errorCode: 'PARSE_ERROR' }],
    ['no error code', 'single', 500, json, { key: 'a' }],
    ['another error code', 'single', 404, json, { key: 'a', errorCode: 'GENERAL' }],
    ['no JSON', 'single', 401, new Headers(), { key: 'a', errorCode: 'GENERAL' }],
    ['no ETag', 'bulk', 200, json, { flags: [] }],
    ['no Retry-After', 'single', 429, json, { key: 'a', errorCode: 'GENERAL' }],
    ['a body with 304', 'bulk', 304, tagged, {}],
  ] as const)('notices %s', (_, kind, status, headers, body) => {
    expect(() => checkOfrep(kind, { status, headers, text: JSON.stringify(body) })).toThrow(/OFREP/);
  });
});
