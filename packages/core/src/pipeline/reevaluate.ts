import type { DayState } from '../day.ts';
import { compare } from './compare.ts';
import { decideDay, loadDay, type PartitionId } from './day-steps.ts';
import type { Defined } from './deployments.ts';
import type { Loaded } from './execute.ts';
import { keys } from './keys.ts';
import { type Landed, landedThrough, listLanded } from './landed.ts';
import type { Pipeline } from './ports.ts';

export interface Reevaluated {
  /** submitted: a query runs, and the pipeline goes on from its end. */
  readonly result: 'restated' | 'unchanged' | 'submitted' | 'skipped';
  readonly why: string;
}

/**
 * Evaluates a mature date once more as of its latest look, with today's code and definition, and records what
 * differs as a restatement. The evidence that decisions rest on stays as it was frozen, and so do its metrics.
 */
export async function reevaluate(pipeline: Pipeline, partition: PartitionId): Promise<Reevaluated> {
  const { deployment, date } = partition;
  const registered = await pipeline.definitions(deployment);
  const known = await loadDay(pipeline, partition);
  const { query, ...state } = known.state;
  const { mature, latest, partition: records } = state;
  if (!mature || !latest) return { result: 'skipped', why: 'not mature: its next look evaluates it anew' };
  if ((records?.definitionVersion ?? 0) < registered.state.challengerVersion) {
    return { result: 'skipped', why: 'it was scored before the challenger was revised' };
  }
  if (query?.phase === 'submitted') return { result: 'skipped', why: 'a query for it runs' };
  const landed = await listLanded(pipeline.objects, deployment, date, latest.asOf);
  // Whatever was queried before: today's code may ask otherwise.
  return (await restate(pipeline, registered, partition, landed, { ...known, state })).done;
}

/** Goes on with a re-evaluation whose query has ended. Undefined where another one runs now. */
export async function continueRestatement(
  pipeline: Pipeline,
  registered: Defined,
  partition: PartitionId,
  landed: Landed,
  known: Loaded<DayState>,
): Promise<Loaded<DayState> | undefined> {
  const { query } = known.state;
  if (!query?.restates || (query.phase === 'failed' && !query.retry)) return known;
  const { day, done } = await restate(pipeline, registered, partition, landed, known);
  return done.result === 'submitted' ? undefined : day;
}

async function restate(
  pipeline: Pipeline,
  { definition, state: { definitionVersion } }: Defined,
  partition: PartitionId,
  landed: Landed,
  known: Loaded<DayState>,
): Promise<{ readonly day: Loaded<DayState>; readonly done: Reevaluated }> {
  const { deployment, date } = partition;
  const { latest } = known.state;
  if (!latest) return { day: known, done: { result: 'skipped', why: 'it was never looked at' } };
  const { asOf, age } = latest;
  const look = {
    partition,
    definition,
    definitionVersion,
    asOf,
    restates: true,
    outcomes: landedThrough(landed, date, asOf),
    metricsKey: keys.restatedMetrics(deployment, date, asOf, known.version + 1),
  };
  const { day, came, engine } = await compare(pipeline, look, known);
  if (came === 'waits') return { day, done: { result: 'submitted', why: '' } };
  if (came === 'given-up') {
    return { day, done: { result: 'skipped', why: `query failed: ${day.state.query?.reason ?? 'unknown'}` } };
  }
  if (!came.ok) {
    const why = `${came.step} rejected: ${came.problems[0]?.what ?? 'unknown'}`;
    return { day, done: { result: 'skipped', why } };
  }
  const { summary, metrics } = came;
  const data = { asOf, age, summary, metrics, definitionVersion, ...engine };
  const command = { type: 'Restate' as const, data };
  const decided = await decideDay(pipeline, partition, { command, causationId: 're-evaluation' }, day);
  const result = decided.appended ? 'restated' : 'unchanged';
  return { day: decided, done: { result, why: decided.nothing ?? '' } };
}
