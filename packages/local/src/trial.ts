import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { addDays, type CalendarDate, datesFrom } from '@penumbra/core/calendar';
import { type DayState, day, next } from '@penumbra/core/day';
import type { DayEvent } from '@penumbra/core/day-events';
import { fold } from '@penumbra/core/decider';
import { dayStream } from '@penumbra/core/events';
import { looksAt } from '@penumbra/core/looks';
import { rolloutStream } from '@penumbra/core/pipeline/deployments';
import { execute } from '@penumbra/core/pipeline/execute';
import { keys, SUCCESS } from '@penumbra/core/pipeline/keys';
import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { review } from '@penumbra/core/pipeline/review';
import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import type { RolloutReview } from '@penumbra/core/rollout-events';
import {
  deadLetterQueue,
  type LocalPipeline,
  type LocalPipelineOptions,
  startLocalPipeline,
} from './local-pipeline.ts';
import type { TrialDocument } from './trial-document.ts';
import { type FolderFile, readTrialFolder, type TrialFolder } from './trial-folder.ts';
import { buildTrialDocument } from './trial-result.ts';

export interface TrialOptions
  extends Pick<LocalPipelineOptions, 'intercept' | 'repeatEvents' | 'loseEvents'> {
  readonly folder: string;
  /** First and last date of records; by default all that the folder holds. */
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
  /** Where log, objects and queues are kept; by default `.penumbra` in the folder. */
  readonly dataDir?: string;
  /** Forget what an earlier trial left in the data directory. */
  readonly fresh?: boolean;
  /** Hold a date whose data is bad and go on, instead of ending the trial. */
  readonly keepGoing?: boolean;
  readonly onProgress?: (progress: TrialProgress) => void;
  /** Ends the trial after the current date; a further one resumes. */
  readonly signal?: AbortSignal;
}

export interface TrialProgress {
  /** Dates done and in all. */
  readonly done: number;
  readonly total: number;
  readonly date: CalendarDate;
  readonly review?: RolloutReview | undefined;
  readonly resumed?: boolean;
}

const MARKER = 'trial.json';
/** Milliseconds between two looks at the log while a virtual day settles. */
const SETTLE_POLL_MS = 15;

/**
 * Runs a deployment over recorded history, calendar day by calendar day on a virtual clock, through the queues
 * and handlers that run on AWS. What a date holds is put into S3 when that date is over, never before. Resumes
 * where an earlier trial on the same data directory stopped.
 */
export async function runTrial(options: TrialOptions): Promise<Result<TrialDocument>> {
  const read = await readTrialFolder(options.folder);
  if (!read.ok) return read;
  const folder = read.value;
  const range = chooseRange(folder, options);
  if (!range.ok) return range;
  const dataDir = resolve(options.dataDir ?? join(folder.folder, '.penumbra'));
  const claimed = await claimDataDir(dataDir, folder, range.value.from, options.fresh ?? false);
  if (!claimed.ok) return claimed;

  const clock = { now: timeOf(range.value.from) };
  const { repeatEvents, loseEvents, intercept } = options;
  const pipeline = await startLocalPipeline({
    dataDir,
    models: modelsOf(folder),
    now: () => clock.now,
    ...(repeatEvents === undefined ? {} : { repeatEvents }),
    ...(loseEvents === undefined ? {} : { loseEvents }),
    ...(intercept ? { intercept } : {}),
  });
  try {
    const problems = await live(pipeline, folder, range.value, options, clock);
    if (problems.length > 0) return { ok: false, problems };
    return success(await buildTrialDocument(pipeline, folder, { ...range.value, dataDir }));
  } finally {
    await pipeline.stop();
  }
}

interface Range {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

function chooseRange(folder: TrialFolder, { from, to }: TrialOptions): Result<Range> {
  const dates = [...folder.records.keys()];
  const range = { from: from ?? dates[0] ?? '', to: to ?? dates.at(-1) ?? '' };
  if (dates.some((date) => date >= range.from && date <= range.to)) return success(range);
  return failure({
    where: 'records',
    what: `there are no records from ${range.from} to ${range.to}`,
    remedy: `Choose dates from ${dates[0]} to ${dates.at(-1)}`,
  });
}

/** Takes the data directory for this trial: resumes the same one, replaces another one, touches nothing else. */
async function claimDataDir(
  dataDir: string,
  folder: TrialFolder,
  from: CalendarDate,
  fresh: boolean,
): Promise<Result<string>> {
  const marker = join(dataDir, MARKER);
  const identity = JSON.stringify({
    trial: folder.definition.deployment,
    from,
    fingerprint: folder.fingerprint,
  });
  const found = await readFile(marker, 'utf8').catch(() => undefined);
  if (found === identity && !fresh) return success(dataDir);
  if (found === undefined && (await holdsAnything(dataDir))) {
    return failure({
      where: dataDir,
      what: 'this directory holds something else than a trial',
      remedy: 'Give an empty directory, or one of an earlier trial, with --data-dir',
    });
  }
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  await writeFile(marker, identity);
  return success(dataDir);
}

async function holdsAnything(directory: string): Promise<boolean> {
  const { readdir } = await import('node:fs/promises');
  return (await readdir(directory).catch(() => [])).length > 0;
}

function modelsOf({ definition, folder }: TrialFolder): LocalPipelineOptions['models'] {
  const { model } = definition;
  if (!model) return {};
  if (model.url !== undefined) return { [model.modelName]: { url: model.url } };
  if (model.command) return { [model.modelName]: { command: [...model.command], cwd: folder } };
  return {};
}

/** Early in the morning after a date: its records and outcomes are all there. */
const timeOf = (date: CalendarDate): string => `${addDays(date, 1)}T06:00:00.000Z`;

async function live(
  pipeline: LocalPipeline,
  folder: TrialFolder,
  range: Range,
  options: TrialOptions,
  clock: { now: string },
): Promise<readonly Problem[]> {
  const { definition } = folder;
  const { deployment } = definition;
  await execute(pipeline.pipeline, rolloutStream(deployment), () => ({
    command: { type: 'Register' as const, definition, startDate: range.from },
    causationId: 'trial',
  }));
  const dates = datesFrom(range.from, lastDate(folder, range));
  for (const [index, date] of dates.entries()) {
    if (options.signal?.aborted) return [stopped(date)];
    const { state } = await pipeline.pipeline.rollouts(deployment);
    const progress = { done: index + 1, total: dates.length, date };
    if (state.lastReview && state.lastReview.asOf >= date) {
      options.onProgress?.({ ...progress, resumed: true });
      continue;
    }
    clock.now = timeOf(date);
    await putDate(pipeline, folder, date, date <= range.to);
    const problems = await settle(pipeline, folder, range, date);
    if (problems.length > 0 && !options.keepGoing) return problems;
    const { review: reviewed } = await review(pipeline.pipeline, { deployment, asOf: date });
    options.onProgress?.({ ...progress, review: reviewed });
  }
  return [];
}

/** Time goes on after the last records for as long as outcomes are recorded that may still matter. */
function lastDate({ definition: { outcomes }, outcomes: landed }: TrialFolder, { to }: Range): CalendarDate {
  const matters = addDays(to, outcomes.maturityDays + outcomes.watchDays);
  const recorded = [...landed.keys()].at(-1) ?? to;
  return recorded <= to ? to : recorded < matters ? recorded : matters;
}

const stopped = (date: CalendarDate): Problem => ({
  where: 'trial',
  what: `stopped before ${date}`,
  remedy: 'Run the same command again to go on from there',
});

/** What S3 receives when `date` is over: its records, predictions made elsewhere, and the outcomes of that day. */
async function putDate(
  { bucket }: LocalPipeline,
  { definition: { deployment }, records, predictions, outcomes }: TrialFolder,
  date: CalendarDate,
  withRecords: boolean,
): Promise<void> {
  const put = async (prefix: string, files: readonly FolderFile[]) => {
    for (const { name, path } of files) await bucket.upload(`${prefix}${name}`, path);
    await bucket.write(`${prefix}${SUCCESS}`, new Uint8Array());
  };
  await put(`${keys.outcomes(deployment)}${date}/`, outcomes.get(date) ?? []);
  const scored = predictions.get(date);
  if (withRecords && scored) await put(keys.predictions(deployment, date), scored);
  const recorded = records.get(date);
  if (withRecords && recorded) await put(keys.records(deployment, date), recorded);
}

/** Waits until every message that this date can cause has done its work; answers what is wrong with the data. */
async function settle(
  pipeline: LocalPipeline,
  folder: TrialFolder,
  range: Range,
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
  let gone = false;
  pipeline.onExit(() => {
    gone = true;
  });
  for (let round = 1; open.length > 0 || !(await isQuiet(pipeline)); round += 1) {
    if (gone)
      throw new Error(`the local AWS ended unexpectedly; see ${pipeline.logFile} and aws.log beside it`);
    const states = await Promise.all(open.map((touchedDate) => loadDay(pipeline, deployment, touchedDate)));
    problems.push(...states.flatMap((state, index) => problemsOf(folder, open[index] ?? '', state)));
    open = open.filter((_, index) => !isSettled(states[index] ?? day.initial, open[index] ?? '', date, ages));
    if (round % 200 === 0) await failOnDeadLetters(pipeline);
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
  return ages.every((age) => addDays(date, age) !== asOf) || state.looks.includes(asOf);
}

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
