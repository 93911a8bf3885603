import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import { rolloutStream } from '@penumbra/core/pipeline/deployments';
import { execute } from '@penumbra/core/pipeline/execute';
import { checkTrials, overwrittenIn } from './checks.ts';
import { type Cluster, startCluster } from './cluster.ts';
import type { FaultFreeRun } from './fault-free-run.ts';
import type { Mutation } from './mutations.ts';
import { type Faults, type Plan, planFor } from './plan.ts';
import { reviewAs } from './reviews.ts';
import { calendarOf, definitionOf, FROM, scenarioOf } from './scenario.ts';
import { settle } from './settle.ts';
import { type Trial, trialsOf } from './trial-state.ts';
import { truncateOutputs } from './truncation.ts';

/** Looks at the logs of a date among which the kills are spread. */
const KILLS_WITHIN = 12;
const MOST_KILLS_A_DAY = 4;

export interface RoundOptions {
  readonly faults: Faults;
  /** As many as the run without faults had. */
  readonly deployments: number;
  /** Days of records. */
  readonly days: number;
  readonly expected: FaultFreeRun;
  readonly mutation?: Mutation;
  /** Chance of each possible kill; 0 where processes are to live. */
  readonly kills: number;
  readonly onFault: (seam: string) => void;
  /** Called where a sweep brought back what was dropped or cut off. */
  readonly onSweep?: () => void;
  readonly onDay?: (done: number, total: number) => void;
}

export interface Round {
  /** What is not as without faults, each in words for a person; none where all is well. */
  readonly failures: readonly string[];
  /** Where the logs of handlers and AWS were left, after a failure. */
  readonly dataDir: string;
}

/** Several deployments side by side, all through the same days, queues and workers, with the faults of one plan. */
export async function runRound(options: RoundOptions): Promise<Round> {
  const { faults, deployments, onFault } = options;
  const plan = planFor(faults);
  const trials = trialsOf(deployments, plan);
  const byName = new Map(trials.map((trial) => [trial.deployment, trial]));
  const appended = new Map<string, string>();
  const cluster = await startCluster({
    faults,
    mutation: options.mutation,
    onReport: (report) => {
      if (report.type === 'fault') onFault(report.seam);
      else if (report.type === 'appended')
        appended.set(report.eventId, appended.get(report.eventId) ?? report.at);
      else byName.get(report.subject.deployment)?.dropped.push(report.subject);
    },
  });
  let failures: string[] = ['the round did not end'];
  try {
    failures = await liveThrough(cluster, trials, plan, appended, options);
    if (failures.length === 0) failures = await checkTrials(cluster, trials, options.expected, plan, onFault);
  } finally {
    await cluster.stop({ keep: failures.length > 0 && options.mutation === undefined });
  }
  return { failures, dataDir: cluster.dataDir };
}

async function liveThrough(
  cluster: Cluster,
  trials: readonly Trial[],
  plan: Plan,
  appended: ReadonlyMap<string, string>,
  { expected, days, kills, onFault, onSweep = () => {}, onDay }: RoundOptions,
): Promise<string[]> {
  for (const trial of trials) await register(cluster, trial);
  const calendar = calendarOf(days);
  for (const [index, date] of calendar.entries()) {
    cluster.setClock(morningAfter(date));
    for (const trial of trials) await truncateOutputs(cluster, trial, date, plan, onFault);
    await Promise.all(trials.map((trial) => land(cluster, trial, days, date)));
    const killers = killsOf(date, plan, kills);
    const stuck = await settle({
      cluster,
      trials,
      date,
      onSweep,
      expected: ({ deployment }) => expected.get(deployment)?.logs.get(date) ?? [],
      onLook: async (look) => {
        for (const { process, worker } of killers.get(look) ?? []) {
          if (process === 'AWS') await cluster.killAws();
          else await cluster.killWorker(worker);
          onFault(`process: SIGKILL of ${process}`);
        }
      },
    });
    if (stuck.length > 0) return stuck.map(({ deployment, what }) => `${deployment} ${what}`);
    const reviews = await Promise.all(trials.map((trial) => reviewAs(cluster, trial, date, plan, onFault)));
    const failed = reviews.flatMap((failure, at) =>
      failure ? [`${trials[at]?.deployment}: ${failure}`] : [],
    );
    if (failed.length > 0) return failed;
    const overwritten = await overwrittenIn(cluster, trials, appended);
    if (overwritten.length > 0) return overwritten;
    onDay?.(index + 1, calendar.length);
  }
  return [];
}

/** Early on the day after, when everything of a date is there. */
export const morningAfter = (date: CalendarDate): string => `${addDays(date, 1)}T06:00:00.000Z`;

export async function register(cluster: Cluster, { deployment, kind }: Trial): Promise<void> {
  await execute(cluster.clean().pipeline, rolloutStream(deployment), () => ({
    command: { type: 'Register' as const, definition: definitionOf(deployment, kind), startDate: FROM },
    causationId: 'chaos',
  }));
}

/** Puts into S3 what a date brings. */
export async function land(
  cluster: Cluster,
  { deployment, kind }: Trial,
  days: number,
  date: CalendarDate,
): Promise<void> {
  for (const { key, text } of scenarioOf(kind, days).uploads.get(date) ?? []) {
    await cluster.clean().bucket.write(`${deployment}${key}`, Buffer.from(text));
  }
}

interface Kill {
  readonly process: 'AWS' | 'a worker';
  readonly worker: number;
}

/** At which looks of a date which process dies. */
function killsOf(date: CalendarDate, { draw }: Plan, chance: number): Map<number, Kill[]> {
  const kills = new Map<number, Kill[]>();
  for (const process of ['AWS', 'a worker'] as const) {
    for (let nth = 0; nth < MOST_KILLS_A_DAY; nth += 1) {
      if (draw('kill', process, date, nth) >= chance) continue;
      const look = 1 + Math.floor(draw('when', process, date, nth) * KILLS_WITHIN);
      kills.set(look, [...(kills.get(look) ?? []), { process, worker: nth % 2 }]);
    }
  }
  return kills;
}
