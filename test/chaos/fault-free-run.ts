import type { CalendarDate } from '@penumbra/core/calendar';
import { startCluster } from './cluster.ts';
import { reviewAs } from './reviews.ts';
import { land, morningAfter, register } from './round.ts';
import { calendarOf } from './scenario.ts';
import { settleQuietly } from './settle.ts';
import { readCanonicalLog, readDocument, readObjects, readWindows, trialsOf } from './trial-state.ts';

/** What a trial comes to when nothing fails. */
export interface FaultFree {
  /** The log when a date has settled, before its review. */
  readonly logs: ReadonlyMap<CalendarDate, readonly string[]>;
  readonly finalLog: readonly string[];
  readonly document: string;
  readonly windows: string;
  readonly objects: readonly string[];
}
/** By deployment. */
export type FaultFreeRun = ReadonlyMap<string, FaultFree>;

/** Runs the trials of a round through the same handlers and services, and nothing fails. */
export async function runFaultFree(deployments: number, days: number): Promise<FaultFreeRun> {
  const cluster = await startCluster({ faults: undefined, onReport: () => {} });
  try {
    const trials = trialsOf(deployments, undefined);
    const logs = trials.map(() => new Map<CalendarDate, readonly string[]>());
    for (const trial of trials) await register(cluster, trial);
    for (const date of calendarOf(days)) {
      cluster.setClock(morningAfter(date));
      for (const trial of trials) await land(cluster, trial, days, date);
      if (!(await settleQuietly(cluster)))
        throw new Error(`without any fault, ${date} does not come to rest`);
      for (const [index, trial] of trials.entries()) {
        logs[index]?.set(date, await readCanonicalLog(cluster, trial));
        const failure = await reviewAs(cluster, trial, date, undefined, () => {});
        if (failure) throw new Error(`without any fault, ${failure}`);
      }
    }
    const results = await Promise.all(
      trials.map(
        async (trial, index): Promise<[string, FaultFree]> => [
          trial.deployment,
          {
            logs: logs[index] ?? new Map(),
            finalLog: await readCanonicalLog(cluster, trial),
            document: await readDocument(cluster, trial),
            windows: await readWindows(cluster, trial),
            objects: await readObjects(cluster, trial),
          },
        ],
      ),
    );
    return new Map(results);
  } finally {
    await cluster.stop();
  }
}
