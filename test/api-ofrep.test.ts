import { bucketOf } from '@penumbra/core/bucketing';
import { describe, expect, it } from 'vitest';
import { apiHarness, READ_KEY } from './support/api-harness.ts';

const SINGLE = '/ofrep/v1/evaluate/flags/rebooking';
const BULK = '/ofrep/v1/evaluate/flags';

/** Small airports at 5 %, hubs in shadow; everything else in no slice. */
async function rebooking() {
  const harness = await apiHarness();
  await harness.register();
  await harness.review('2001-02-27', ['small-airports', 'promote', 0, 2]);
  return harness;
}

const unitsBelow = (percent: number) => (unit: string) => bucketOf('rebooking', unit) < percent * 1000;
const units = Array.from({ length: 500 }, (_, index) => `passenger-${index}`);
const lucky = units.find(unitsBelow(5)) ?? '';
const other = units.find((unit) => !unitsBelow(5)(unit)) ?? '';
const contextOf = (targetingKey: string, attributes: object = { passengers: 20 }) => ({
  context: { targetingKey, ...attributes },
});

describe('one flag', () => {
  it('gives the arm of the unit, with why', async () => {
    const { ask } = await rebooking();
    expect((await ask(SINGLE, { body: contextOf(lucky) })).json).toEqual({
      key: 'rebooking',
      reason: 'SPLIT',
      variant: 'challenger',
      value: 'challenger',
      metadata: {
        penumbraReason: 'SPLIT',
        percent: 5,
        slice: 'small-airports',
        version: 2,
        reviewId: 'rebooking/review/2001-02-27',
      },
    });
    expect((await ask(SINGLE, { body: contextOf(other) })).json).toMatchObject({
      reason: 'SPLIT',
      value: 'incumbent',
    });
  });

  it.each([
    ['a slice in shadow', { airport: 'ATL' }, 'TARGETING_MATCH', 'SHADOW'],
    ['no slice', { airport: 'XNA', passengers: 500 }, 'STATIC', 'NO_SLICE'],
    [
      'attributes of no kind that a slice looks at',
      { passengers: [20], airport: { of: 'ATL' } },
      'STATIC',
      'NO_SLICE',
    ],
  ])('leaves %s to the incumbent', async (_, attributes, reason, penumbraReason) => {
    const { ask } = await rebooking();
    const { json } = await ask(SINGLE, { body: contextOf(lucky, attributes) });
    expect(json).toMatchObject({ value: 'incumbent', reason, metadata: { penumbraReason } });
  });

  it('leaves everything to the incumbent once the document has expired', async () => {
    const { ask, clock } = await rebooking();
    clock.now = '2001-03-02T23:59:59.999Z';
    expect((await ask(SINGLE, { body: contextOf(lucky) })).json.value).toBe('challenger');
    clock.now = '2001-03-03T00:00:00.000Z';
    expect((await ask(SINGLE, { body: contextOf(lucky) })).json).toMatchObject({
      value: 'incumbent',
      reason: 'DISABLED',
      metadata: { penumbraReason: 'EXPIRED' },
    });
  });

  it('says which share of the units the challenger has: 5 %, and all of them in a last stage', async () => {
    const { ask, review } = await rebooking();
    const arms = async () => {
      const answers = await Promise.all(units.map((unit) => ask(SINGLE, { body: contextOf(unit) })));
      return answers.map(({ json }) => json.value);
    };
    expect(await arms()).toEqual(units.map((unit) => (unitsBelow(5)(unit) ? 'challenger' : 'incumbent')));
    await review('2001-02-28', ['small-airports', 'promote', 2, 5]);
    expect(new Set(await arms())).toEqual(new Set(['challenger']));
  });

  it.each([
    ['text that is no JSON', '{"context"', 'PARSE_ERROR'],
    ['an empty body', '', 'PARSE_ERROR'],
    ['a list', [], 'PARSE_ERROR'],
    ['a context that is no object', { context: 'passenger-1' }, 'INVALID_CONTEXT'],
    ['a context that is a list', { context: [] }, 'INVALID_CONTEXT'],
    ['no context', {}, 'TARGETING_KEY_MISSING'],
    ['no targeting key', { context: { passengers: 20 } }, 'TARGETING_KEY_MISSING'],
    ['an empty targeting key', { context: { targetingKey: '' } }, 'TARGETING_KEY_MISSING'],
    ['a targeting key of null', { context: { targetingKey: null } }, 'TARGETING_KEY_MISSING'],
    ['a number as targeting key', { context: { targetingKey: 7 } }, 'INVALID_CONTEXT'],
    ['deep nesting', `{"context":${'['.repeat(30_000)}`, 'PARSE_ERROR'],
  ])('refuses %s', async (_, body, errorCode) => {
    const { ask } = await rebooking();
    const { status, json } = await ask(SINGLE, { body });
    expect(status).toBe(400);
    expect(json).toMatchObject({ key: 'rebooking', errorCode });
    const bulk = await ask(BULK, { body });
    expect(bulk.status).toBe(400);
    expect(bulk.json).toMatchObject({ errorCode });
    expect(bulk.json).not.toHaveProperty('key');
  });

  it.each([
    ['its unit', { targetingKey: 'a\ud83d' }, 'targetingKey'],
    ['an attribute', { targetingKey: 'a', airport: '\ude00' }, 'airport'],
    ['the name of one', { targetingKey: 'a', 'air\ud83dport': 1 }, 'air\ufffdport'],
  ])('refuses a context with half a character in %s', async (_, context, where) => {
    const { ask, failures } = await rebooking();
    for (const path of [SINGLE, BULK]) {
      const { status, json } = await ask(path, { body: { context } });
      expect([status, json.errorCode]).toEqual([400, 'INVALID_CONTEXT']);
      expect(json.errorDetails).toContain(`${where}: half of a character is missing`);
    }
    expect(failures).toEqual([]);
  });

  it('takes hostile attributes for what they are: none of a slice', async () => {
    const { ask, failures } = await rebooking();
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const body = `{"context":{"targetingKey":"a","__proto__":{"passengers":1},"deep":${nested},"huge":1e999}}`;
    expect((await ask(SINGLE, { body })).json).toMatchObject({ value: 'incumbent', reason: 'STATIC' });
    expect((await ask(BULK, { body })).status).toBe(200);
    expect(failures).toEqual([]);
  });

  it.each(['demand', 'no such flag', '__proto__', '~deployments', 'x'.repeat(300), 'rebooking/../demand'])(
    'knows no flag %j',
    async (key) => {
      const { ask } = await rebooking();
      const { status, json } = await ask(`${BULK}/${encodeURIComponent(key)}`, { body: contextOf('a') });
      expect(status).toBe(404);
      expect(json).toMatchObject({ key, errorCode: 'FLAG_NOT_FOUND' });
    },
  );
});

describe('all flags', () => {
  it('evaluates every deployment, in order of name', async () => {
    const { ask, register } = await rebooking();
    await register({ deployment: 'demand' });
    const { json, headers } = await ask(BULK, { body: contextOf(lucky) });
    expect(json.flags).toMatchObject([
      { key: 'demand', value: 'incumbent', reason: 'TARGETING_MATCH' },
      { key: 'rebooking', value: 'challenger', reason: 'SPLIT' },
    ]);
    expect(headers.get('etag')).toMatch(/^"[\w-]{43}"$/);
  });

  it('has none where nothing is registered', async () => {
    const { ask } = await apiHarness();
    expect((await ask(BULK, { body: contextOf('a') })).json).toEqual({ flags: [] });
  });

  it('answers 304 without a body while neither rollouts nor context change', async () => {
    const { ask } = await rebooking();
    const etagOf = async (body: unknown) => (await ask(BULK, { body })).headers.get('etag') ?? '';
    const etag = await etagOf(contextOf(lucky));
    const again = (ifNoneMatch: string, body: unknown = contextOf(lucky)) =>
      ask(BULK, { body, headers: { 'if-none-match': ifNoneMatch } });
    const known = await again(etag);
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', etag]);
    for (const header of [`"x", ${etag}`, `W/${etag}`, '*']) expect((await again(header)).status).toBe(304);
    for (const header of ['"x"', etag.slice(1, -1), '']) expect((await again(header)).status).toBe(200);
  });

  it('covers the context: in any order of its attributes, and no other one', async () => {
    const { ask } = await rebooking();
    const etagOf = async (context: object) => (await ask(BULK, { body: { context } })).headers.get('etag');
    const etag = await etagOf({ targetingKey: 'a', passengers: 20, airport: 'ATL' });
    expect(await etagOf({ airport: 'ATL', passengers: 20, targetingKey: 'a' })).toBe(etag);
    const others = [
      { targetingKey: 'b', passengers: 20, airport: 'ATL' },
      { targetingKey: 'a', passengers: 21, airport: 'ATL' },
      { targetingKey: 'a', passengers: '20', airport: 'ATL' },
      { targetingKey: 'a', passengers: 20 },
    ];
    const tags = await Promise.all(others.map(etagOf));
    expect(new Set([etag, ...tags]).size).toBe(5);
  });

  it('covers the rollouts: a review, a kill, another deployment, and the passing of time', async () => {
    const { ask, review, register, command, clock } = await rebooking();
    const etagOf = async () => (await ask(BULK, { body: contextOf(lucky) })).headers.get('etag');
    const tags = [await etagOf()];
    await review('2001-02-28', ['small-airports', 'promote', 2, 3]);
    tags.push(await etagOf());
    await command('/v1/deployments/rebooking/override', { reason: 'complaints' });
    tags.push(await etagOf());
    await register({ deployment: 'demand' });
    tags.push(await etagOf());
    clock.now = '2001-03-09T00:00:00.000Z';
    tags.push(await etagOf());
    expect(new Set(tags).size).toBe(tags.length);
  });
});

describe('access and failure, as providers read them', () => {
  const body = contextOf('a');

  it.each([
    ['without a key', ''],
    ['with a key that nobody has', 'guess'],
  ])('refuses %s with 401', async (_, key) => {
    const { ask } = await rebooking();
    expect((await ask(SINGLE, { body, key })).json).toMatchObject({ key: 'rebooking', errorCode: 'GENERAL' });
    const bulk = await ask(BULK, { body, key });
    expect([bulk.status, bulk.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Bearer'),
    ]);
  });

  it('takes the key as a bearer token or as X-API-Key', async () => {
    const { ask } = await rebooking();
    expect((await ask(SINGLE, { body, key: READ_KEY })).status).toBe(200);
    expect((await ask(SINGLE, { body, key: '', headers: { 'x-api-key': READ_KEY } })).status).toBe(200);
    expect((await ask(SINGLE, { body, key: '', headers: { 'x-api-key': 'guess' } })).status).toBe(401);
    expect(
      (await ask(SINGLE, { body, key: '', headers: { authorization: `Basic ${READ_KEY}` } })).status,
    ).toBe(401);
  });

  it('says when to come again, where too many requests came', async () => {
    const { ask, register } = await apiHarness({ rateLimits: { serve: { requests: 2, seconds: 60 } } });
    await register();
    const answers = [];
    for (let request = 0; request < 3; request += 1) answers.push(await ask(SINGLE, { body }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(BULK, { body })).status).toBe(429);
  });

  it('tells a body that is too large, and an internal error without its stack', async () => {
    const { ask, failures } = await apiHarness({}, () => ({
      documents: {
        publish: async () => 'published',
        read: async () => {
          throw new Error('ProvisionedThroughputExceeded at secret.ts:7');
        },
      },
    }));
    const large = await ask(SINGLE, { body: contextOf('a', { text: 'x'.repeat(70_000) }) });
    expect([large.status, large.json.errorCode]).toEqual([413, 'GENERAL']);
    for (const length of ['70000', '1e9', 'much']) {
      expect((await ask(SINGLE, { body, headers: { 'content-length': length } })).status).toBe(413);
    }
    const failed = await ask(SINGLE, { body });
    expect(failed.status).toBe(500);
    expect(failed.json).toMatchObject({ key: 'rebooking', errorCode: 'GENERAL' });
    expect(failed.text).not.toMatch(/secret|Provisioned|at /);
    const [failure] = failures;
    expect(failure?.error.message).toMatch(/Provisioned/);
    expect(failed.text).toContain(failure?.requestId);
  });
});
