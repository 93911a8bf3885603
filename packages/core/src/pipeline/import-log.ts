import type { EventLog } from '../event-log.ts';
import type { StoredEvent } from '../events.ts';
import { sameEvent } from '../log-line.ts';
import type { DeploymentRegistry } from './ports.ts';

/** The log has another event where an imported one belongs. Nothing is overwritten. */
export class OtherEventThere extends Error {
  override readonly name = 'OtherEventThere';
  constructor(readonly eventId: string) {
    super(
      `the log holds another event ${eventId}: this is not a copy of the same log, and nothing is overwritten`,
    );
  }
}

/**
 * Appends one event of another log as it was written: its time, its actor and its causes too. An event that is
 * there already is skipped, so an import that was stopped goes on where it was.
 */
export async function importEvent(
  { log, deployments }: { readonly log: EventLog; readonly deployments: DeploymentRegistry },
  event: StoredEvent,
): Promise<'imported' | 'there'> {
  if (event.event.type === 'DeploymentRegistered') await deployments.add(event.deployment);
  if ((await log.append(event)) === 'appended') return 'imported';
  const [there] = await log.load(event.deployment, event.stream, event.version - 1);
  if (!there || !sameEvent(there, event)) throw new OtherEventThere(event.eventId);
  return 'there';
}
