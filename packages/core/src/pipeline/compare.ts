import type { DayState } from '../day.ts';
import type { Definition } from '../definition.ts';
import { type EngineChoice, engineFor, needsArms } from '../engine.ts';
import type { PartitionId } from './day-steps.ts';
import type { Loaded } from './execute.ts';
import { keys } from './keys.ts';
import type { Pipeline } from './ports.ts';
import { bytesOf, inputsOf, type LookByQuery, lookByQuery, type QueriedSoFar } from './query-look.ts';

export interface Compared extends QueriedSoFar {
  /** For the event that rests on the comparison; nothing where the definition leaves no choice. */
  readonly engine: { readonly engine?: EngineChoice };
}

/** One look compared, by the engine that its definition and its bytes call for. */
export async function compare(
  pipeline: Pipeline,
  look: Omit<LookByQuery, 'choice'>,
  day: Loaded<DayState>,
): Promise<Compared> {
  const { definition, metricsKey, outcomes, partition } = look;
  const inputs = inputsOf(day.state, outcomes);
  const choice = await choiceFor(pipeline, definition, partition, inputs);
  const engine = definition.evaluation.engine === 'lambda' ? {} : { engine: choice };
  if (choice.engine === 'athena') {
    return { ...(await lookByQuery(pipeline, { ...look, choice }, day)), engine };
  }
  return { day, came: await pipeline.evaluator.evaluate({ definition, ...inputs, metricsKey }), engine };
}

/** The choice of the definition, but for what no query can do with what is there. */
async function choiceFor(
  pipeline: Pipeline,
  definition: Definition,
  { deployment, date }: PartitionId,
  inputs: Parameters<typeof bytesOf>[0],
): Promise<EngineChoice> {
  const choice = engineFor(definition, bytesOf(inputs));
  if (choice.engine === 'lambda') return choice;
  const unfit = definition.evaluation.engine === 'auto' ? pipeline.queries.unfit(definition) : undefined;
  if (unfit !== undefined) return { engine: 'lambda', reason: unfit };
  if (!needsArms(definition)) return choice;
  // One beside each file of records. Where somebody rewrote the folder while it was taken in, another may be left.
  const arms = await pipeline.objects.list(keys.arms(deployment, date));
  if (arms.length === inputs.records.length) return choice;
  const reason =
    'the units of its records were not hashed for queries when they were taken in, as the definition did not ask for them';
  return { engine: 'lambda', reason };
}
