import { eventKey } from './envelope.ts';
import type { EventLog } from './event-log.ts';
import type { StoredEvent } from './events.ts';

/** The log in memory: what tests and simulations run on. Keeps events by value, as a database does. */
export function inMemoryEventLog(): EventLog {
  const deployments = new Map<string, Map<string, StoredEvent>>();
  const select = (deployment: string, wanted: (event: StoredEvent, key: string) => boolean): StoredEvent[] =>
    [...(deployments.get(deployment) ?? new Map<string, StoredEvent>())]
      .filter(([key, event]) => wanted(event, key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, event]) => structuredClone(event));
  return {
    async append(event) {
      const events = deployments.get(event.deployment) ?? new Map<string, StoredEvent>();
      const key = eventKey(event.stream, event.version);
      if (events.has(key)) return 'conflict';
      deployments.set(event.deployment, events.set(key, structuredClone(event)));
      return 'appended';
    },
    async load(deployment, stream, afterVersion = 0) {
      return select(deployment, (event) => event.stream === stream && event.version > afterVersion);
    },
    async latest(deployment, stream, most, beforeVersion = Number.POSITIVE_INFINITY) {
      return select(deployment, (event) => event.stream === stream && event.version < beforeVersion)
        .reverse()
        .slice(0, most);
    },
    async loadRange(deployment, from, to) {
      return select(deployment, ({ stream }) => stream >= from && stream <= to);
    },
    async *replay(deployment, after = '') {
      yield* select(deployment, (_, key) => key > after);
    },
  };
}
