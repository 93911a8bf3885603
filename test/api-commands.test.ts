import { UnknownDeployment } from '@penumbra/core/pipeline/deployments';
import { describe, expect, it } from 'vitest';
import { apiHarness, READ_KEY } from './support/api-harness.ts';

const AT = '/v1/deployments/rebooking';

async function rebooking() {
  const harness = await apiHarness();
  await harness.register();
  await harness.review('2001-02-27', ['small-airports', 'promote', 0, 2], ['hubs', 'promote', 0, 1]);
  const percents = async () => {
    const { json } = await harness.ask('/v1/rollouts/rebooking');
    return json.slices.map(({ percent }: { percent: number }) => percent);
  };
  return { ...harness, percents };
}

describe('commands of people', () => {
  it('are recorded with who gave them, when and why', async () => {
    const { command, clock, memory } = await rebooking();
    const { status, json } = await command(`${AT}/pause`, { reason: '  a holiday ' });
    expect(status).toBe(200);
    expect(json.event).toMatchObject({
      stream: 'rollout',
      version: 3,
      type: 'RolloutPaused',
      data: { reason: 'a holiday' },
      actor: { kind: 'person', name: 'ada' },
      at: clock.now,
      causationId: expect.stringMatching(/^request [\w-]{36}$/),
    });
    const [last] = (await memory.events('rebooking')).slice(-1);
    expect(last?.actor).toEqual({ kind: 'person', name: 'ada' });
    expect(last?.eventId).toBe(json.event.eventId);
  });

  it('publish what applications read from then on', async () => {
    const { command, memory, ask, percents } = await rebooking();
    expect(await percents()).toEqual([5, 1]);
    const { json } = await command(`${AT}/override`, { slice: 'hubs', reason: 'complaints' });
    expect(json.rollout).toEqual(await memory.pipeline.documents.read('rebooking'));
    expect(json.rollout).toEqual((await ask('/v1/rollouts/rebooking')).json);
    expect(await percents()).toEqual([5, 0]);
    await command(`${AT}/override`, { reason: 'more complaints' });
    expect(await percents()).toEqual([0, 0]);
  });

  it('are seen by the next request although documents are kept for a while', async () => {
    const { command, ask, register, review } = await apiHarness({ documentLifeMs: 3_600_000 });
    await register();
    await review('2001-02-27', ['small-airports', 'promote', 0, 5]);
    const arm = async () => {
      const body = { context: { targetingKey: 'a', passengers: 1 } };
      return (await ask('/ofrep/v1/evaluate/flags/rebooking', { body })).json.value;
    };
    expect(await arm()).toBe('challenger');
    await command(`${AT}/override`, { reason: 'complaints' });
    expect(await arm()).toBe('incumbent');
  });

  it('pause and resume', async () => {
    const { command, ask } = await rebooking();
    await command(`${AT}/pause`, { reason: 'a holiday' });
    expect((await ask(AT)).json.paused).toBe('a holiday');
    await command(`${AT}/resume`, { reason: 'back' });
    expect((await ask(AT)).json.paused).toBeNull();
  });

  it('approve the next stage of a slice', async () => {
    const { command, ask } = await rebooking();
    const { json } = await command(`${AT}/approve`, { slice: 'hubs', stage: 2, reason: 'looks right' });
    expect(json.event).toMatchObject({ type: 'StageApproved', data: { slice: 'hubs', stage: 2 } });
    expect((await ask(AT)).json.slices).toMatchObject([{ approvedStage: 0 }, { approvedStage: 2 }]);
  });

  it.each([
    ['resume', { reason: 'x' }, 'neither paused nor overridden'],
    ['approve', { slice: 'hubs', stage: 3, reason: 'x' }, 'stage 2 is the next to approve'],
    ['approve', { slice: 'nowhere', stage: 1, reason: 'x' }, 'unknown slice nowhere'],
    ['approve', { slice: '__proto__', stage: 1, reason: 'x' }, 'unknown slice __proto__'],
    ['override', { slice: 'nowhere', reason: 'x' }, 'unknown slice nowhere'],
  ])('answer 409 with the reason where %s %j changes nothing', async (name, body, detail) => {
    const { command, memory } = await rebooking();
    const before = (await memory.events('rebooking')).length;
    const { status, json } = await command(`${AT}/${name}`, body);
    expect(status).toBe(409);
    expect(json).toMatchObject({ detail });
    expect(await memory.events('rebooking')).toHaveLength(before);
  });

  it('answer 409 the second time, and still publish what a crash may have left out', async () => {
    const published: number[] = [];
    const { command, register } = await apiHarness({}, ({ documents }) => ({
      documents: {
        ...documents,
        publish: (document) => {
          published.push(document.version);
          return documents.publish(document);
        },
      },
    }));
    await register();
    expect((await command(`${AT}/pause`, { reason: 'x' })).status).toBe(200);
    const again = await command(`${AT}/pause`, { reason: 'x' });
    expect([again.status, again.json.detail]).toEqual([409, 'paused already']);
    expect(published).toEqual([2, 2]);
  });

  it.each([
    ['no reason', {}],
    ['an empty reason', { reason: ' ' }],
    ['a reason that is no text', { reason: 7 }],
    ['a reason without end', { reason: 'x'.repeat(1001) }],
    ['a field that it does not know', { reason: 'x', slcie: 'hubs' }],
    ['something that is no object', 'a holiday'],
  ])('refuse %s, and say where', async (_, body) => {
    const { command, memory } = await rebooking();
    const { status, json } = await command(
      `${AT}/pause`,
      typeof body === 'string' ? JSON.stringify(body) : body,
    );
    expect(status).toBe(400);
    expect(json.detail).toMatch(/^json/);
    expect(json.problems.length).toBeGreaterThan(0);
    expect(await memory.events('rebooking')).toHaveLength(2);
  });

  it.each([
    ['pause', { reason: 'a \ud83d holiday' }, 'json.reason'],
    ['approve', { slice: 'hubs\ude00', stage: 2, reason: 'x' }, 'json.slice'],
    ['override', { slice: 'hubs\ude00', reason: 'x' }, 'json.slice'],
  ])(
    'refuse half a character with %s: no hash and no canonical JSON could hold it',
    async (name, body, where) => {
      const { command, memory } = await rebooking();
      const { status, json } = await command(`${AT}/${name}`, body);
      expect(status).toBe(400);
      expect(json.problems).toEqual([
        { where, what: expect.stringContaining('type or copy the text again') },
      ]);
      expect(await memory.events('rebooking')).toHaveLength(2);
    },
  );

  it('refuse what is no JSON', async () => {
    const { command, ask } = await rebooking();
    expect((await command(`${AT}/pause`, '{"reason"')).status).toBe(400);
    const form = { method: 'POST', body: 'reason=x', headers: { 'content-type': 'text/plain' } };
    expect(
      (await ask(`${AT}/pause`, { ...form, key: 'command-0123456789abcdef0123456789abcdef' })).status,
    ).toBe(415);
  });

  it('refuse a deployment that does not exist', async () => {
    const { command } = await rebooking();
    const { status, json } = await command('/v1/deployments/demand/pause', { reason: 'x' });
    expect(status).toBe(404);
    expect(json.detail).toBe(new UnknownDeployment('demand').message);
  });

  it.each(['pause', 'resume', 'approve', 'override'])('refuse to %s without a command key', async (name) => {
    const { ask, memory, failures } = await rebooking();
    const body = { slice: 'hubs', stage: 2, reason: 'x' };
    const statusWith = async (key: string) => (await ask(`${AT}/${name}`, { body, key })).status;
    expect(await statusWith('')).toBe(401);
    expect(await statusWith('guess')).toBe(401);
    expect(await statusWith(READ_KEY)).toBe(403);
    expect(await memory.events('rebooking')).toHaveLength(2);
    expect(failures).toEqual([]);
  });

  it('refuse commands without a key where reading needs none, and without keys at all', async () => {
    const { command, ask, register } = await apiHarness({ openReads: true, keys: [] });
    await register();
    expect((await ask(AT, { key: '' })).status).toBe(200);
    expect((await command(`${AT}/pause`, { reason: 'x' }, '')).status).toBe(401);
    expect((await command(`${AT}/pause`, { reason: 'x' })).status).toBe(401);
  });
});
