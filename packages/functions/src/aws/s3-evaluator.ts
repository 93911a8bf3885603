import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRef } from '@penumbra/core/day-events';
import { changedPredictions, changedRecords } from '@penumbra/core/pipeline/changed-files';
import type { Evaluator } from '@penumbra/core/pipeline/ports';
import { failure } from '@penumbra/core/problem';
import type { NamedFile } from '@penumbra/evaluator/column-spec';
import type { Connecting } from '@penumbra/evaluator/duckdb';
import { evaluateDay } from '@penumbra/evaluator/evaluate-day';
import { summarize } from '@penumbra/evaluator/finalize';
import { serialize } from '@penumbra/evaluator/metrics-file';
import { preparePartition } from '@penumbra/evaluator/prepare-partition';
import pLimit from 'p-limit';
import type { Bucket } from './s3-objects.ts';
import { unexpectedFiles } from './unexpected-files.ts';

/** Objects in flight at once while a day's files are fetched. */
const DOWNLOADS = 8;

/** The evaluator over files in S3: fetched to a folder of their own, which is gone afterwards. */
export function s3Evaluator(bucket: Bucket, db: Connecting): Evaluator {
  // One at a time: the reader is one connection, and a day is sized to fill a function's memory.
  const oneAtATime = pLimit(1);
  const inFolder = <Value>(work: (folder: string, db: Connecting) => Promise<Value>): Promise<Value> =>
    oneAtATime(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'penumbra-'));
      try {
        return await work(folder, db);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });

  async function fetch(folder: string, kind: string, files: readonly FileRef[]): Promise<Fetched> {
    const limit = pLimit(DOWNLOADS);
    const changed: FileRef[] = [];
    const fetched = await Promise.all(
      files.map(async (file, index) => {
        const path = join(folder, `${kind}-${index}`);
        if ((await limit(() => bucket.download(file, path))) === 'changed') changed.push(file);
        return { name: file.key, path };
      }),
    );
    return { files: fetched, changed };
  }

  /** Files that were listed a moment ago: where one is another by now, listing them again helps, and nothing else. */
  async function fetchListed(folder: string, kind: string, files: readonly FileRef[]): Promise<NamedFile[]> {
    const { files: fetched, changed } = await fetch(folder, kind, files);
    if (changed[0]) throw new FolderChanged(changed[0].key);
    return fetched;
  }

  /** The files of a step that is held because not all of them are the ones that the log names. */
  async function filesNow(files: readonly FileRef[]): Promise<FileRef[]> {
    const limit = pLimit(DOWNLOADS);
    const listed = await Promise.all(files.map(({ key }) => limit(() => bucket.list(key))));
    return listed.flatMap((found, index) => found.filter(({ key }) => key === files[index]?.key));
  }

  return {
    prepare: ({ definition, files, input, arms }) =>
      inFolder(async (folder, reader) => {
        const foreign = unexpectedFiles(files, definition.records.format);
        if (foreign.length > 0) return failure(...foreign);
        const records = await fetchListed(folder, 'records', files);
        const inputs = records.map((file, index) => ({
          records: file,
          path: join(folder, `input-${index}`),
          ...(arms === undefined ? {} : { arms: join(folder, `arms-${index}`) }),
        }));
        const prepared = await preparePartition(reader, definition, inputs);
        if (!prepared.ok) return prepared;
        for (const { records: file, path, arms: hashes } of inputs) {
          if (definition.model) await bucket.upload(`${input}${flatName(file.name)}`, path);
          if (hashes !== undefined) await bucket.upload(`${arms}${flatName(file.name)}.jsonl`, hashes);
        }
        return prepared;
      }),
    evaluate: ({ definition, records, predictions, outcomes, metricsKey }) =>
      inFolder(async (folder, reader) => {
        const foreign = unexpectedFiles(outcomes, definition.outcomes.format);
        if (foreign.length > 0) return { ok: false, step: 'outcomes', problems: foreign };
        const [recordFiles, predictionFiles, outcomeFiles] = await Promise.all([
          fetch(folder, 'records', records),
          fetch(folder, 'predictions', predictions),
          fetchListed(folder, 'outcomes', outcomes),
        ]);
        if (recordFiles.changed.length > 0) {
          const problems = recordFiles.changed.map(changedRecords);
          return { ok: false, step: 'records', problems, files: await filesNow(records) };
        }
        if (predictionFiles.changed.length > 0) {
          const problems = predictionFiles.changed.map(changedPredictions(definition));
          return { ok: false, step: 'predictions', problems, files: await filesNow(predictions) };
        }
        const evaluation = await evaluateDay(reader, definition, {
          records: recordFiles.files,
          predictions: predictionFiles.files,
          outcomes: outcomeFiles,
        });
        if (!evaluation.ok) return evaluation;
        const sha256 = await bucket.write(metricsKey, serialize(evaluation.metrics));
        const summary = evaluation.arms.complete(summarize(evaluation.metrics));
        return { ok: true, summary, metrics: { key: metricsKey, sha256 } };
      }),
  };
}

interface Fetched {
  readonly files: NamedFile[];
  /** Those that are not there as they were listed. */
  readonly changed: readonly FileRef[];
}

/** A folder is being written while it is read. The message comes back, and lists it again. */
class FolderChanged extends Error {
  override readonly name = 'FolderChanged';
  constructor(key: string) {
    super(`${key} was overwritten or deleted while its folder was read`);
  }
}

/** A name of its own for every file of a date's folder, also where folders in it hold files of the same name. */
const flatName = (key: string) => encodeURIComponent(key.replace(/^.*?\/date=[^/]*\//, ''));
