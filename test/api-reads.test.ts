import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { dayStream } from '@penumbra/core/events';
import { foldersOf, runQuietly } from '@penumbra/core/testing/in-memory-pipeline';
import { initialize } from '@penumbra/evaluator/day-metrics';
import { serialize } from '@penumbra/evaluator/metrics-file';
import { describe, expect, it } from 'vitest';
import { apiHarness, type Json, READ_KEY } from './support/api-harness.ts';

const AT = '/v1/deployments/rebooking';

/** Three days of a deployment with a transform each; the second one's records are rejected. */
async function lived() {
  const harness = await apiHarness();
  const { memory, clock } = harness;
  await harness.register();
  const folders = foldersOf('rebooking');
  for (const date of ['2001-02-01', '2001-02-02', '2001-02-03']) {
    const ids = Array.from({ length: 10 }, (_, index) => `${date}-${index}`);
    memory.close(folders.records(date), date === '2001-02-02' ? ['broken'] : ids);
    memory.close(
      folders.outcomes(date),
      ids.map((id, index) => `${id},${index % 2}`),
    );
    await runQuietly(memory);
  }
  for (const date of ['2001-02-04', '2001-02-05']) {
    memory.close(folders.outcomes(date), []);
    await runQuietly(memory);
  }
  clock.now = '2001-02-06T06:00:00.000Z';
  await harness.review('2001-02-05', ['small-airports', 'promote', 0, 1]);
  return harness;
}

describe('deployments', () => {
  it('are listed without reading the log', async () => {
    const harness = await apiHarness({}, () => ({
      log: { append: fail, load: fail, latest: fail, loadRange: fail, replay: fail },
      rollouts: fail,
    }));
    await harness.register();
    await harness.register({ deployment: 'demand' });
    const { json } = await harness.ask('/v1/deployments');
    expect(json.deployments).toMatchObject([
      { deployment: 'demand', version: 1, asOf: null },
      { deployment: 'rebooking', version: 1, asOf: null },
    ]);
  });

  it('show their definition and where each slice stands', async () => {
    const { ask } = await lived();
    const { json } = await ask(AT);
    expect(json).toMatchObject({
      deployment: 'rebooking',
      definition: { model: { modelName: 'rebooking-2001-01' }, policy: { alpha: expect.any(Number) } },
      startDate: '2001-02-01',
      asOf: '2001-02-05',
      version: 2,
      slices: [
        { slice: 'small-airports', stage: 1, percent: 1, since: '2001-02-05' },
        { slice: 'hubs', stage: 0, percent: 0, since: null },
      ],
    });
  });

  it.each(['', '/days', '/metrics', '/reviews', '/events', '/history', '/backtest?policy=%7B%7D'])(
    'that do not exist are not found%s',
    async (path) => {
      const { ask } = await apiHarness();
      const { status, json } = await ask(`/v1/deployments/demand${path}`);
      expect([status, json.title]).toEqual([404, 'Not found']);
    },
  );
});

describe('days', () => {
  it('are told from the first date on, each with its state and its numbers', async () => {
    const { ask } = await lived();
    const { json } = await ask(`${AT}/days`);
    expect(json.days.map(({ date, status }: Json) => [date, status])).toEqual([
      ['2001-02-01', 'mature'],
      ['2001-02-02', 'rejected'],
      ['2001-02-03', 'mature'],
      ['2001-02-04', 'missing'],
      ['2001-02-05', 'missing'],
    ]);
    expect(json.days[1].reason).toMatch(/a line is broken/);
    expect(json.days[0]).toMatchObject({
      records: 10,
      transform: { attempt: 1, phase: 'completed' },
      mature: { asOf: '2001-02-03', age: 2, coverage: 1, overall: { rows: 10, labelled: 10 } },
    });
  });

  it('are told for the dates asked for', async () => {
    const { ask } = await lived();
    const dates = async (query: string) =>
      (await ask(`${AT}/days?${query}`)).json.days.map(({ date }: Json) => date);
    expect(await dates('from=2001-02-02&to=2001-02-03')).toEqual(['2001-02-02', '2001-02-03']);
    expect(await dates('from=1999-12-31&to=2001-01-20')).toEqual([]);
    expect(await dates('to=2001-02-01')).toEqual(['2001-02-01']);
  });
});

describe('events', () => {
  it('come page by page, each once, in order of stream and version', async () => {
    const { ask, memory } = await lived();
    const seen: string[] = [];
    let next: string | null = '';
    let pages = 0;
    while (next !== null) {
      const after: string = next === '' ? '' : `&after=${encodeURIComponent(next)}`;
      const { json }: Json = await ask(`${AT}/events?limit=4${after}`);
      expect(json.events.length).toBeLessThanOrEqual(4);
      seen.push(...json.events.map(({ eventId }: Json) => eventId));
      next = json.next;
      pages += 1;
    }
    const all = await memory.events('rebooking');
    expect(seen).toEqual(all.map(({ eventId }) => eventId));
    expect(pages).toBe(Math.ceil(all.length / 4));
  });

  it('of one stream are that stream only', async () => {
    const { ask, memory } = await lived();
    const stream = dayStream('2001-02-03');
    const first = (await ask(`${AT}/events?stream=${stream}&limit=2`)).json;
    const rest = (await ask(`${AT}/events?stream=${stream}&after=${first.next}`)).json;
    const expected = (await memory.events('rebooking')).filter((event) => event.stream === stream);
    expect([...first.events, ...rest.events].map(({ eventId }) => eventId)).toEqual(
      expected.map(({ eventId }) => eventId),
    );
    expect(rest.next).toBeNull();
    expect((await ask(`${AT}/events?stream=day/1999-01-01`)).json).toMatchObject({ events: [], next: null });
  });
});

describe('reviews', () => {
  it('come with the latest first, page by page', async () => {
    const { ask, review } = await lived();
    await review('2001-02-06', ['small-airports', 'promote', 1, 2]);
    await review('2001-02-07');
    const first = (await ask(`${AT}/reviews?limit=2`)).json;
    expect(first.reviews.map(({ data }: Json) => data.asOf)).toEqual(['2001-02-07', '2001-02-06']);
    expect(first.reviews[1].data.slices[0]).toMatchObject({ action: 'promote', reasons: ['an example'] });
    const rest = (await ask(`${AT}/reviews?limit=2&before=${first.next}`)).json;
    expect(rest.reviews.map(({ data }: Json) => data.asOf)).toEqual(['2001-02-05']);
    expect(rest.next).toBeNull();
    const none = (await ask(`${AT}/reviews?before=1`)).json;
    expect([none.reviews, none.next]).toEqual([[], null]);
  });

  it('are found between whatever people did, without reading the whole rollout', async () => {
    const asked: number[] = [];
    const { ask, register, review, command } = await apiHarness({}, ({ log }) => ({
      log: {
        ...log,
        load: async () => {
          throw new Error('the whole rollout was read');
        },
        latest: (deployment, stream, most, before) => {
          asked.push(most);
          return log.latest(deployment, stream, most, before);
        },
      },
    }));
    await register();
    for (const date of ['2001-02-05', '2001-02-06']) {
      await review(date);
      for (const name of ['pause', 'resume', 'pause', 'resume'])
        await command(`${AT}/${name}`, { reason: 'x' });
    }
    const { json } = await ask(`${AT}/reviews?limit=2`);
    expect(json.reviews.map(({ data }: Json) => data.asOf)).toEqual(['2001-02-06', '2001-02-05']);
    expect(json.next).toBeNull();
    expect(new Set(asked)).toEqual(new Set([3]));
  });
});

describe('metrics', () => {
  /** Days whose metric states are empty: what their numbers are is shown on a real trial. */
  async function withStates(tamper = false) {
    const bytes = serialize(initialize('binary-classification', ['small-airports', 'hubs']));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const harness = await apiHarness({}, ({ log }) => ({
      readObject: async () => (tamper ? bytes.slice(0, -1) : bytes),
      log: {
        ...log,
        loadRange: async (...args) =>
          (await log.loadRange(...args)).map((stored) => {
            const { event } = stored;
            if (event.type !== 'PartitionEvaluated') return stored;
            const metrics = { ...event.data.metrics, sha256 };
            return { ...stored, event: { ...event, data: { ...event.data, metrics } } };
          }),
      },
    }));
    await harness.register();
    const folders = foldersOf('rebooking');
    for (const date of ['2001-02-01', '2001-02-02', '2001-02-03']) {
      harness.memory.close(folders.records(date), [`${date}-0`]);
      harness.memory.close(folders.outcomes(date), [`${date}-0,1`]);
      await runQuietly(harness.memory);
    }
    harness.clock.now = '2001-02-04T06:00:00.000Z';
    return harness;
  }

  it('are of the mature days of a range, or of all that were looked at', async () => {
    const { ask } = await withStates();
    const mature = (await ask(`${AT}/metrics`)).json;
    expect(mature).toMatchObject({ task: 'binary-classification', currency: 'USD', dates: ['2001-02-01'] });
    expect(mature.overall).toMatchObject({ rows: 0, meanDifference: null, classification: null });
    expect(Object.keys(mature.slices)).toEqual(['small-airports', 'hubs']);
    const all = (await ask(`${AT}/metrics?days=all`)).json;
    expect(all.dates).toEqual(['2001-02-01', '2001-02-02', '2001-02-03'].slice(0, all.dates.length));
    expect(all.dates.length).toBeGreaterThan(1);
    expect((await ask(`${AT}/metrics?from=2001-02-03&to=2001-02-03`)).json.dates).toEqual([]);
  });

  it('are refused from a state that is not the one that the log means', async () => {
    const { ask, failures } = await withStates(true);
    expect((await ask(`${AT}/metrics`)).status).toBe(500);
    expect(failures[0]?.error.message).toMatch(/is not what the log says/);
  });
});

function fail(): never {
  throw new Error('the log was read');
}

describe('the history', () => {
  it('tells days with their steps and reasons, what was decided, and what comes next', async () => {
    const { ask } = await lived();
    const { json } = await ask(`${AT}/history`);
    expect([json.from, json.to, json.asOf, json.reviewDates]).toEqual([
      '2001-02-01',
      '2001-02-03',
      '2001-02-05',
      ['2001-02-05'],
    ]);
    expect(json.days.map(({ date, steps }: Json) => [date, steps.ready !== null])).toEqual([
      ['2001-02-01', true],
      ['2001-02-02', false],
      ['2001-02-03', true],
    ]);
    expect(json.reviews[0].slices[0]).toMatchObject({ slice: 'small-airports', action: 'promote' });
    expect(json.slices[0]).toMatchObject({ slice: 'small-airports', percent: 1, verdict: 'EXCEEDS' });
    expect(json.ahead[0]).toMatchObject({ slice: 'small-airports', stage: 2, percent: 5 });
    expect(json.rollout.certificate.reviewId).toBe('rebooking/review/2001-02-05');
  });

  it('is told as it was known before', async () => {
    const { ask, command } = await lived();
    await command(`${AT}/pause`, { reason: 'a holiday' });
    const { json: now } = await ask(`${AT}/history`);
    expect([now.paused, now.interventions.length]).toEqual(['a holiday', 1]);
    const { json: before } = await ask(`${AT}/history?asOf=2001-02-04`);
    expect([before.paused, before.interventions, before.reviews]).toEqual([null, [], []]);
    expect(before.slices.map(({ percent }: Json) => percent)).toEqual([0, 0]);
    const { status } = await ask(`${AT}/history?asOf=2001-02-30`);
    expect(status).toBe(400);
  });

  it('is answered again only where it has changed', async () => {
    const { ask, command } = await lived();
    const first = await ask(`${AT}/history`);
    const etag = first.headers.get('ETag') ?? '';
    expect(first.headers.get('Cache-Control')).toBe('private, no-cache');
    const known = { headers: { 'If-None-Match': etag } };
    const again = await ask(`${AT}/history`, known);
    expect([again.status, again.text, again.headers.get('ETag')]).toEqual([304, '', etag]);
    expect((await ask(`${AT}/history?asOf=2001-02-04`, known)).status).toBe(200);
    await command(`${AT}/pause`, { reason: 'a holiday' });
    expect((await ask(`${AT}/history`, known)).status).toBe(200);
  });

  it('comes compressed where the caller takes that, and is known by the same tag', async () => {
    const { api, ask } = await lived();
    const { text } = await ask(`${AT}/history`);
    const asked = (headers: Readonly<Record<string, string>>) =>
      api.fetch(
        new Request(`http://penumbra.test${AT}/history`, {
          headers: { Authorization: `Bearer ${READ_KEY}`, 'Accept-Encoding': 'gzip', ...headers },
        }),
        { address: '192.0.2.1' },
      );
    const compressed = await asked({});
    expect(compressed.headers.get('Content-Encoding')).toBe('gzip');
    expect(compressed.headers.get('Vary')).toContain('Accept-Encoding');
    const bytes = Buffer.from(await compressed.arrayBuffer());
    expect(bytes.length).toBeLessThan(text.length / 3);
    expect(gunzipSync(bytes).toString()).toBe(text);
    const again = await asked({ 'If-None-Match': compressed.headers.get('ETag') ?? '' });
    expect(again.status).toBe(304);
  });

  it('says where its jobs and files are, if they are on AWS', async () => {
    const resources = { region: 'eu-central-1', bucket: 'penumbra-data' };
    const onAws = await apiHarness({ resources });
    await onAws.register();
    expect((await onAws.ask(`${AT}/history`)).json.resources).toEqual(resources);
    const trial = await apiHarness({ simulated: true });
    await trial.register();
    expect((await trial.ask(`${AT}/history`)).json).not.toHaveProperty('resources');
  });
});

describe('the backtest', () => {
  it('plays another policy, and changes nothing', async () => {
    const { ask } = await lived();
    const { json: before } = await ask(AT);
    const { status, json } = await ask(`${AT}/backtest?policy=${encodeURIComponent('{"shadowDays":900}')}`);
    expect([status, json.slices.map(({ slice }: Json) => slice)]).toEqual([200, ['small-airports', 'hubs']]);
    expect(json.slices[0].other.opened).toBeNull();
    expect((await ask(AT)).json).toEqual(before);
  });

  it.each([
    ['{', /not JSON/],
    ['{"alpha":2}', /policy\.alpha/],
    ['{"stages":[{"percent":50},{"percent":5}]}', /does not grow/],
  ])('says what is wrong with %s', async (policy, message) => {
    const { ask } = await lived();
    const { status, json } = await ask(`${AT}/backtest?policy=${encodeURIComponent(policy)}`);
    expect([status, json.detail]).toEqual([400, expect.stringMatching(message)]);
  });
});
