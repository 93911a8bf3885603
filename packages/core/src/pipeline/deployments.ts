import type { Definition } from '../definition.ts';
import type { EventLog } from '../event-log.ts';
import { ROLLOUT } from '../events.ts';
import { type RolloutCommand, type RolloutState, rollout } from '../rollout.ts';
import type { RolloutEvent } from '../rollout-events.ts';
import { type Loaded, load, type StreamOf } from './execute.ts';

export const rolloutStream = (deployment: string): StreamOf<RolloutState, RolloutCommand, RolloutEvent> => ({
  decider: rollout,
  deployment,
  stream: ROLLOUT,
});

export class UnknownDeployment extends Error {
  override readonly name = 'UnknownDeployment';
  constructor(readonly deployment: string) {
    super(`there is no deployment "${deployment}": register it first, or correct the folder's name`);
  }
}

export interface Registered extends Loaded<RolloutState> {
  readonly definition: Definition;
}

/**
 * A reader of rollouts that keeps what it has folded: events never change, so only those after the ones it
 * knows are read again.
 */
export function rolloutReader(log: EventLog): (deployment: string) => Promise<Registered> {
  const known = new Map<string, Loaded<RolloutState>>();
  return async (deployment) => {
    const loaded = await load(log, rolloutStream(deployment), known.get(deployment));
    const { definition } = loaded.state;
    if (!definition) throw new UnknownDeployment(deployment);
    known.set(deployment, loaded);
    return { ...loaded, definition };
  };
}
