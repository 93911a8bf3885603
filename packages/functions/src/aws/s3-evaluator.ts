import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRef } from '@penumbra/core/day-events';
import type { Evaluator } from '@penumbra/core/pipeline/ports';
import { failure, type Problem } from '@penumbra/core/problem';
import type { FileFormat, NamedFile } from '@penumbra/evaluator/column-spec';
import { extensionsOf } from '@penumbra/evaluator/day-files';
import type { DuckDb } from '@penumbra/evaluator/duckdb';
import { evaluateDay } from '@penumbra/evaluator/evaluate-day';
import { summarize } from '@penumbra/evaluator/finalize';
import { serialize } from '@penumbra/evaluator/metrics-file';
import { preparePartition } from '@penumbra/evaluator/prepare-partition';
import pLimit from 'p-limit';
import type { Bucket } from './s3-objects.ts';

/** Objects in flight at once while a day's files are fetched. */
const DOWNLOADS = 8;

/** The evaluator over files in S3: fetched to a folder of their own, which is gone afterwards. */
export function s3Evaluator(bucket: Bucket, openDb: () => Promise<DuckDb>): Evaluator {
  let db: Promise<DuckDb> | undefined;
  // One at a time: the reader is one connection, and a day is sized to fill a function's memory.
  const oneAtATime = pLimit(1);
  const inFolder = <Value>(work: (folder: string, db: DuckDb) => Promise<Value>): Promise<Value> =>
    oneAtATime(async () => {
      db ??= openDb();
      const folder = await mkdtemp(join(tmpdir(), 'penumbra-'));
      try {
        return await work(folder, await db);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

  async function fetch(folder: string, kind: string, files: readonly FileRef[]): Promise<NamedFile[]> {
    const limit = pLimit(DOWNLOADS);
    return Promise.all(
      files.map((file, index) => {
        const path = join(folder, `${kind}-${index}`);
        return limit(() => bucket.download(file.key, path)).then(() => ({ name: file.key, path }));
      }),
    );
  }

  return {
    prepare: ({ definition, files, input }) =>
      inFolder(async (folder, reader) => {
        const foreign = unexpectedFiles(files, definition.records.format);
        if (foreign.length > 0) return failure(...foreign);
        const records = await fetch(folder, 'records', files);
        const inputs = records.map((file, index) => ({
          records: file,
          path: join(folder, `input-${index}`),
        }));
        const prepared = await preparePartition(reader, definition, inputs);
        if (!prepared.ok || !definition.model) return prepared;
        for (const { records: file, path } of inputs)
          await bucket.upload(`${input}${flatName(file.name)}`, path);
        return prepared;
      }),
    evaluate: ({ definition, records, predictions, outcomes, metricsKey }) =>
      inFolder(async (folder, reader) => {
        const foreign = unexpectedFiles(outcomes, definition.outcomes.format);
        if (foreign.length > 0) return { ok: false, step: 'outcomes', problems: foreign };
        const [recordFiles, predictionFiles, outcomeFiles] = await Promise.all([
          fetch(folder, 'records', records),
          fetch(folder, 'predictions', predictions),
          fetch(folder, 'outcomes', outcomes),
        ]);
        const evaluation = await evaluateDay(reader, definition, {
          records: recordFiles,
          predictions: predictionFiles,
          outcomes: outcomeFiles,
        });
        if (!evaluation.ok) return evaluation;
        const sha256 = await bucket.write(metricsKey, serialize(evaluation.metrics));
        const summary = evaluation.arms.complete(summarize(evaluation.metrics));
        return { ok: true, summary, metrics: { key: metricsKey, sha256 } };
      }),
  };
}

/** A name of its own for every file of a date's folder, also where folders in it hold files of the same name. */
const flatName = (key: string) => encodeURIComponent(key.replace(/^.*?\/date=[^/]*\//, ''));

function unexpectedFiles(files: readonly FileRef[], format: FileFormat): Problem[] {
  const extensions = extensionsOf(format);
  return files
    .filter(({ key }) => !extensions.some((extension) => key.endsWith(extension)))
    .map(({ key }) => ({
      where: key,
      what: `this folder holds a file that is no ${extensions.join(' or ')}`,
      remedy: 'Convert the file, keep it outside the folder, or correct the format in the definition',
    }));
}
