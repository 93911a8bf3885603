import type { Exposure, ExposureBatch } from '@penumbra/core/exposures';
import { describe, expect, it } from 'vitest';
import { apiHarness, COMMAND_KEY, FEEDBACK_KEY, READ_KEY } from './support/api-harness.ts';

const PATH = '/v1/exposures';
const exposure = (unit: string, more: Partial<Exposure> = {}): Exposure => ({
  deployment: 'rebooking',
  unit,
  slice: 'hubs',
  arm: 'challenger',
  percent: 25,
  version: 2,
  at: 983_232_000_000,
  ...more,
});

async function rebooking(...settings: Parameters<typeof apiHarness>) {
  const harness = await apiHarness(...settings);
  await harness.register();
  const report = (body: unknown, key: string = FEEDBACK_KEY) => harness.ask(PATH, { body, key });
  /** What is kept of the date that the API goes by. */
  const kept = async (deployment = 'rebooking', date = harness.clock.now.slice(0, 10)) => {
    const batches: ExposureBatch[] = [];
    for await (const batch of harness.memory.pipeline.exposures.read(deployment, date)) batches.push(batch);
    return batches;
  };
  return { ...harness, report, kept };
}

describe('reported exposures', () => {
  it('are kept under the date on which they arrive, whatever the clock of the application says', async () => {
    const { report, kept } = await rebooking();
    const batch = { exposures: [exposure('a', { at: 0 }), exposure('b', { at: 4e15 })], dropped: 3 };
    const { status, json } = await report(batch);
    expect([status, json]).toEqual([200, { kept: 2, unknown: 0 }]);
    expect(await kept()).toEqual([batch]);
  });

  it('are kept once where a batch is sent again', async () => {
    const { report, kept } = await rebooking();
    const batch = { exposures: [exposure('a')], dropped: 0 };
    expect([(await report(batch)).status, (await report(batch)).status]).toEqual([200, 200]);
    expect(await kept()).toEqual([batch]);
  });

  it('of several deployments in one batch go to each; those of unknown ones are told and not kept', async () => {
    const { report, kept, register } = await rebooking();
    await register({ deployment: 'other' });
    const strange = ['nobody', '../other', '__proto__', 'a/b'].map((deployment) =>
      exposure('x', { deployment }),
    );
    const exposures = [exposure('a'), exposure('b', { deployment: 'other' }), ...strange];
    const { json } = await report({ exposures, dropped: 0 });
    expect(json).toEqual({ kept: 2, unknown: strange.length });
    expect(await kept()).toEqual([{ exposures: [exposure('a')], dropped: 0 }]);
    expect(await kept('other')).toEqual([
      { exposures: [exposure('b', { deployment: 'other' })], dropped: 0 },
    ]);
    for (const { deployment } of strange) expect(await kept(deployment)).toEqual([]);
  });

  it.each([
    ['no batch', []],
    ['an empty one', { exposures: [], dropped: 0 }],
    ['one without what was dropped', { exposures: [exposure('a')] }],
    ['a negative count', { exposures: [exposure('a')], dropped: -1 }],
    ['an arm that there is none of', { exposures: [{ ...exposure('a'), arm: 'both' }], dropped: 0 }],
    ['half a character', { exposures: [exposure('a\ud83d')], dropped: 0 }],
    ['more than a batch may have', { exposures: Array(2001).fill(exposure('a')), dropped: 0 }],
    ['no JSON', '{'],
  ])('are refused as a whole where they are %s', async (_, body) => {
    const { report, kept } = await rebooking();
    const { status, json } = await report(body);
    expect(status).toBe(400);
    expect(json.remedy.length).toBeGreaterThan(10);
    expect(await kept()).toEqual([]);
  });

  it('may be as large as a full batch of the client, and no larger than half a megabyte', async () => {
    const { report } = await rebooking();
    const full = Array.from({ length: 500 }, (_, index) => exposure(`00000000-0000-4000-8000-${index}`));
    expect(JSON.stringify(full).length).toBeGreaterThan(64 * 1024);
    expect((await report({ exposures: full, dropped: 0 })).status).toBe(200);
    const { status, json } = await report({ exposures: [exposure('x'.repeat(600_000))], dropped: 0 });
    expect([status, json.detail]).toEqual([413, 'the body of the request is larger than 512 KB']);
  });
});

describe('a key for feedback', () => {
  it('may report and nothing else', async () => {
    const { report, ask, command } = await rebooking();
    const batch = { exposures: [exposure('a')], dropped: 0 };
    expect((await report(batch)).status).toBe(200);
    for (const path of ['/v1/deployments', '/v1/rollouts/rebooking', '/v1/flagd/rebooking.json']) {
      expect((await ask(path, { key: FEEDBACK_KEY })).status).toBe(403);
    }
    const evaluation = { body: { context: { targetingKey: 'a' } }, key: FEEDBACK_KEY };
    expect((await ask('/ofrep/v1/evaluate/flags/rebooking', evaluation)).status).toBe(403);
    const { status, json } = await command('/v1/deployments/rebooking/pause', { reason: 'x' }, FEEDBACK_KEY);
    expect([status, json.remedy]).toEqual([403, expect.stringContaining('command access')]);
  });

  it('is needed: a key that reads may not report, nor may nobody where reading is open', async () => {
    const batch = { exposures: [exposure('a')], dropped: 0 };
    for (const openReads of [false, true]) {
      const { report, kept } = await rebooking({ openReads });
      const { status, json } = await report(batch, READ_KEY);
      expect([status, json.detail]).toEqual([403, 'this key may not report what was served']);
      expect((await report(batch, '')).status).toBe(401);
      expect((await report(batch, 'guess')).status).toBe(401);
      expect(await kept()).toEqual([]);
      expect((await report(batch, COMMAND_KEY)).status).toBe(200);
    }
  });

  it('is not needed by an identity that the authorizer in front has verified', async () => {
    const { ask } = await rebooking({ trustIdentity: true });
    const body = { exposures: [exposure('a')], dropped: 0 };
    const caller = { identity: 'arn:aws:sts::123456789012:assumed-role/checkout/i-1' };
    expect((await ask(PATH, { body, key: '', caller })).status).toBe(200);
    expect((await ask(PATH, { body, key: '' })).status).toBe(401);
  });

  it('has a limit of its own', async () => {
    const { report, ask } = await rebooking({ rateLimits: { feedback: { requests: 1, seconds: 60 } } });
    const batch = { exposures: [exposure('a')], dropped: 0 };
    expect((await report(batch)).status).toBe(200);
    const second = await report(batch);
    expect([second.status, Number(second.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await ask('/v1/rollouts/rebooking')).status).toBe(200);
  });
});
