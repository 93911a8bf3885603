import type { RolloutDocuments } from './pipeline/ports.ts';
import type { RolloutDocument } from './rollout-document.ts';

/** Rollout documents in memory, by value, as a database keeps them. */
export function inMemoryRolloutDocuments(): RolloutDocuments {
  const published = new Map<string, RolloutDocument>();
  return {
    async publish(document) {
      const before = published.get(document.deployment);
      if (before && before.version >= document.version) return 'stale';
      published.set(document.deployment, structuredClone(document));
      return 'published';
    },
    read: async (deployment) => structuredClone(published.get(deployment)),
  };
}
