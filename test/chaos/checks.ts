import type { StoredEvent } from '@penumbra/core/events';
import { firstDifference } from './canonical-log.ts';
import type { Cluster } from './cluster.ts';
import type { FaultFreeRun } from './fault-free-run.ts';
import type { Plan } from './plan.ts';
import { settleQuietly } from './settle.ts';
import { sweepMessages } from './sweeping.ts';
import {
  readCanonicalLog,
  readDocument,
  readLog,
  readObjects,
  readWindows,
  replayWindows,
  type Trial,
} from './trial-state.ts';

/** What is not as it would be without faults at the end of a round, each in words for a person. */
export async function checkTrials(
  cluster: Cluster,
  trials: readonly Trial[],
  expected: FaultFreeRun,
  plan: Plan,
  onFault: (seam: string) => void,
): Promise<string[]> {
  const failures: string[] = [];
  const fail = (what: string) => failures.push(what);
  if (!(await settleQuietly(cluster)))
    fail(`${await cluster.messagesWaiting()} messages are stuck in the queues`);
  const dead = await cluster.deadLetters();
  if (dead > 0) fail(`${dead} messages are dead letters`);

  const jobs = new Set(await cluster.transforms());
  for (const trial of trials) {
    const { deployment } = trial;
    const free = expected.get(deployment);
    if (!free) throw new Error(`${deployment} was not run without faults`);
    const differs = (what: string, before: readonly string[], now: readonly string[]) => {
      const difference = firstDifference(before, now);
      if (difference !== undefined) fail(`${deployment}: ${what} differs: ${difference}`);
    };
    differs('the log', free.finalLog, await readCanonicalLog(cluster, trial));
    differs('the rollout document', [free.document], [await readDocument(cluster, trial)]);
    const windows = await readWindows(cluster, trial);
    differs('the windows', [free.windows], [windows]);
    differs('what a replay makes of the windows', [windows], [await replayWindows(cluster, trial)]);
    differs(
      'what a sweep still sends',
      [],
      (await sweepMessages(cluster, trial)).map((message) => JSON.stringify(message)),
    );
    differs('an object in S3', free.objects, await readObjects(cluster, trial));

    const log = await readLog(cluster, trial);
    const named = log.flatMap(({ event }) =>
      event.type === 'TransformSubmitted' ? [event.data.jobName] : [],
    );
    const own = [...jobs].filter((job) => job.includes(deployment));
    differs('the set of transform jobs', [...named].sort(), [...own].sort());
    for (const seam of seamsInLog(trial, log, plan)) onFault(seam);
  }
  return failures;
}

/** Events that the log had taken and that are others now: a log that only grows has none of them. */
export async function overwrittenIn(
  cluster: Cluster,
  trials: readonly Trial[],
  appended: ReadonlyMap<string, string>,
): Promise<string[]> {
  const logs = await Promise.all(trials.map((trial) => readLog(cluster, trial)));
  return logs.flat().flatMap(({ eventId, at }) => {
    const first = appended.get(eventId);
    if (first === undefined || first === at) return [];
    return [`${eventId} was appended at ${first}, and overwritten at ${at}`];
  });
}

/** Faults of which the log itself tells: transforms that ended badly, and outcomes corrected after maturity. */
function seamsInLog({ deployment }: Trial, log: readonly StoredEvent[], plan: Plan): string[] {
  return log.flatMap(({ stream, event }) => {
    if (event.type === 'PartitionRestated') return ['outcomes: corrected after maturity'];
    if (event.type !== 'TransformFailed') return [];
    const end = plan.transformEnd(deployment, stream.replace('day/', ''), event.data.attempt);
    return end === undefined ? [] : [`transform: ${end}`];
  });
}
