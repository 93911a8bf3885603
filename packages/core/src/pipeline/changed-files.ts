import type { FileRef } from '../day-events.ts';
import type { Definition } from '../definition.ts';
import type { Problem } from '../problem.ts';

/** Records that are other files by now than the partition was made ready with. */
export const changedRecords = ({ key, etag }: FileRef): Problem => ({
  where: key,
  what: `it is not the file any more that the partition was made ready with (ETag ${etag})`,
  remedy: 'Put that file back, for example its earlier version: a partition keeps the records it began with',
});

/** Predictions that are other files by now than the log names. */
export const changedPredictions =
  ({ model }: Pick<Definition, 'model'>) =>
  ({ key, etag }: FileRef): Problem => ({
    where: key,
    what: `it is not the file any more that ${model ? 'the transform wrote' : 'had landed'} (ETag ${etag})`,
    remedy: model
      ? 'Put that file back, for example its earlier version'
      : 'Put that file back; to have others count, write them under another name and close the folder anew',
  });

/** A file that the log does not name: a query reads the whole folder. */
export const strangeFile = ({ key }: FileRef): Problem => ({
  where: key,
  what: 'it was not in the folder when that was taken in, and a query reads the whole folder',
  remedy: 'Remove the file',
});
