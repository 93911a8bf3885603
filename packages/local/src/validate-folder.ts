import { readFile, rm, writeFile } from 'node:fs/promises';
import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { DaySummary, FileRef } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import type { Problem } from '@penumbra/core/problem';
import { type Connecting, duckDbOnDemand } from '@penumbra/evaluator/duckdb';
import { s3Evaluator } from '@penumbra/functions/aws/s3-evaluator';
import { type FolderBucket, folderBucket } from './folder-bucket.ts';
import type { DatedFiles, TrialFolder } from './trial-folder.ts';

/** What a date of a folder holds, or what is wrong with it. */
export interface CheckedDate {
  readonly date: CalendarDate;
  readonly problems: readonly Problem[];
  /** Absent where there are problems. */
  readonly summary: DaySummary | undefined;
  /** Whether the folder goes on until the outcomes of this date are old enough. */
  readonly matures: boolean;
}

/**
 * Checks every row of a folder as the pipeline would, date by date, with the code that does it on AWS: records, then
 * predictions and outcomes against them. Where a model is to make the predictions, constant ones stand in for them.
 */
export async function* validateFolder(
  folder: TrialFolder,
  dates: readonly CalendarDate[],
): AsyncGenerator<CheckedDate> {
  const store = await folderBucket();
  const db = duckDbOnDemand({ threads: 2 });
  try {
    for (const date of dates) yield await checkDate(folder, date, store, db);
  } finally {
    await db.close();
    await store.close();
  }
}

async function checkDate(
  { definition, records, outcomes, predictions }: TrialFolder,
  date: CalendarDate,
  store: FolderBucket,
  db: Connecting,
): Promise<CheckedDate> {
  const evaluator = s3Evaluator(store.bucket, db);
  const matureOn = addDays(date, definition.outcomes.maturityDays);
  const matures = matureOn <= ([...outcomes.keys()].at(-1) ?? '');
  const bad = (problems: readonly Problem[]) => ({ date, problems, summary: undefined, matures });
  const files = refs(records, date, date);
  const prepared = await evaluator.prepare({ definition, files, input: '' });
  if (!prepared.ok) return bad(prepared.problems);
  const inputs = store.takeUploads();
  const scores = definition.predictions ? refs(predictions, date, date) : await standIns(definition, inputs);
  if (scores.length === 0) return bad([withoutPredictions(date)]);
  const evaluated = await evaluator.evaluate({
    definition,
    records: files,
    predictions: scores,
    outcomes: refs(outcomes, date, matureOn),
    metricsKey: '',
  });
  for (const { key } of inputs) await rm(key);
  return evaluated.ok ? { date, problems: [], summary: evaluated.summary, matures } : bad(evaluated.problems);
}

const withoutPredictions = (date: CalendarDate): Problem => ({
  where: `predictions/date=${date}`,
  what: 'there are no predictions for the records of this date',
  remedy: 'Put the scores of the date there, or remove its records',
});

function refs(files: DatedFiles, from: CalendarDate, to: CalendarDate): FileRef[] {
  return [...files]
    .filter(([date]) => date >= from && date <= to)
    .flatMap(([, of]) => of.map(({ path }) => ({ key: path, bytes: 0, etag: '' })));
}

/** The id of each line of a model's input: quoted or not, and features, which are numbers, behind it. */
const INPUT_LINE = /("(?:[^"]|"")*"|[^,\n]*)(?:,[^\n]*)?\n/g;

/** Turns a model's input into a prediction for each of its rows, in place. */
async function standIns({ task }: Definition, inputs: readonly FileRef[]): Promise<FileRef[]> {
  const score = task.type === 'regression' ? 0 : 0.5;
  for (const { key } of inputs) {
    const input = await readFile(key, 'utf8');
    await writeFile(key, input.replaceAll(INPUT_LINE, `$1,${score}\n`));
  }
  return [...inputs];
}
