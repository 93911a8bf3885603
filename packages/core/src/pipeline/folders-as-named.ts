import type { DayState } from '../day.ts';
import type { FileRef } from '../day-events.ts';
import type { Definition } from '../definition.ts';
import type { Problem } from '../problem.ts';
import { changedPredictions, changedRecords, strangeFile } from './changed-files.ts';
import type { PartitionId } from './day-steps.ts';
import { keys, SUCCESS } from './keys.ts';
import type { HeldEvaluation, ObjectStore } from './ports.ts';

/**
 * Whether the folders that a query reads hold the files that the log names, and no others: a query cannot be told
 * ETags. Undefined where they do.
 */
export async function foldersAsNamed(
  objects: ObjectStore,
  definition: Definition,
  { deployment, date }: PartitionId,
  { partition, predictions = [], transform }: DayState,
): Promise<HeldEvaluation | undefined> {
  const recordFolder = keys.records(deployment, date);
  const records = await filesIn(objects, recordFolder);
  const inRecords = differences(partition?.files ?? [], records, changedRecords);
  if (inRecords.length > 0) return { ok: false, step: 'records', problems: inRecords, files: records };

  const predictionFolder =
    transform?.phase === 'completed'
      ? keys.transformOutput(deployment, date, transform.jobName)
      : keys.predictions(deployment, date);
  const found = await filesIn(objects, predictionFolder);
  const inPredictions = differences(predictions, found, changedPredictions(definition));
  if (inPredictions.length === 0) return undefined;
  return { ok: false, step: 'predictions', problems: inPredictions, files: found };
}

async function filesIn(objects: ObjectStore, folder: string): Promise<FileRef[]> {
  return (await objects.list(folder)).filter(({ key }) => key !== `${folder}${SUCCESS}`);
}

function differences(
  named: readonly FileRef[],
  found: readonly FileRef[],
  changed: (file: FileRef) => Problem,
): Problem[] {
  const etags = new Map(found.map(({ key, etag }) => [key, etag]));
  const known = new Set(named.map(({ key }) => key));
  return [
    ...named.filter(({ key, etag }) => etags.get(key) !== etag).map(changed),
    ...found.filter(({ key }) => !known.has(key)).map(strangeFile),
  ];
}
