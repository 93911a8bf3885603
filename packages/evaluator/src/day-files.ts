import { basename } from 'node:path';
import type { Definition } from '@penumbra/core/definition';
import { cutsOf } from '@penumbra/core/policy-schema';
import { sliceFields } from '@penumbra/core/slices';
import type { ColumnSpec, FileFormat, NamedFile } from './column-spec.ts';
import { firstRecord } from './csv-file.ts';
import type { ColumnFile } from './read-columns.ts';

export interface DayFiles {
  readonly records: readonly NamedFile[];
  readonly predictions: readonly NamedFile[];
  /** In order of landing: the last one that names a record wins. */
  readonly outcomes: readonly NamedFile[];
}

/** Longest record id, in bytes of UTF-8. */
export const LONGEST_ID = 256;
/** What Batch Transform wrote: the record id joined to the score, or the score alone. */
const JOINED_OUTPUT = ['id', 'score'];
const SCORE_OUTPUT = ['score'];

/** A prediction file, and whether it says which record each score is of. */
export interface PredictionFile extends ColumnFile {
  readonly id: string | undefined;
  readonly score: string;
}

/**
 * The columns of the records that a definition needs, each once; `all` has the features too, which only the
 * model needs. Units are compared where a stage can give some of them to the challenger.
 */
export function recordFile(definition: Definition, file: NamedFile, columns: 'all' | 'compared'): ColumnFile {
  const { format, id, unit, incumbent, amount } = definition.records;
  const features = columns === 'all' ? definition.records.features : [];
  const specs: ColumnSpec[] = [
    { name: id, type: 'text', longest: LONGEST_ID },
    ...((columns === 'all' || cutsOf(definition.policy).length > 0) && unit !== id
      ? [{ name: unit, type: 'text' as const }]
      : []),
    { name: incumbent, type: definition.task.type === 'regression' ? 'number' : 'binary' },
    ...(amount === undefined ? [] : [{ name: amount, type: 'number' as const }]),
    ...features.map((name) => ({ name, type: 'number' as const, optional: true })),
    ...sliceFields(definition.slices).map((name) => ({ name, type: 'text' as const, optional: true })),
  ];
  const once = new Map(specs.reverse().map((spec) => [spec.name, spec]));
  return { file, format, specs: [...once.values()].reverse() };
}

export function outcomeFile({ outcomes, task }: Definition, file: NamedFile): ColumnFile {
  const { format, id, label, money } = outcomes;
  return {
    file,
    format,
    specs: [
      { name: id, type: 'text', longest: LONGEST_ID },
      { name: label, type: task.type === 'regression' ? 'number' : 'binary' },
      ...(money === undefined ? [] : [{ name: money, type: 'number' as const }]),
    ],
  };
}

export async function predictionFile(
  { predictions: given, task }: Definition,
  file: NamedFile,
): Promise<PredictionFile> {
  const score = given?.score ?? 'score';
  const scoreSpec: ColumnSpec = {
    name: score,
    type: task.type === 'regression' ? 'number' : 'share',
  };
  const idSpec = (name: string): ColumnSpec => ({ name, type: 'text', longest: LONGEST_ID });
  if (given) {
    return { file, format: given.format, id: given.id, score, specs: [idSpec(given.id), scoreSpec] };
  }
  const alone = (await firstRecord(file)).length === 1;
  return alone
    ? { file, format: 'csv', id: undefined, score, specs: [scoreSpec], header: SCORE_OUTPUT }
    : { file, format: 'csv', id: 'id', score, specs: [idSpec('id'), scoreSpec], header: JOINED_OUTPUT };
}

/**
 * The prediction file that goes with each record file, in the records' order: of the same name, with `.out` after
 * it where Batch Transform wrote it. Undefined where they do not go together one to one.
 */
export function pairedPredictions(
  records: readonly NamedFile[],
  predictions: readonly PredictionFile[],
): PredictionFile[] | undefined {
  if (records.length !== predictions.length) return undefined;
  const byName = new Map(predictions.map((of) => [basename(of.file.name).replace(/\.out$/, ''), of]));
  const paired = records.flatMap(({ name }) => byName.get(basename(name)) ?? []);
  return paired.length === records.length && new Set(paired).size === paired.length ? paired : undefined;
}

const EXTENSIONS: Readonly<Record<FileFormat, readonly string[]>> = {
  csv: ['.csv'],
  jsonl: ['.jsonl'],
  parquet: ['.parquet'],
  arrow: ['.arrow', '.arrows'],
};

/** The extensions that files of a format have. */
export const extensionsOf = (format: FileFormat): readonly string[] => EXTENSIONS[format];
