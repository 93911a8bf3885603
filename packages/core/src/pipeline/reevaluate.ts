import { decideDay, loadDay, type PartitionId } from './day-steps.ts';
import { keys } from './keys.ts';
import { landedThrough, listLanded } from './landed.ts';
import type { Pipeline } from './ports.ts';

export interface Reevaluated {
  readonly result: 'restated' | 'unchanged' | 'skipped';
  readonly why: string;
}

/**
 * Evaluates a mature date once more as of its latest look, with today's code and definition, and records what
 * differs as a restatement. The evidence that decisions rest on stays as it was frozen, and so do its metrics.
 */
export async function reevaluate(pipeline: Pipeline, partition: PartitionId): Promise<Reevaluated> {
  const { deployment, date } = partition;
  const { definition, state: rolloutState } = await pipeline.rollouts(deployment);
  const known = await loadDay(pipeline, partition);
  const { mature, latest, partition: records, predictions } = known.state;
  if (!mature || !latest) return { result: 'skipped', why: 'not mature: its next look evaluates it anew' };
  if ((records?.definitionVersion ?? 0) < rolloutState.challengerVersion) {
    return { result: 'skipped', why: 'it was scored before the challenger was revised' };
  }
  const { asOf, age } = latest;
  const outcomes = landedThrough(await listLanded(pipeline.objects, deployment, date, asOf), date, asOf);
  const evaluation = await pipeline.evaluator.evaluate({
    definition,
    records: records?.files ?? [],
    predictions: predictions ?? [],
    outcomes,
    metricsKey: keys.restatedMetrics(deployment, date, asOf, known.version + 1),
  });
  if (!evaluation.ok) {
    return {
      result: 'skipped',
      why: `${evaluation.step} rejected: ${evaluation.problems[0]?.what ?? 'unknown'}`,
    };
  }
  const { summary, metrics } = evaluation;
  const { definitionVersion } = rolloutState;
  const command = { type: 'Restate' as const, data: { asOf, age, summary, metrics, definitionVersion } };
  const decided = await decideDay(pipeline, partition, { command, causationId: 're-evaluation' }, known);
  return decided.appended
    ? { result: 'restated', why: '' }
    : { result: 'unchanged', why: decided.nothing ?? '' };
}
