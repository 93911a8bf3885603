import type { EventLog } from '../event-log.ts';
import { ROLLOUT } from '../events.ts';
import { projectRollout } from '../project-rollout.ts';
import { newReplay, type Projection, projectionOf, type Replayed } from '../replay.ts';
import { rolloutStream, UnknownDeployment } from './deployments.ts';
import { load } from './execute.ts';
import type { RolloutDocuments } from './ports.ts';

/** Versions of what is projected from a log. Version 0 is what reviews publish before any replay. */
export interface Projections {
  current(deployment: string): Promise<number>;
  /** Writes a version that nobody reads yet. */
  write(deployment: string, version: number, projection: Projection): Promise<void>;
  read(deployment: string, version: number): Promise<Projection | undefined>;
  /** Makes readers use `version`, all at once; `lost` where `from` is not the current one any more. */
  switchTo(deployment: string, version: number, from: number): Promise<'switched' | 'lost'>;
}

export interface Rebuilt {
  /** Version of the projection that is read from now on. */
  readonly version: number;
  readonly replayed: Replayed;
  readonly projection: Projection;
}

/** Somebody else replayed the same deployment and was first. */
export class ReplayLost extends Error {
  override readonly name = 'ReplayLost';
  constructor(deployment: string) {
    super(`another replay of ${deployment} was switched to meanwhile; that one is current`);
  }
}

/** The log folded from nothing. Throws UnknownDeployment where it tells of none. */
export async function replayLog(
  log: EventLog,
  deployment: string,
  { until, onEvent }: { readonly until?: string | undefined; readonly onEvent?: () => void } = {},
): Promise<{ replayed: Replayed; projection: Projection }> {
  const replay = newReplay(until);
  for await (const event of log.replay(deployment)) {
    replay.add(event);
    onEvent?.();
  }
  const replayed = replay.result();
  const projection = projectionOf(replayed);
  if (!projection) throw new UnknownDeployment(deployment);
  return { replayed, projection };
}

/**
 * Folds the log into a new version of the projection and switches to it in the end. Until then readers see the
 * old one, so a replay that dies has changed nothing.
 */
export async function rebuild(
  {
    log,
    documents,
    projections,
  }: { readonly log: EventLog; readonly documents: RolloutDocuments; readonly projections: Projections },
  deployment: string,
  onEvent?: () => void,
): Promise<Rebuilt> {
  const from = await projections.current(deployment);
  const version = from + 1;
  const { replayed, projection } = await replayLog(log, deployment, onEvent ? { onEvent } : {});
  await projections.write(deployment, version, projection);
  if ((await projections.switchTo(deployment, version, from)) === 'lost') throw new ReplayLost(deployment);
  // A review that was recorded while the log was read has published to the version before.
  const known = { state: replayed.rollout, version: replayed.rolloutVersion, lastEventId: ROLLOUT };
  const now = await load(log, rolloutStream(deployment), known);
  const document = projectRollout(now.state, now.version);
  if (document && now.version > replayed.rolloutVersion) await documents.publish(document);
  return { version, replayed, projection };
}
