import { outlineOf } from './pipeline/deployments.ts';
import type { Loaded } from './pipeline/execute.ts';
import type { RolloutSnapshots } from './pipeline/ports.ts';
import type { RolloutState } from './rollout.ts';

/** Snapshots by deployment, in memory. */
export function inMemoryRolloutSnapshots(): RolloutSnapshots {
  const published = new Map<string, Loaded<RolloutState>>();
  return {
    async publish(deployment, snapshot) {
      const before = published.get(deployment);
      if (before && before.version >= snapshot.version) return 'stale';
      published.set(deployment, structuredClone(snapshot));
      return 'published';
    },
    async read(deployment, detail) {
      const snapshot = published.get(deployment);
      return snapshot && detail === 'outline' ? outlineOf(snapshot) : snapshot;
    },
  };
}
