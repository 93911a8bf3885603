import type { EventLog } from '../event-log.ts';
import type { StoredEvent } from '../events.ts';
import { UnknownDeployment } from './deployments.ts';

/**
 * A deployment's whole log, in order of stream and version.
 *
 * @throws {UnknownDeployment} where there is none.
 */
export async function recordedEvents(log: EventLog, deployment: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of log.replay(deployment)) events.push(event);
  if (events.length === 0) throw new UnknownDeployment(deployment);
  return events;
}
