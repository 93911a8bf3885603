import { describe, expect, it } from 'vitest';
import type { Decider } from '../decider.ts';
import type { EventLog } from '../event-log.ts';
import type { StoredEvent } from '../events.ts';
import { inMemoryEventLog } from '../in-memory-event-log.ts';
import { inMemoryRolloutSnapshots } from '../in-memory-rollout-snapshots.ts';
import type { RolloutEvent } from '../rollout-events.ts';
import { exampleDefinition } from '../testing/example-definition.ts';
import { syntheticLog } from '../testing/synthetic-log.ts';
import { definitionReader, rolloutReader } from './deployments.ts';
import { execute, load } from './execute.ts';

/** Collects reasons; the same one twice is nothing new. */
const reasons: Decider<readonly string[], string, RolloutEvent> = {
  initial: [],
  decide: (state, reason) =>
    state.includes(reason)
      ? { nothing: `${reason} is known` }
      : { event: { type: 'RolloutPaused', data: { reason } } },
  evolve: (state, { data }) => ('reason' in data ? [...state, data.reason] : state),
};
const target = { decider: reasons, deployment: 'rebooking', stream: 'rollout' };

const context = (log: EventLog) => ({
  log,
  now: () => '2001-02-03T04:05:06.000Z',
  actor: { kind: 'person' as const, name: 'ada' },
});

/** A log in which others append their reasons just before each of our first appends. */
function contested(others: readonly string[]): EventLog {
  const log = inMemoryEventLog();
  const waiting = [...others];
  return {
    ...log,
    append: async (event) => {
      const reason = waiting.shift();
      if (reason !== undefined)
        await log.append({ ...event, event: { type: 'RolloutPaused', data: { reason } } });
      return log.append(event);
    },
  };
}

const all = (log: EventLog): Promise<StoredEvent[]> => log.load('rebooking', 'rollout');

describe('executing a command', () => {
  it('appends its one event with who, when and why', async () => {
    const log = inMemoryEventLog();
    const done = await execute(context(log), target, () => ({ command: 'first', causationId: 'a request' }));
    expect(done).toMatchObject({ state: ['first'], version: 1, lastEventId: 'rebooking/rollout/000001' });
    expect(await all(log)).toEqual([
      {
        deployment: 'rebooking',
        stream: 'rollout',
        version: 1,
        eventId: 'rebooking/rollout/000001',
        causationId: 'a request',
        correlationId: 'rebooking/rollout/000001',
        actor: { kind: 'person', name: 'ada' },
        at: '2001-02-03T04:05:06.000Z',
        event: { type: 'RolloutPaused', data: { reason: 'first' } },
      },
    ]);
  });

  it('is caused by the event before it where nothing else is named, and shares its chain within a day', async () => {
    const log = inMemoryEventLog();
    const day = { ...target, stream: 'day/2001-02-03' };
    await execute(context(log), day, () => ({ command: 'first', causationId: 'a message' }));
    const { appended } = await execute(context(log), day, () => ({ command: 'second' }));
    expect(appended).toMatchObject({
      causationId: 'rebooking/day/2001-02-03/0001',
      correlationId: 'rebooking/day/2001-02-03/0001',
    });
  });

  it('appends nothing where nothing is decided, and says why', async () => {
    const log = inMemoryEventLog();
    await execute(context(log), target, () => ({ command: 'first' }));
    const again = await execute(context(log), target, () => ({ command: 'first' }));
    expect(again).toMatchObject({ appended: undefined, nothing: 'first is known', version: 1 });
    expect(await all(log)).toHaveLength(1);
  });

  it('decides again on what others wrote first', async () => {
    const log = contested(['theirs', 'theirs too']);
    const done = await execute(context(log), target, () => ({ command: 'ours' }));
    expect(done).toMatchObject({ state: ['theirs', 'theirs too', 'ours'], version: 3 });
    expect((await all(log)).map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('decides nothing where others were first with the same', async () => {
    const log = contested(['ours']);
    const done = await execute(context(log), target, () => ({ command: 'ours' }));
    expect(done).toMatchObject({ appended: undefined, nothing: 'ours is known', state: ['ours'] });
    expect(await all(log)).toHaveLength(1);
  });

  it('is told the newest state when it chooses its command', async () => {
    const log = contested(['theirs']);
    const done = await execute(context(log), target, (state) => ({ command: `after ${state.join()}` }));
    expect(done.state).toEqual(['theirs', 'after theirs']);
  });

  it('gives up loudly where somebody else is always first', async () => {
    const log = contested(Array.from({ length: 100 }, (_, index) => `theirs ${index}`));
    await expect(execute(context(log), target, () => ({ command: 'ours' }))).rejects.toThrow(
      'rebooking/rollout: 20 conflicts in a row',
    );
  });
});

describe('the state of a stream', () => {
  it('is read on from what is known', async () => {
    const log = inMemoryEventLog();
    const known = await execute(context(log), target, () => ({ command: 'first' }));
    await execute(context(log), target, () => ({ command: 'second' }));
    const reads: (number | undefined)[] = [];
    const counting: EventLog = {
      ...log,
      load: async (deployment, stream, after) => {
        reads.push(after);
        return log.load(deployment, stream, after);
      },
    };
    expect(await load(counting, target, known)).toEqual({
      state: ['first', 'second'],
      version: 2,
      lastEventId: 'rebooking/rollout/000002',
    });
    expect(reads).toEqual([1]);
  });

  it('is the initial one where nothing happened', async () => {
    expect(await load(inMemoryEventLog(), target)).toEqual({ state: [], version: 0, lastEventId: undefined });
  });
});

describe('a reader of rollouts', () => {
  const register = (deployment: string): StoredEvent => ({
    deployment,
    stream: 'rollout',
    version: 1,
    eventId: `${deployment}/rollout/000001`,
    causationId: 'a request',
    correlationId: `${deployment}/rollout/000001`,
    actor: { kind: 'person', name: 'ada' },
    at: '2001-02-03T04:05:06.000Z',
    event: {
      type: 'DeploymentRegistered',
      data: {
        definition: { ...exampleDefinition, deployment },
        definitionVersion: 1,
        startDate: '2001-02-01',
      },
    },
  });

  it('sees what was registered and decided since it last looked', async () => {
    const log = inMemoryEventLog();
    const read = rolloutReader(log);
    await expect(read('rebooking')).rejects.toThrow('there is no deployment "rebooking"');
    await log.append(register('rebooking'));
    expect(await read('rebooking')).toMatchObject({ version: 1, definition: { deployment: 'rebooking' } });
    const pause = { type: 'RolloutPaused' as const, data: { reason: 'a holiday' } };
    await log.append({ ...register('rebooking'), version: 2, event: pause });
    expect((await read('rebooking')).state.paused).toBe('a holiday');
  });

  it('reads no more than what came after the last snapshot, and sees the same', async () => {
    const log = inMemoryEventLog();
    for (const event of syntheticLog('long', 60, 2)) await log.append(event);
    const whole = await rolloutReader(log)('long');
    const snapshots = inMemoryRolloutSnapshots();
    const { state, version, lastEventId } = whole;
    await snapshots.publish('long', { state, version, lastEventId });
    const pause = { type: 'RolloutPaused' as const, data: { reason: 'a holiday' } };
    await log.append({ ...register('long'), version: version + 1, event: pause });

    const asked: number[] = [];
    const watched: EventLog = {
      ...log,
      load: (deployment, stream, after = 0) => {
        asked.push(after);
        return log.load(deployment, stream, after);
      },
    };
    const read = await rolloutReader(watched, snapshots)('long');
    expect(read.state).toEqual({ ...state, paused: 'a holiday' });
    const { state: outline } = await definitionReader(watched, snapshots)('long');
    expect(outline.definitionVersion).toBe(1);
    expect(asked).toEqual([version, version]);
  });

  it('remembers only so many deployments, and none wrongly', async () => {
    const log = inMemoryEventLog();
    const read = rolloutReader(log);
    const names = Array.from({ length: 200 }, (_, index) => `d${index}`);
    for (const name of names) await log.append(register(name));
    for (const name of [...names, ...names.toReversed()]) {
      expect((await read(name)).definition.deployment).toBe(name);
    }
  });

  it('keeps deployments apart', async () => {
    const log = inMemoryEventLog();
    const read = rolloutReader(log);
    await log.append(register('a'));
    await log.append(register('b'));
    expect((await read('a')).definition.deployment).toBe('a');
    expect((await read('b')).definition.deployment).toBe('b');
  });
});
