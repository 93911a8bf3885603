import { setTimeout as sleep } from 'node:timers/promises';
import type { CalendarDate } from '@penumbra/core/calendar';
import { firstDifference } from './canonical-log.ts';
import type { Cluster } from './cluster.ts';
import { bringBack } from './sweeping.ts';
import { readCanonicalLog, type Trial } from './trial-state.ts';

const POLL_MS = 200;
/** Reading all logs costs more than asking whether anything moves. */
const LOOKS_AT_LOGS = 5;
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
  /** Called for each trial that a sweep got further. */
  readonly onSweep: () => void;
}

/**
 * Waits until every log is what it is without faults. Answers the trials that will never be: nothing waits, nothing
 * runs, the sweep finds nothing to send for what was dropped, and still the log is another one.
 */
export async function settle({
  cluster,
  trials,
  expected,
  date,
  onLook,
  onSweep,
}: SettleOptions): Promise<Stuck[]> {
  let open = [...trials];
  let quiet = 0;
  let sweeps = 0;
  for (let look = 1; look <= MOST_LOOKS; look += 1) {
    await onLook(look);
    quiet = (await isQuiet(cluster)) ? quiet + 1 : 0;
    if (quiet === 1 || quiet >= QUIET_LOOKS || look % LOOKS_AT_LOGS === 0) {
      const done = await Promise.all(open.map((trial) => isAsExpected(cluster, trial, expected(trial))));
      open = open.filter((_, index) => !done[index]);
    }
    if (open.length === 0) return [];
    if (quiet >= QUIET_LOOKS) {
      sweeps += 1;
      quiet = 0;
      const helped = await Promise.all(open.map((trial) => bringBack(cluster, trial, `${date} ${sweeps}`)));
      for (const help of helped) if (help) onSweep();
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

async function isAsExpected(cluster: Cluster, trial: Trial, expected: readonly string[]): Promise<boolean> {
  if (trial.truncated.size > 0) return false;
  return firstDifference(expected, await readCanonicalLog(cluster, trial)) === undefined;
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
