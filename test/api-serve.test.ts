import { httpFeedback } from '@penumbra/client';
import { addDays } from '@penumbra/core/calendar';
import { review } from '@penumbra/core/pipeline/review';
import { composeApi } from '@penumbra/functions/api-composition';
import { startLocalPipeline } from '@penumbra/local/local-pipeline';
import { runTrial } from '@penumbra/local/trial';
import type { TrialDocument } from '@penumbra/local/trial-document';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Json, keyOf, READ_KEY } from './support/api-harness.ts';
import { type OpenApiDocument, openApiCheck } from './support/openapi-check.ts';
import { type PenumbraProcess, penumbra } from './support/penumbra-process.ts';
import { recordedLog } from './support/recorded-log.ts';
import { runHere } from './support/run-here.ts';
import { type SyntheticTrial, syntheticTrial } from './support/synthetic-trial.ts';

// Processes are started and ended here.
vi.setConfig({ testTimeout: 120_000 });

const EXPOSURE = {
  deployment: 'synthetic',
  unit: 'customer-1',
  slice: 'small',
  arm: 'challenger',
  percent: 10,
  version: 3,
  at: 1_709_000_000_000,
} as const;

let trial: SyntheticTrial;
let found: TrialDocument;
let server: PenumbraProcess;
let url: string;
let key: string;
let check: ReturnType<typeof openApiCheck>;

async function serve(...args: string[]): Promise<void> {
  server = penumbra('serve', ...args);
  url = (await server.says(/is served at (http:\S+)/))[1] ?? '';
  key = (await server.says(/another:\n {2}KEY=(\S+)/))[1] ?? '';
  await server.says(/Ctrl-C ends it/);
}

async function ask(
  path: string,
  init: RequestInit & { key?: string } = {},
): Promise<{ status: number; json: Json }> {
  const headers = {
    'content-type': 'application/json',
    ...(init.key === undefined ? {} : { authorization: `Bearer ${init.key}` }),
  };
  const response = await fetch(`${url}${path}`, { ...init, headers });
  const { status } = response;
  const text = await response.text();
  check({ method: init.method ?? 'GET', path, status, headers: response.headers, text });
  return { status, json: JSON.parse(text) };
}

const post = (path: string, body: object, withKey?: string) =>
  ask(path, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(withKey === undefined ? {} : { key: withKey }),
  });

beforeAll(async () => {
  trial = await syntheticTrial({ days: 8 });
  const ran = await runTrial({ folder: trial.folder, dataDir: trial.dataDir });
  if (!ran.ok) throw new Error(JSON.stringify(ran.problems));
  found = ran.value;
  await serve(trial.folder, '--data-dir', trial.dataDir, '--port', '0');
  check = openApiCheck((await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument);
}, 120_000);

afterAll(async () => {
  server?.child.kill('SIGKILL');
  await trial?.end();
});

describe('penumbra serve over a trial', () => {
  it('serves what the trial came to, and reading needs no key', async () => {
    const { json } = await ask('/v1/rollouts/synthetic');
    expect(json).toEqual(found.rollout);
    expect((await ask('/v1/deployments')).json.deployments).toEqual([found.rollout]);
  });

  it('finalises the metrics that the trial shows, from the states in S3', async () => {
    const { json } = await ask(`/v1/deployments/synthetic/metrics?from=${trial.from}&to=${trial.to}`);
    const { cumulative } = found;
    expect(json.dates).toHaveLength(cumulative.days);
    expect(json.overall).toMatchObject({
      rows: cumulative.rows,
      labelled: cumulative.labelled,
      valuePerRecord: cumulative.valuePerRecord,
      classification: {
        auc: cumulative.auc,
        brier: cumulative.brier,
        logLoss: cumulative.logLoss,
        confusion: cumulative.confusion,
      },
    });
    const bySlice = Object.values<Json>(json.slices);
    expect(bySlice.reduce((rows, slice) => rows + slice.rows, 0)).toBe(cumulative.rows);
    const inBins = json.overall.classification.calibration.reduce(
      (rows: number, bin: Json) => rows + bin.rows,
      0,
    );
    expect(inBins).toBe(cumulative.labelled);
  });

  it('tells days, reviews and events as the trial made them', async () => {
    const { json: days } = await ask(`/v1/deployments/synthetic/days?from=${trial.from}&to=${trial.to}`);
    expect(days.days.map(({ records }: Json) => records)).toEqual(found.days.map(({ rows }) => rows));
    const { json: reviews } = await ask('/v1/deployments/synthetic/reviews?limit=100');
    expect(reviews.reviews.map(({ data }: Json) => data)).toEqual([...found.reviews].reverse());
    const ids: string[] = [];
    for (let after = ''; ; ) {
      const { json } = await ask(`/v1/deployments/synthetic/events?limit=50${after}`);
      ids.push(...json.events.map(({ eventId }: Json) => eventId));
      if (json.next === null) break;
      after = `&after=${json.next}`;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.at(-1)).toBe(`synthetic/rollout/${String(found.rollout.version).padStart(6, '0')}`);
  });

  it('answers only to its own address', async () => {
    const { status } = await fetch(url.replace('127.0.0.1', 'localhost')).catch(() => ({ status: 200 }));
    expect(status).toBe(200);
    const { request } = await import('node:http');
    const answered = await new Promise<number | undefined>((resolve) => {
      request(`${url}/v1/deployments`, { headers: { host: 'evil.example.com' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(answered).toBe(421);
  });

  it('takes what an application reports with the key, for the next review', async () => {
    const { send } = httpFeedback({ url: `${url}/v1/exposures`, key });
    await send({ exposures: [EXPOSURE], dropped: 2 });
    await send({ exposures: [EXPOSURE], dropped: 2 });
    const keyless = httpFeedback({ url: `${url}/v1/exposures` });
    await expect(keyless.send({ exposures: [EXPOSURE], dropped: 0 })).rejects.toThrow('401');
  });

  it('refuses a command without the key, takes it with it, and keeps it over a restart', async () => {
    const path = '/v1/deployments/synthetic/override';
    expect((await post(path, { reason: 'a drill' })).status).toBe(401);
    const { status, json } = await post(path, { reason: 'a drill' }, key);
    expect(status).toBe(200);
    expect(json.rollout.slices.map(({ percent }: Json) => percent)).toEqual([0, 0]);
    expect(json.event.at.slice(0, 10)).toBe(addDays(found.asOf, 1));

    server.child.kill('SIGINT');
    const { code, stdout } = await server.ended;
    expect(code).toBe(0);
    expect(stdout.split(key)).toHaveLength(2);

    const log = await recordedLog(trial.dataDir, 'synthetic');
    expect(log.at(-1)).toMatchObject({ eventId: json.event.eventId, event: { type: 'RolloutOverridden' } });
    const before = key;
    await serve(trial.dataDir, '--port', '0');
    expect((await ask('/v1/rollouts/synthetic')).json).toEqual(json.rollout);
    expect(key).not.toBe(before);
    expect((await post(path, { reason: 'again' }, before)).status).toBe(401);
  });
});

describe('the function on AWS, over the same data', () => {
  it('answers by the environment that it is given, and finds what was reported', async () => {
    server.child.kill('SIGINT');
    await server.ended;
    const now = () => '2000-01-01T00:00:00.000Z';
    const local = await startLocalPipeline({ dataDir: trial.dataDir, models: {}, now, idle: true });
    try {
      const asOf = addDays(found.asOf, 1);
      const { review: next } = await review(local.pipeline, { deployment: 'synthetic', asOf });
      const ofSlice = { slice: 'small', percent: 0, challengerUnits: 1, controlUnits: 0, mismatches: 1 };
      expect(next?.reported).toEqual([
        { date: asOf, exposures: 1, unknown: 0, dropped: 2, slices: [ofSlice] },
      ]);
      const [small] = next?.slices ?? [];
      expect(small?.reasons.join()).toContain('1 of 1 units got another arm than the log gives them');
      const keys = [keyOf('checkout', 'read', READ_KEY)];
      const names = { TABLE_NAME: 'penumbra', BUCKET_NAME: 'penumbra', API_KEYS: JSON.stringify(keys) };
      Object.assign(process.env, names);
      const { handler } = await import('@penumbra/functions/handlers/api');
      const call = async (rawPath: string, headers: object) => {
        const requestContext = { http: { method: 'GET', path: rawPath, sourceIp: '192.0.2.1' } };
        const event = { version: '2.0', rawPath, rawQueryString: '', headers, requestContext, body: null };
        const { statusCode, body } = await handler(event as unknown as Parameters<typeof handler>[0]);
        return { status: statusCode, json: JSON.parse(body) };
      };
      const host = { host: 'api.example.com' };
      expect((await call('/v1/deployments', host)).status).toBe(401);
      const { status, json } = await call('/v1/deployments', { ...host, 'x-api-key': READ_KEY });
      expect([status, json.deployments.length]).toEqual([200, 1]);
      expect(json.deployments[0].deployment).toBe('synthetic');
    } finally {
      await local.stop();
    }
  });

  it('says in which region and bucket its data are', () => {
    const environment = { TABLE_NAME: 'a', BUCKET_NAME: 'b', AWS_REGION: 'eu-central-1' };
    expect(composeApi(environment).settings.resources).toEqual({ region: 'eu-central-1', bucket: 'b' });
  });

  it.each([
    ['nothing', {}, /TABLE_NAME/],
    ['keys that are no JSON', { TABLE_NAME: 'a', BUCKET_NAME: 'b', API_KEYS: '{' }, /not JSON/],
    [
      'a key itself',
      { TABLE_NAME: 'a', BUCKET_NAME: 'b', API_KEYS: '[{"name":"a","access":"read","sha256":"x"}]' },
      /SHA-256/,
    ],
  ])('does not start with %s, and says why', (_, environment, message) => {
    expect(() => composeApi(environment)).toThrow(message);
  });
});

describe('penumbra serve', () => {
  it('says what is missing where there is no trial', async () => {
    const { code, stderr } = await penumbra('serve', trial.folder).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/no data directory of a trial/);
    expect(stderr).toMatch(/penumbra trial/);
  });

  it('is for trials: a name that is none does not lead to AWS, whose clock does not stand still', async () => {
    const { code, says } = await runHere('serve', 'rebooking', '--port', '0');
    expect(code).toBe(1);
    expect(says).toMatch(/rebooking: there is no trial here/);
    expect(says).toMatch(/folder of a trial/);
  });

  it('says what a port may be', async () => {
    const { code, stderr } = await penumbra('serve', trial.folder, '--port', 'http').ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/0 to 65535/);
  });
});
