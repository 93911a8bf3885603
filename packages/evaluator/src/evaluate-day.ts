import type { Definition } from '@penumbra/core/definition';
import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import { type ColumnSpec, type Columns, lineOfRow, type NamedFile, readCsv } from './csv-columns.ts';
import { type DayMetrics, initialize, update } from './day-metrics.ts';
import type { DuckDb } from './duckdb.ts';
import { type PayOff, payOff } from './pay-off.ts';
import { type Records, readRecords } from './records.ts';

export interface DayFiles {
  readonly records: readonly NamedFile[];
  readonly predictions: readonly NamedFile[];
  /** In order of landing: the last one that names a record wins. */
  readonly outcomes: readonly NamedFile[];
}

export type DayEvaluation =
  | { readonly ok: true; readonly metrics: DayMetrics }
  | {
      readonly ok: false;
      readonly step: 'records' | 'predictions' | 'outcomes';
      readonly problems: readonly Problem[];
    };

/** What Batch Transform wrote: the record id joined to the score. */
const TRANSFORM_OUTPUT = ['id', 'score'];

/**
 * One day compared: records joined to predictions and outcomes by id, folded per slice. A function of the files
 * alone, whole each time, so that corrections and redelivery need no bookkeeping.
 */
export async function evaluateDay(
  db: DuckDb,
  definition: Definition,
  files: DayFiles,
): Promise<DayEvaluation> {
  const records = await readRecords(db, definition, files.records, 'compared');
  if (!records.ok) return { ...records, step: 'records' };
  const predictions = await readPredictions(db, definition, files.predictions, records.value);
  if (!predictions.ok) return { ...predictions, step: 'predictions' };
  const outcomes = await readOutcomes(db, definition, files.outcomes, records.value);
  if (!outcomes.ok) return { ...outcomes, step: 'outcomes' };
  return { ok: true, metrics: foldRows(definition, records.value, predictions.value, outcomes.value) };
}

async function readPredictions(
  db: DuckDb,
  definition: Definition,
  files: readonly NamedFile[],
  records: Records,
): Promise<Result<Float64Array>> {
  const isScore = definition.task.type === 'binary-classification';
  const given = definition.predictions;
  const [id, score] = given ? [given.id, given.score] : ['id', 'score'];
  const specs: ColumnSpec[] = [
    { name: id, type: 'text' },
    { name: score, type: 'number' },
  ];
  const scores = new Float64Array(records.rows).fill(Number.NaN);
  let found = 0;
  for (const file of files) {
    const columns = await readCsv(db, file, specs, given ? undefined : TRANSFORM_OUTPUT);
    if (!columns.ok) return columns;
    const ids = columns.value.text.get(id) ?? [];
    const values = columns.value.numbers.get(score) ?? new Float64Array();
    const bad = (row: number, column: string, what: string, remedy: string) =>
      lineOfRow(file, row, given !== undefined).then((line) =>
        failure({ where: file.name, line, column, what, remedy }),
      );
    for (let row = 0; row < ids.length; row += 1) {
      const value = values[row] ?? Number.NaN;
      const record = records.rowOf.get(ids[row] ?? '');
      if (isScore && (value < 0 || value > 1)) {
        return bad(row, score, `the score ${value} is outside [0, 1]`, 'Let the model answer a probability');
      }
      if (record === undefined) {
        return bad(
          row,
          id,
          `no record has the id ${JSON.stringify(ids[row])}`,
          'Score the records of this date only',
        );
      }
      if (!Number.isNaN(scores[record])) {
        return bad(
          row,
          id,
          `the record ${JSON.stringify(ids[row])} is scored twice`,
          'Write one score for each record',
        );
      }
      scores[record] = value;
      found += 1;
    }
  }
  if (found === records.rows) return success(scores);
  const missing = [...records.rowOf].find(([, row]) => Number.isNaN(scores[row]))?.[0];
  return failure({
    where: files[0]?.name ?? 'predictions',
    what: `${found} scores for ${records.rows} records; the first record without one is ${JSON.stringify(missing)}`,
    remedy: given
      ? 'Write one score for each record'
      : 'Let the model answer one line for each line that it is sent',
  });
}

interface Outcomes {
  /** By record; NaN where no outcome landed. */
  readonly label: Float64Array;
  readonly money: Float64Array;
  readonly duplicates: number;
  readonly unmatched: number;
}

async function readOutcomes(
  db: DuckDb,
  definition: Definition,
  files: readonly NamedFile[],
  records: Records,
): Promise<Result<Outcomes>> {
  const { id, label, money } = definition.outcomes;
  const specs: ColumnSpec[] = [
    { name: id, type: 'text' },
    { name: label, type: definition.task.type === 'regression' ? 'number' : 'binary' },
    ...(money === undefined ? [] : [{ name: money, type: 'number' as const }]),
  ];
  const labels = new Float64Array(records.rows).fill(Number.NaN);
  const monies = new Float64Array(records.rows).fill(Number.NaN);
  let duplicates = 0;
  let unmatched = 0;
  for (const file of files) {
    const columns: Result<Columns> = await readCsv(db, file, specs);
    if (!columns.ok) return columns;
    const ids = columns.value.text.get(id) ?? [];
    const fileLabels = columns.value.numbers.get(label) ?? new Float64Array();
    const fileMonies = money === undefined ? undefined : columns.value.numbers.get(money);
    for (let row = 0; row < ids.length; row += 1) {
      const record = records.rowOf.get(ids[row] ?? '');
      if (record === undefined) {
        unmatched += 1;
        continue;
      }
      if (!Number.isNaN(labels[record])) duplicates += 1;
      labels[record] = fileLabels[row] ?? Number.NaN;
      monies[record] = fileMonies?.[row] ?? Number.NaN;
    }
  }
  return success({ label: labels, money: monies, duplicates, unmatched });
}

function foldRows(
  definition: Definition,
  records: Records,
  scores: Float64Array,
  outcomes: Outcomes,
): DayMetrics {
  const { task } = definition;
  const names = definition.slices.map(({ slice }) => slice);
  const metrics = initialize(task.type, names);
  const worth: PayOff = payOff(task);
  const threshold = task.type === 'binary-classification' ? task.threshold : undefined;
  for (let row = 0; row < records.rows; row += 1) {
    const name = names[records.slice[row] ?? -1];
    const label = outcomes.label[row] ?? Number.NaN;
    if (Number.isNaN(label)) {
      update(metrics, name, undefined);
      continue;
    }
    const score = scores[row] ?? Number.NaN;
    const challengerDecision = threshold === undefined ? score : score >= threshold ? 1 : 0;
    const incumbentDecision = records.incumbent[row] ?? Number.NaN;
    const amount = records.amount[row] ?? Number.NaN;
    const money = outcomes.money[row] ?? Number.NaN;
    update(metrics, name, {
      score,
      challengerDecision,
      incumbentDecision,
      label,
      challengerValue: worth.value(challengerDecision, label, amount, money),
      incumbentValue: worth.value(incumbentDecision, label, amount, money),
    });
  }
  metrics.duplicateOutcomes = outcomes.duplicates;
  metrics.unmatchedOutcomes = outcomes.unmatched;
  return metrics;
}
