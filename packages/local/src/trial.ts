import { join, resolve } from 'node:path';
import { addDays, type CalendarDate, datesFrom } from '@penumbra/core/calendar';
import { keys, SUCCESS } from '@penumbra/core/pipeline/keys';
import { register } from '@penumbra/core/pipeline/register';
import { review } from '@penumbra/core/pipeline/review';
import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import type { RolloutReview } from '@penumbra/core/rollout-events';
import { type LocalPipeline, type LocalPipelineOptions, startLocalPipeline } from './local-pipeline.ts';
import { settle } from './settle.ts';
import { claimDataDir } from './trial-data-dir.ts';
import type { TrialDocument } from './trial-document.ts';
import { type Engine, type FolderFile, readTrialFolder, type TrialFolder } from './trial-folder.ts';
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
  /** What compares the days, in the place of what the definition says. */
  readonly engine?: Engine;
  /** Hold a date whose data is bad and go on, instead of ending the trial. */
  readonly keepGoing?: boolean;
  readonly onProgress?: (progress: TrialProgress) => void;
  /** Something failed and is tried again; in a sentence. */
  readonly onTrouble?: (what: string) => void;
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

/**
 * Runs a deployment over recorded history, calendar day by calendar day on a virtual clock, through the queues
 * and handlers that run on AWS. What a date holds is put into S3 when that date is over, never before. Resumes
 * where an earlier trial on the same data directory stopped.
 */
export async function runTrial(options: TrialOptions): Promise<Result<TrialDocument>> {
  const read = await readTrialFolder(options.folder, options.engine);
  if (!read.ok) return read;
  const folder = read.value;
  const range = chooseRange(folder, options);
  if (!range.ok) return range;
  const dataDir = resolve(options.dataDir ?? join(folder.folder, '.penumbra'));
  const claimed = await claimDataDir(dataDir, folder, range.value.from, options.fresh ?? false);
  if (!claimed.ok) return claimed;

  const clock = { now: timeOf(range.value.from) };
  const { repeatEvents, loseEvents, intercept, onTrouble } = options;
  const pipeline = await startLocalPipeline({
    dataDir,
    models: modelsOf(folder),
    now: () => clock.now,
    ...(repeatEvents === undefined ? {} : { repeatEvents }),
    ...(loseEvents === undefined ? {} : { loseEvents }),
    ...(intercept ? { intercept } : {}),
    ...(onTrouble ? { onTrouble } : {}),
  });
  try {
    const problems = await live(pipeline, folder, range.value, options, clock);
    if (problems.length > 0) return { ok: false, problems };
    return success(await buildTrialDocument(pipeline, folder, { ...range.value, dataDir }));
  } finally {
    await pipeline.stop();
  }
}

export interface Range {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

export function chooseRange(
  folder: TrialFolder,
  { from, to }: Pick<TrialOptions, 'from' | 'to'>,
): Result<Range> {
  const dates = [...folder.records.keys()];
  const range = { from: from ?? dates[0] ?? '', to: to ?? dates.at(-1) ?? '' };
  if (dates.some((date) => date >= range.from && date <= range.to)) return success(range);
  return failure({
    where: 'records',
    what: `there are no records from ${range.from} to ${range.to}`,
    remedy: `Choose dates from ${dates[0]} to ${dates.at(-1)}`,
  });
}

export function modelsOf({ definition, folder }: TrialFolder): LocalPipelineOptions['models'] {
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
  await register(pipeline.pipeline, { definition, startDate: range.from, causationId: 'trial' });
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
export function lastDate(
  { definition: { outcomes }, outcomes: landed }: TrialFolder,
  { to }: Range,
): CalendarDate {
  const matters = addDays(to, outcomes.maturityDays + outcomes.watchDays);
  const recorded = [...landed.keys()].at(-1) ?? to;
  const [earlier = to] = [recorded, matters].sort();
  return earlier < to ? to : earlier;
}

const stopped = (date: CalendarDate): Problem => ({
  where: 'trial',
  what: `stopped before ${date}`,
  remedy: 'Run the same command again to go on from there',
});

/** What S3 receives when `date` is over: its records, predictions made elsewhere, and the outcomes of that day. */
export async function putDate(
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
