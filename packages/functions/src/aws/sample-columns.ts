import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRef } from '@penumbra/core/day-events';
import type { FileFormat, NamedFile } from '@penumbra/evaluator/column-spec';
import type { Connecting } from '@penumbra/evaluator/duckdb';
import { columnsOfDay } from '@penumbra/evaluator/sql/sql-columns';
import type { ColumnsOf } from './athena-queries.ts';
import type { Bucket } from './s3-objects.ts';

/** What of a text file holds its header. */
const HEAD_BYTES = 2 ** 20;

/** The columns of a look's files, by one file of each kind: of a text its first megabyte, of Parquet the smallest. */
export function sampleColumns(bucket: Bucket, db: Connecting): ColumnsOf {
  return async ({ definition, records, predictions, outcomes }) => {
    const folder = await mkdtemp(join(tmpdir(), 'penumbra-sample-'));
    const sample = async (
      kind: string,
      format: FileFormat,
      files: readonly FileRef[],
    ): Promise<NamedFile | undefined> => {
      const [file] = files.filter(({ bytes }) => bytes > 0).sort((a, b) => a.bytes - b.bytes);
      if (!file) return undefined;
      const path = join(folder, kind);
      const first = format === 'parquet' ? file.bytes : HEAD_BYTES;
      if ((await bucket.download(file, path, first)) === 'changed') {
        throw new Error(`${file.key} was overwritten or deleted while its folder was read`);
      }
      return { name: file.key, path };
    };
    try {
      return await columnsOfDay(db, definition, {
        records: await sample('records', definition.records.format, records),
        outcomes: await sample('outcomes', definition.outcomes.format, outcomes),
        predictions: definition.predictions
          ? await sample('predictions', definition.predictions.format, predictions)
          : undefined,
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}
