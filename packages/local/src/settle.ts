import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import { type DayState, day, next } from '@penumbra/core/day';
import type { DayEvent } from '@penumbra/core/day-events';
import { queryFailure } from '@penumbra/core/day-query';
import { fold } from '@penumbra/core/decider';
import { dayStream } from '@penumbra/core/events';
import { looksAt } from '@penumbra/core/looks';
import { keys } from '@penumbra/core/pipeline/keys';
import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import type { Problem } from '@penumbra/core/problem';
import type { LocalPipeline } from './local-pipeline.ts';
import { deadLetterQueue } from './pipeline-resources.ts';
import type { TrialFolder } from './trial-folder.ts';

/** Milliseconds between two looks at the log while a virtual day settles. */
const SETTLE_POLL_MS = 15;
/** Looks at the log between two at the dead letters. */
const DEAD_LETTERS_EVERY = 200;

/** Waits until every message that this date can cause has done its work; answers what is wrong with the data. */
export async function settle(
  pipeline: LocalPipeline,
  folder: TrialFolder,
  range: { readonly from: CalendarDate; readonly to: CalendarDate },
  date: CalendarDate,
): Promise<readonly Problem[]> {
  const { deployment, outcomes } = folder.definition;
  const ages = looksAt(date, outcomes).map(({ age }) => age);
  const touched = [date, ...ages.map((age) => addDays(date, -age))]
    .filter(
      (touchedDate) =>
        touchedDate >= range.from && touchedDate <= range.to && folder.records.has(touchedDate),
    )
    .sort();
  let open = [...new Set(touched)];
  const problems: Problem[] = [];
  for (let round = 1; open.length > 0 || !(await isQuiet(pipeline)); round += 1) {
    if (pipeline.isGone())
      throw new Error(`the local AWS ended unexpectedly; see ${pipeline.logFile} and aws.log beside it`);
    const states = await Promise.all(open.map((touchedDate) => loadDay(pipeline, deployment, touchedDate)));
    problems.push(...states.flatMap((state, index) => problemsOf(folder, open[index] ?? '', state)));
    open = open.filter((_, index) => !isSettled(states[index] ?? day.initial, open[index] ?? '', date, ages));
    if (round % DEAD_LETTERS_EVERY === 0) await failOnDeadLetters(pipeline);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
  }
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

async function loadDay(
  { pipeline }: LocalPipeline,
  deployment: string,
  date: CalendarDate,
): Promise<DayState> {
  const events = await pipeline.log.load(deployment, dayStream(date));
  return fold(
    day,
    events.map(({ event }) => event as DayEvent),
  );
}

/** Whether a date has done all that it can on the day `asOf`. */
function isSettled(
  state: DayState,
  date: CalendarDate,
  asOf: CalendarDate,
  ages: readonly number[],
): boolean {
  if (state.rejected) return true;
  if (!state.predictions) return state.partition !== undefined && next(state).action === 'none';
  if (hasNoQueryLeft(state)) return true;
  return ages.every((age) => addDays(date, age) !== asOf) || state.looks.includes(asOf);
}

/** Whether the query of the look that landed last failed for good. */
const hasNoQueryLeft = ({ query }: DayState): boolean => query?.phase === 'failed' && !query.retry;

/** Whether no message is waiting or being handled; a delayed look at a transform does not count. */
async function isQuiet({ sqs, queueUrls }: LocalPipeline): Promise<boolean> {
  const queues = QUEUE_NAMES.filter((queue) => queue !== 'transform-submitted');
  const counts = await Promise.all(
    queues.map(async (queue) => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: queueUrls[queue],
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return (
        Number(Attributes.ApproximateNumberOfMessages) +
        Number(Attributes.ApproximateNumberOfMessagesNotVisible)
      );
    }),
  );
  return counts.every((count) => count === 0);
}

/** What a person must mend before this date can be evidence. */
function problemsOf({ definition }: TrialFolder, date: CalendarDate, state: DayState): readonly Problem[] {
  if (state.rejected) return state.rejected.problems;
  if (state.partition?.rows === 0) {
    return [
      {
        where: keys.records(definition.deployment, date),
        what: 'the partition is empty: its files hold no record',
        remedy: 'Write the records of the date, or remove the folder if there were none',
      },
    ];
  }
  const { transform } = state;
  if (transform?.phase === 'failed' && !transform.retry) {
    return [
      {
        where: `model ${definition.model?.modelName ?? ''}, transform ${transform.jobName}`,
        what: `the transform of ${date} failed ${transform.attempt} times: ${transform.reason ?? 'no reason given'}`,
        remedy: 'Try the container by hand: POST a few lines of the transform input to /invocations',
      },
    ];
  }
  const { query } = state;
  if (query && hasNoQueryLeft(state)) {
    return [
      {
        where: `the look at ${date} as of ${query.asOf}`,
        what: queryFailure(query),
        remedy: 'Correct the data or the definition, or use evaluation.engine lambda',
      },
    ];
  }
  return [];
}

async function failOnDeadLetters({ sqs, queueUrls, logFile }: LocalPipeline): Promise<void> {
  for (const queue of QUEUE_NAMES) {
    const QueueUrl = queueUrls[deadLetterQueue(queue)];
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
    if (Messages[0]) {
      throw new Error(
        `a message of ${queue} failed again and again: ${Messages[0].Body}\nSee ${logFile} for the reason.`,
      );
    }
  }
}
