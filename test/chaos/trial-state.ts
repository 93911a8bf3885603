import type { CalendarDate } from '@penumbra/core/calendar';
import type { StoredEvent } from '@penumbra/core/events';
import { replayLog } from '@penumbra/core/pipeline/rebuild';
import { type Allowed, canonicalLog, NOTHING_ADDED, renumberedJobs } from './canonical-log.ts';
import type { Cluster } from './cluster.ts';
import type { Subject } from './invocation.ts';
import type { Plan } from './plan.ts';
import type { Kind } from './scenario.ts';

/** One deployment of a round, and what was done to it. */
export interface Trial {
  readonly deployment: string;
  readonly kind: Kind;
  readonly allowed: Allowed;
  /** What no queue holds any more, and a sweep must bring back. */
  readonly dropped: Subject[];
  /** Times that the predictions of a date were cut off. */
  readonly truncations: Map<CalendarDate, number>;
  /** Predictions that are cut off now, with what mends them. */
  readonly truncated: Map<CalendarDate, { readonly key: string; readonly bytes: Uint8Array }>;
}

/** The trials of a round, by name the same in each, since a deployment's name decides who is in which arm. */
export function trialsOf(count: number, plan: Plan | undefined): Trial[] {
  return Array.from({ length: count }, (_, index) =>
    trialOf(`t${String(index).padStart(2, '0')}`, index % 4 === 1 ? 'elsewhere' : 'by-model', plan),
  );
}

function trialOf(deployment: string, kind: Kind, plan: Plan | undefined): Trial {
  const truncations = new Map<CalendarDate, number>();
  return {
    deployment,
    kind,
    dropped: [],
    truncations,
    truncated: new Map(),
    allowed: plan
      ? {
          badAttempts: (date) => (kind === 'by-model' ? plan.badAttempts(deployment, date) : 0),
          truncations: (date) => truncations.get(date) ?? 0,
        }
      : NOTHING_ADDED,
  };
}

export async function readLog(cluster: Cluster, { deployment }: Trial): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of cluster.clean().pipeline.log.replay(deployment)) events.push(event);
  return events;
}

export async function readCanonicalLog(cluster: Cluster, trial: Trial): Promise<string[]> {
  return canonicalLog(await readLog(cluster, trial), trial.allowed);
}

/** Every object of a deployment but the outputs of bad attempts: key and ETag, which is of the content. */
export async function readObjects(cluster: Cluster, { deployment, allowed }: Trial): Promise<string[]> {
  const files = await cluster.clean().bucket.list(`${deployment}/`);
  return files.flatMap(({ key, etag }) => {
    const date = /date=(\d{4}-\d{2}-\d{2})/.exec(key)?.[1] ?? '';
    const bad = allowed.badAttempts(date);
    const attempt = Number(/-(\d+)\/[^/]*\.out$/.exec(key)?.[1] ?? bad + 1);
    return attempt <= bad ? [] : [`${renumberedJobs(key, bad)} ${etag}`];
  });
}

export async function readDocument(cluster: Cluster, { deployment }: Trial): Promise<string> {
  const document = await cluster.clean().pipeline.documents.read(deployment);
  return JSON.stringify(document ?? null);
}

export async function readWindows(cluster: Cluster, { deployment }: Trial): Promise<string> {
  const kept = await cluster.clean().pipeline.windows.read(deployment);
  return JSON.stringify(kept ?? null);
}

/** The windows that a replay of the log comes to. */
export async function replayWindows(cluster: Cluster, { deployment }: Trial): Promise<string> {
  const { projection } = await replayLog(cluster.clean().pipeline.log, deployment);
  const { document, windows, settled } = projection;
  return JSON.stringify({ version: document.version, asOf: document.asOf, windows, settled });
}
