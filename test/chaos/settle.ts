import { setTimeout as sleep } from 'node:timers/promises';
import type { CalendarDate } from '@penumbra/core/calendar';
import { firstDifference } from './canonical-log.ts';
import type { Cluster } from './cluster.ts';
import type { Subject } from './invocation.ts';
import { readCanonicalLog, type Trial } from './trial-state.ts';

const POLL_MS = 200;
/** Looks in a row that must find nothing waiting and nothing running, before that is believed. */
const QUIET_LOOKS = 5;
/** Looks after which a date that still has messages is given up: minutes, where a date takes seconds. */
const MOST_LOOKS = 900;

export interface Stuck {
  readonly deployment: string;
  readonly what: string;
}

export interface SettleOptions {
  readonly cluster: Cluster;
  readonly trials: readonly Trial[];
  /** The log of each kind after this date in the run without faults. */
  readonly expected: (trial: Trial) => readonly string[];
  readonly date: CalendarDate;
  /** Called with each look: where processes are killed. */
  readonly onLook: (look: number) => Promise<void>;
}

/**
 * Waits until every log is what it is without faults. Answers the trials that will never be: nothing waits, nothing
 * runs, nothing was dropped that a sweep would bring back, and still the log is another one.
 */
export async function settle({ cluster, trials, expected, date, onLook }: SettleOptions): Promise<Stuck[]> {
  let open = [...trials];
  let quiet = 0;
  let sweeps = 0;
  for (let look = 1; look <= MOST_LOOKS; look += 1) {
    await onLook(look);
    const done = await Promise.all(
      open.map(async (trial) => {
        const log = await readCanonicalLog(cluster, trial);
        const isDone = firstDifference(expected(trial), log) === undefined && trial.truncated.size === 0;
        return isDone;
      }),
    );
    open = open.filter((_, index) => !done[index]);
    if (open.length === 0) return [];
    quiet = (await isQuiet(cluster)) ? quiet + 1 : 0;
    if (quiet >= QUIET_LOOKS) {
      sweeps += 1;
      quiet = 0;
      const helped = await Promise.all(open.map((trial) => bringBack(cluster, trial, `${date}-${sweeps}`)));
      if (helped.some((help) => !help))
        return stuck(
          open.filter((_, index) => !helped[index]),
          'is stuck',
        );
    }
    await sleep(POLL_MS);
  }
  return stuck(open, 'does not come to rest');

  function stuck(those: readonly Trial[], how: string): Promise<Stuck[]> {
    return Promise.all(
      those.map(async (trial) => {
        const difference = firstDifference(expected(trial), await readCanonicalLog(cluster, trial));
        return {
          deployment: trial.deployment,
          what: `${how} on ${date}: ${difference ?? 'its predictions were never read'}`,
        };
      }),
    );
  }
}

/** Waits until nothing waits and nothing runs; without faults there is nothing else to wait for. */
export async function settleQuietly(cluster: Cluster): Promise<boolean> {
  let quiet = 0;
  for (let look = 1; look <= MOST_LOOKS; look += 1) {
    quiet = (await isQuiet(cluster)) ? quiet + 1 : 0;
    if (quiet >= QUIET_LOOKS) return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function isQuiet(cluster: Cluster): Promise<boolean> {
  const [messages, running] = await Promise.all([cluster.messagesWaiting(), cluster.runningTransforms()]);
  return messages === 0 && running === 0;
}

/** Mends what was cut off and sends again what was dropped, as the sweep does. False where there is nothing of both. */
async function bringBack(cluster: Cluster, trial: Trial, sweep: string): Promise<boolean> {
  for (const [date, { key, bytes }] of trial.truncated) {
    await cluster.clean().bucket.write(key, bytes);
    trial.dropped.push({ deployment: trial.deployment, date });
  }
  trial.truncated.clear();
  const subjects = trial.dropped.splice(0);
  const different = [...new Map(subjects.map((subject) => [JSON.stringify(subject), subject])).values()];
  for (const subject of different) await sendNextAction(cluster, subject, `sweep-${sweep}`);
  return subjects.length > 0;
}

async function sendNextAction(
  cluster: Cluster,
  { deployment, date, landed }: Subject,
  causationId: string,
): Promise<void> {
  if (landed !== undefined) await cluster.send('outcomes-landed', { deployment, landed, causationId });
  if (date === undefined) return;
  await cluster.send('partition-ready', { deployment, date, causationId });
  await cluster.send('outcomes-landed', { deployment, date, causationId });
}
