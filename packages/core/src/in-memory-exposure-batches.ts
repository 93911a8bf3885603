import { fromLines, toLines } from './exposure-lines.ts';
import type { ExposureBatches } from './pipeline/ports.ts';

/** What was reported, in memory: for tests and benchmarks. */
export function inMemoryExposureBatches(): ExposureBatches {
  const kept = new Map<string, Set<string>>();
  const keyOf = (deployment: string, date: string) => `${deployment}/${date}`;
  return {
    async add(deployment, date, batch) {
      const key = keyOf(deployment, date);
      kept.set(key, (kept.get(key) ?? new Set()).add(toLines(batch)));
    },
    async *read(deployment, date) {
      for (const lines of kept.get(keyOf(deployment, date)) ?? []) yield fromLines(lines);
    },
  };
}
