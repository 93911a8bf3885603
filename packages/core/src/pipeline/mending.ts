import type { CalendarDate } from '../calendar.ts';
import type { DayState } from '../day.ts';
import type { FileRef } from '../day-events.ts';
import { sameData } from '../same-data.ts';
import { closedFiles } from './closed-folder.ts';
import { keys } from './keys.ts';
import type { ObjectStore } from './ports.ts';

/**
 * What a day whose look was rejected waits for. somebody: its data is what was rejected, and looking again finds the
 * same. look: its data was mended. predictions: others are there, made elsewhere, and have to land first.
 */
export type Mending = 'somebody' | 'look' | 'predictions';

/**
 * The files of the step that a look of this day was rejected for, as they are now. Undefined where no look was
 * rejected, where the folder is open, and for outcomes, which every look lists anyway.
 */
export async function rejectedFilesNow(
  objects: ObjectStore,
  deployment: string,
  date: CalendarDate,
  { rejected, transform }: DayState,
): Promise<readonly FileRef[] | undefined> {
  if (rejected?.asOf === undefined || rejected.step === 'outcomes') return undefined;
  if (rejected.step === 'records') return closedFiles(objects, keys.records(deployment, date));
  return transform?.phase === 'completed'
    ? objects.list(keys.transformOutput(deployment, date, transform.jobName))
    : closedFiles(objects, keys.predictions(deployment, date));
}

/** What the rejected look as of a date waits for, from its state, the outcomes that it would see, and what is there. */
export function mending(
  { rejected, partition, predictions, transform }: DayState,
  outcomes: readonly FileRef[],
  rejectedNow: readonly FileRef[] | undefined,
): Mending {
  if (!rejected) return 'look';
  const { step, files } = rejected;
  if (step === 'outcomes') return sameData(files, outcomes) ? 'somebody' : 'look';
  if (rejectedNow === undefined || sameData(files, rejectedNow)) return 'somebody';
  // The log names the files that count: they are mended where those are there again.
  const named = step === 'records' ? partition?.files : predictions;
  if (sameData(named, rejectedNow)) return 'look';
  return step === 'predictions' && transform?.phase !== 'completed' ? 'predictions' : 'somebody';
}
