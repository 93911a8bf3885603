import type { Definition } from '../definition.ts';
import type { EventLog } from '../event-log.ts';
import { ROLLOUT } from '../events.ts';
import { type RolloutCommand, type RolloutState, rollout } from '../rollout.ts';
import type { RolloutEvent } from '../rollout-events.ts';
import { type Loaded, load, type StreamOf } from './execute.ts';
import type { RolloutSnapshots, SnapshotDetail } from './ports.ts';

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

/** A deployment as the steps of a day need it. */
export interface Defined {
  readonly definition: Definition;
  readonly state: Pick<RolloutState, 'definitionVersion' | 'challengerVersion' | 'startDate'>;
}

/** Rollouts that one process remembers: with thousands of deployments no process sees one of them often. */
const MOST_KNOWN = 64;

/**
 * A reader of rollouts that keeps what it has folded: events never change, so only those after the ones it knows, or
 * after the last snapshot, are read.
 */
export function rolloutReader(
  log: EventLog,
  snapshots?: RolloutSnapshots,
): (deployment: string) => Promise<Registered> {
  return reader(log, 'whole', snapshots);
}

/** The same without evidence and exposures, which grow with every day: what is read does not. */
export function definitionReader(
  log: EventLog,
  snapshots?: RolloutSnapshots,
): (deployment: string) => Promise<Defined> {
  return reader(log, 'outline', snapshots);
}

function reader(
  log: EventLog,
  detail: SnapshotDetail,
  snapshots: RolloutSnapshots | undefined,
): (deployment: string) => Promise<Registered> {
  const known = new Map<string, Loaded<RolloutState>>();
  return async (deployment) => {
    const before = known.get(deployment) ?? (await snapshots?.read(deployment, detail));
    const read = await load(log, rolloutStream(deployment), before);
    const loaded = detail === 'outline' ? outlineOf(read) : read;
    const { definition } = loaded.state;
    if (!definition) throw new UnknownDeployment(deployment);
    // The one that was asked for last is forgotten last.
    known.delete(deployment);
    known.set(deployment, loaded);
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value ?? '');
    return { ...loaded, definition };
  };
}

/** A rollout without what grows with its days. */
export const outlineOf = ({ state, ...loaded }: Loaded<RolloutState>): Loaded<RolloutState> => ({
  ...loaded,
  state: { ...state, evidence: [], exposures: [] },
});
