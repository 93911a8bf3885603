import { inMemoryDeploymentRegistry } from '@penumbra/core/in-memory-deployment-registry';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { describe, expect, it } from 'vitest';
import { flagReader } from './flags.ts';

const document = (version: number, deployment = 'rebooking'): RolloutDocument => ({
  deployment,
  version,
  definitionVersion: 1,
  asOf: null,
  validUntil: null,
  certificate: null,
  slices: [],
});

/** A store that counts what it is asked for, and a clock that stands still. */
function reader(lifeMs = 1000) {
  const store = new Map<string, RolloutDocument>();
  const clock = { now: 0 };
  const state = { reads: 0, away: false };
  const deployments = inMemoryDeploymentRegistry();
  const documents = {
    publish: async () => 'published' as const,
    read: async (deployment: string) => {
      state.reads += 1;
      if (state.away) throw new Error('the store is away');
      return store.get(deployment);
    },
  };
  const flags = flagReader({ documents, deployments }, lifeMs, () => clock.now);
  const version = async () => (await flags.read('rebooking'))?.document.version;
  return { store, clock, state, deployments, flags, version };
}

describe('a reader of flags', () => {
  it('asks the store once for many readers, and again when the time is over', async () => {
    const { store, clock, state, version } = reader();
    store.set('rebooking', document(1));
    expect(await Promise.all([version(), version(), version()])).toEqual([1, 1, 1]);
    store.set('rebooking', document(2));
    clock.now = 999;
    expect([await version(), state.reads]).toEqual([1, 1]);
    clock.now = 1000;
    expect([await version(), state.reads]).toEqual([2, 2]);
  });

  it('asks the store each time where an application polls, and remembers that for the others', async () => {
    const { store, state, flags, version } = reader();
    store.set('rebooking', document(1));
    await version();
    store.set('rebooking', document(2));
    expect((await flags.readNow('rebooking'))?.document.version).toBe(2);
    expect([await version(), state.reads]).toEqual([2, 2]);
  });

  it('takes over what was published here at once', async () => {
    const { store, flags, version } = reader();
    store.set('rebooking', document(1));
    await version();
    flags.replace(document(2));
    expect(await version()).toBe(2);
  });

  it('lets no older document replace a newer one', async () => {
    const { store, clock, version } = reader();
    store.set('rebooking', document(2));
    await version();
    store.set('rebooking', document(1));
    clock.now = 5000;
    expect(await version()).toBe(2);
  });

  it('takes a document of the same version that was projected anew', async () => {
    const { store, clock, flags, version } = reader();
    store.set('rebooking', document(2));
    await version();
    store.set('rebooking', { ...document(2), definitionVersion: 7 });
    clock.now = 5000;
    expect((await flags.read('rebooking'))?.document.definitionVersion).toBe(7);
  });

  it('keeps the last good one while the store is away, and asks again each time', async () => {
    const { store, clock, state, version } = reader();
    store.set('rebooking', document(1));
    await version();
    state.away = true;
    clock.now = 1000;
    expect(await version()).toBe(1);
    state.away = false;
    store.set('rebooking', document(2));
    clock.now = 2000;
    expect(await version()).toBe(2);
  });

  it('fails where it never had one, and keeps no failure', async () => {
    const { store, state, version } = reader();
    state.away = true;
    await expect(version()).rejects.toThrow('the store is away');
    state.away = false;
    store.set('rebooking', document(1));
    expect(await version()).toBe(1);
  });

  it('keeps nothing of names that there are not: anybody may make them up', async () => {
    const { state, flags } = reader();
    for (let name = 0; name < 3; name += 1) expect(await flags.read('demand')).toBeUndefined();
    expect(state.reads).toBe(3);
  });

  it('reads all deployments in order of name, those without a document left out', async () => {
    const { store, flags, deployments } = reader();
    for (const name of ['rebooking', 'demand', 'nothing-yet']) await deployments.add(name);
    store.set('rebooking', document(1)).set('demand', document(3, 'demand'));
    expect((await flags.readAll()).map(({ document: { deployment } }) => deployment)).toEqual([
      'demand',
      'rebooking',
    ]);
  });
});
