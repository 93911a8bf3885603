import { lambdaHandler } from '@penumbra/functions/api/lambda';
import { describe, expect, it } from 'vitest';
import { type ApiHarness, apiHarness, COMMAND_KEY, READ_KEY } from './support/api-harness.ts';

const ARN = 'arn:aws:sts::123456789012:assumed-role/operators/ada';
const READS = [
  '/v1/deployments',
  '/v1/deployments/rebooking',
  '/v1/deployments/rebooking/days',
  '/v1/deployments/rebooking/metrics',
  '/v1/deployments/rebooking/reviews',
  '/v1/deployments/rebooking/events',
  '/v1/rollouts/rebooking',
  '/v1/flagd/rebooking.json',
];

async function registered(...settings: Parameters<typeof apiHarness>): Promise<ApiHarness> {
  const harness = await apiHarness(...settings);
  await harness.register();
  return harness;
}

describe('keys', () => {
  it.each(READS)('%s needs one', async (path) => {
    const { ask } = await registered();
    const statusWith = async (key: string) => (await ask(path, { key })).status;
    expect(await statusWith('')).toBe(401);
    expect(await statusWith('guess')).toBe(401);
    expect(await statusWith(`${READ_KEY}x`)).toBe(401);
    expect(await statusWith(READ_KEY)).toBe(200);
    expect(await statusWith(COMMAND_KEY)).toBe(200);
  });

  it.each(READS)('%s needs none where reading is open, but a wrong one is refused', async (path) => {
    const { ask } = await registered({ openReads: true });
    expect((await ask(path, { key: '' })).status).toBe(200);
    expect((await ask(path, { key: 'guess' })).status).toBe(401);
  });

  it('are guessed a few times a minute, from an address', async () => {
    const { ask } = await registered({ rateLimits: { refused: { requests: 3, seconds: 60 } } });
    const guess = (address: string) => ask('/v1/deployments', { key: 'guess', caller: { address } });
    const answers = [];
    for (let tries = 0; tries < 4; tries += 1) answers.push((await guess('192.0.2.1')).status);
    expect(answers).toEqual([401, 401, 401, 429]);
    expect((await guess('192.0.2.2')).status).toBe(401);
    expect((await ask('/v1/deployments')).status).toBe(200);
  });
});

describe('rate limits', () => {
  it('count by key, and reading apart from what applications ask for', async () => {
    const { ask } = await registered({ rateLimits: { read: { requests: 1, seconds: 60 } } });
    expect((await ask('/v1/deployments')).status).toBe(200);
    const second = await ask('/v1/deployments');
    expect(second.status).toBe(429);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('/v1/deployments', { key: COMMAND_KEY })).status).toBe(200);
    expect((await ask('/v1/rollouts/rebooking')).status).toBe(200);
  });

  it('count by address where there is no key', async () => {
    const { ask } = await registered({ openReads: true, rateLimits: { read: { requests: 1, seconds: 60 } } });
    const statusFrom = async (address: string) =>
      (await ask('/v1/deployments', { key: '', caller: { address } })).status;
    expect(await statusFrom('192.0.2.1')).toBe(200);
    expect(await statusFrom('192.0.2.1')).toBe(429);
    expect(await statusFrom('192.0.2.2')).toBe(200);
  });
});

describe('behind an IAM authorizer', () => {
  it('an identity may read and command, and is the actor', async () => {
    const { ask } = await registered({ trustIdentity: true });
    const caller = { identity: ARN };
    expect((await ask('/v1/deployments', { key: '', caller })).status).toBe(200);
    const body = { reason: 'a holiday' };
    const { json } = await ask('/v1/deployments/rebooking/pause', { key: '', caller, body });
    expect(json.event.actor).toEqual({ kind: 'person', name: ARN });
  });

  it('an identity counts for nothing where no authorizer is said to be in front', async () => {
    const { ask } = await registered();
    const caller = { identity: ARN };
    expect((await ask('/v1/deployments', { key: '', caller })).status).toBe(401);
  });

  it('without an identity, keys are asked for', async () => {
    const { ask } = await registered({ trustIdentity: true });
    expect((await ask('/v1/deployments', { key: '' })).status).toBe(401);
    expect((await ask('/v1/deployments')).status).toBe(200);
  });
});

describe('as a Lambda function', () => {
  /** What API Gateway sends (payload format 2.0), as far as it is read. */
  const event = (
    method: string,
    rawPath: string,
    more: { iam?: object; headers?: object; body?: string } = {},
  ) =>
    ({
      version: '2.0',
      routeKey: '$default',
      rawPath,
      rawQueryString: '',
      headers: { host: 'api.example.com', ...more.headers },
      body: more.body ?? null,
      isBase64Encoded: false,
      requestContext: {
        http: { method, path: rawPath, sourceIp: '192.0.2.1', protocol: 'HTTP/1.1', userAgent: '' },
        ...(more.iam ? { authorizer: { iam: more.iam } } : {}),
      },
    }) as unknown as Parameters<ReturnType<typeof lambdaHandler>>[0];
  const call = async (harness: ApiHarness, ...args: Parameters<typeof event>) => {
    const { statusCode, headers, body } = await lambdaHandler(harness.api)(event(...args));
    return { status: statusCode, headers, json: JSON.parse(body) };
  };
  const pause = {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'a holiday' }),
  };
  const path = '/v1/deployments/rebooking/pause';

  it('takes the identity from the authorizer', async () => {
    const harness = await registered({ trustIdentity: true });
    const { status, json } = await call(harness, 'POST', path, { ...pause, iam: { userArn: ARN } });
    expect(status).toBe(200);
    expect(json.event.actor.name).toBe(ARN);
  });

  it('takes none from headers or body', async () => {
    const harness = await registered({ trustIdentity: true });
    const forged = {
      requestContext: JSON.stringify({ authorizer: { iam: { userArn: ARN } } }),
      'x-amzn-iam-arn': ARN,
    };
    const { status } = await call(harness, 'POST', path, {
      ...pause,
      headers: { ...pause.headers, ...forged },
    });
    expect(status).toBe(401);
  });

  it('answers evaluations', async () => {
    const harness = await registered();
    const { status, headers, json } = await call(harness, 'POST', '/ofrep/v1/evaluate/flags/rebooking', {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${READ_KEY}` },
      body: JSON.stringify({ context: { targetingKey: 'a' } }),
    });
    expect([status, json.value, headers['content-type']]).toEqual([200, 'incumbent', 'application/json']);
  });
});

describe('pages of other origins', () => {
  const origin = 'https://penumbra.example.com';

  it('may read nothing by default', async () => {
    const { ask } = await registered();
    const { headers } = await ask('/v1/deployments', { headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await ask('/v1/deployments', { method: 'OPTIONS', headers: { origin }, key: '' });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may where they are named', async () => {
    const { ask } = await registered({ corsOrigins: [origin] });
    const allowed = async (from: string) =>
      (await ask('/v1/deployments', { headers: { origin: from } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed(origin)).toBe(origin);
    expect(await allowed('https://evil.example.com')).toBeNull();
    const preflight = await ask('/ofrep/v1/evaluate/flags', {
      method: 'OPTIONS',
      headers: { origin },
      key: '',
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
  });
});

describe('every answer', () => {
  it('has security headers, whatever it is', async () => {
    const { ask } = await registered();
    const answers = [
      await ask('/openapi.json', { key: '' }),
      await ask('/v1/deployments'),
      await ask('/v1/deployments', { key: '' }),
      await ask('/nowhere'),
      await ask('/v1/rollouts/rebooking', { headers: { 'if-none-match': '*' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 404, 304]);
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('strict-transport-security')).toMatch(/max-age/);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-request-id')).toBeTruthy();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('tells nothing of a failure but the id to look for', async () => {
    const { ask, failures } = await registered({}, () => ({
      rollouts: async () => {
        throw new Error('the password is 1234');
      },
    }));
    const { status, text, json } = await ask('/v1/deployments/rebooking');
    expect(status).toBe(500);
    expect(text).not.toMatch(/password|\.ts|at /);
    expect(failures).toMatchObject([{ method: 'GET', path: '/v1/deployments/rebooking' }]);
    expect(json.detail).toContain(failures[0]?.requestId);
  });

  it.each([
    '/v1/deployments/NO',
    '/v1/deployments/a%00b',
    '/v1/deployments/..%2f..%2fetc',
    '/v1/rollouts/%ff',
    '/v1/flagd/rebooking',
    '/v1/flagd/.json',
    '/v1/deployments/__proto__/events',
    '/v1/deployments/rebooking/events?after=../..',
    '/v1/deployments/rebooking/events?limit=1e9',
    '/v1/deployments/rebooking/days?from=2001-02-30',
    '/v1/deployments/rebooking/days?from=2001-02-03&to=2001-02-01',
    '/v1/deployments/rebooking/days?from=0001-01-01&to=9999-12-31',
    '/v1/deployments/rebooking/metrics?from=2000-01-01&to=2001-01-01',
  ])('to %s is a refusal that says what to do', async (path) => {
    const { ask, failures } = await registered();
    const { status, json, headers } = await ask(path);
    expect([400, 404]).toContain(status);
    expect(json.remedy.length).toBeGreaterThan(10);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(failures).toEqual([]);
  });
});
