import type { EventLog } from '@penumbra/core/event-log';
import type { StoredEvent } from '@penumbra/core/events';
import { UnknownDeployment } from '@penumbra/core/pipeline/deployments';

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
