import type { KeptWindows, WindowStore } from './pipeline/ports.ts';

/** Windows by deployment, in memory. */
export function inMemoryWindows(): WindowStore {
  const published = new Map<string, KeptWindows>();
  return {
    async publish(deployment, windows) {
      const before = published.get(deployment);
      if (before && before.version >= windows.version) return 'stale';
      published.set(deployment, structuredClone(windows));
      return 'published';
    },
    read: async (deployment) => published.get(deployment),
  };
}
