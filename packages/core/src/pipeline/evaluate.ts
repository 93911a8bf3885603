import { addDays, type CalendarDate, datesFrom } from '../calendar.ts';
import { type DayState, next, owedLooks } from '../day.ts';
import type { FileRef } from '../day-events.ts';
import type { Definition } from '../definition.ts';
import { type Look, looksAt } from '../looks.ts';
import { compare } from './compare.ts';
import { decideDay, loadDay, type PartitionId } from './day-steps.ts';
import type { Defined } from './deployments.ts';
import type { Loaded } from './execute.ts';
import { keys, SUCCESS } from './keys.ts';
import { closedThrough, landedThrough, listLanded } from './landed.ts';
import type { Message, MessageBody } from './messages.ts';
import type { Pipeline } from './ports.ts';
import { inputsOf, learnOfQuery } from './query-look.ts';
import { continueRestatement } from './reevaluate.ts';

/** [outcomes-landed] Evaluates one date as far as it is due, or finds the dates that a closed folder makes due. */
export async function evaluate(pipeline: Pipeline, message: MessageBody<'outcomes-landed'>): Promise<void> {
  if ('queryExecutionId' in message) return evaluateQueried(pipeline, message.queryExecutionId);
  const registered = await pipeline.definitions(message.deployment);
  if ('landed' in message) {
    await spread(pipeline, registered, message);
  } else {
    await evaluateDate(pipeline, registered, message);
  }
}

/** The date whose query has ended: Athena is asked which one that is, since its events do not say. */
async function evaluateQueried(pipeline: Pipeline, queryExecutionId: string): Promise<void> {
  const { partition } = await pipeline.queries.describe(queryExecutionId);
  if (!partition) return;
  await evaluateDate(pipeline, await pipeline.definitions(partition.deployment), partition);
}

/** One message for each date that has a look as of this landing date, or as of later ones that waited for it. */
async function spread(
  pipeline: Pipeline,
  { definition, state }: Defined,
  { deployment, landed, causationId }: { deployment: string; landed: CalendarDate; causationId: string },
): Promise<void> {
  const through = closedThrough((await listLanded(pipeline.objects, deployment, landed)).closed, landed);
  if (through === undefined) return;
  const ages = looksAt(landed, definition.outcomes).map(({ age }) => age);
  const dates = datesFrom(landed, through).flatMap((asOf) => ages.map((age) => addDays(asOf, -age)));
  const messages = [...new Set(dates)]
    .filter((date) => date >= (state.startDate ?? date))
    .map((date): Message => ({ queue: 'outcomes-landed', body: { deployment, date, causationId } }));
  if (messages.length > 0) await pipeline.queues.send(messages);
}

async function evaluateDate(
  pipeline: Pipeline,
  registered: Defined,
  { deployment, date }: PartitionId,
): Promise<void> {
  const {
    definition,
    state: { definitionVersion },
  } = registered;
  const partition = { deployment, date };
  const loaded = await loadDay(pipeline, partition);
  const learned = await learnOfQuery(pipeline, partition, definition, loaded);
  if (!learned || next(learned.state).action !== 'evaluate') return;
  const planned = looksAt(date, definition.outcomes);
  const last = planned.at(-1)?.asOf ?? date;
  const landed = await listLanded(pipeline.objects, deployment, date, last);
  const through = closedThrough(landed.closed, date);
  if (through === undefined) return;

  const restated = await continueRestatement(pipeline, registered, partition, landed, learned);
  if (!restated) return;
  // A crash may lie between an evaluation and the maturity that follows from it: that look is owed no more.
  let day: Loaded<DayState> = await mature(pipeline, partition, definition, restated);
  for (const look of owedLooks(day.state, planned, through)) {
    const outcomes = landedThrough(landed, date, look.asOf);
    const looked = await lookAt(pipeline, partition, definition, definitionVersion, look, outcomes, day);
    if (!looked) return;
    day = looked;
  }
}

/**
 * The day after the look, or after its query was given up. Undefined where a query for it runs, or where its data was
 * rejected: no later look goes ahead of it.
 */
async function lookAt(
  pipeline: Pipeline,
  partition: PartitionId,
  definition: Definition,
  definitionVersion: number,
  { asOf, age }: Look,
  outcomes: readonly FileRef[],
  known: Loaded<DayState>,
): Promise<Loaded<DayState> | undefined> {
  const causationId = `${keys.outcomes(partition.deployment)}${asOf}/${SUCCESS}`;
  const landOutcomes = { type: 'LandOutcomes' as const, data: { asOf, age, files: [...outcomes] } };
  const landed = await decideDay(pipeline, partition, { command: landOutcomes, causationId }, known);

  const look = {
    partition,
    definition,
    definitionVersion,
    asOf,
    restates: false,
    outcomes,
    metricsKey: keys.metrics(partition.deployment, partition.date, asOf),
  };
  const { day, came, engine } = await compare(pipeline, look, landed);
  if (came === 'waits') return undefined;
  if (came === 'given-up') return day;
  if (!came.ok) {
    const { step, problems } = came;
    const files = came.files ?? inputsOf(day.state, outcomes)[step];
    const data = { step, asOf, files: [...files], problems: [...problems] };
    await decideDay(pipeline, partition, { command: { type: 'RejectPartition', data } }, day);
    return undefined;
  }
  const { summary, metrics } = came;
  const data = { asOf, age, summary, metrics, definitionVersion, ...engine };
  const evaluated = await decideDay(pipeline, partition, { command: { type: 'Evaluate', data } }, day);
  return mature(pipeline, partition, definition, evaluated);
}

function mature(
  pipeline: Pipeline,
  partition: PartitionId,
  { outcomes: { maturityDays, minCoverage } }: Definition,
  known: Loaded<DayState>,
): Promise<Loaded<DayState>> {
  return decideDay(pipeline, partition, { command: { type: 'Mature', maturityDays, minCoverage } }, known);
}
