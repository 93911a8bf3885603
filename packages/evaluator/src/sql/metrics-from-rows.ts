import type { Definition } from '@penumbra/core/definition';
import { NO_SLICE } from '@penumbra/core/match-slices';
import type { Problem } from '@penumbra/core/problem';
import type { DayArms } from '../day-arms.ts';
import { type DayMetrics, initialize, REST } from '../day-metrics.ts';
import type { Step } from '../evaluate-day.ts';
import {
  BINS,
  CALIBRATION_AT,
  CALIBRATION_BINS,
  countAt,
  NEGATIVES_AT,
  POSITIVES_AT,
  type Sum,
  sumAt,
} from '../metric-layout.ts';
import { armsFromRows } from './arms-from-rows.ts';
import { problemsOf } from './result-problems.ts';
import { type CellRow, type ResultRow, readRow } from './result-rows.ts';
import { meaningOf, STATE } from './row-codes.ts';
import { summandsOf } from './summands.ts';

export type SqlEvaluation =
  | { readonly ok: true; readonly metrics: DayMetrics; readonly arms: Pick<DayArms, 'complete'> }
  | { readonly ok: false; readonly step: Step; readonly problems: readonly Problem[] };

/** What the log knows of the files that a statement read. */
export interface ReadFiles {
  readonly bucket: string;
  /** How many files of each kind hold anything at all. */
  readonly files: { readonly records: number; readonly predictions: number; readonly outcomes: number };
}

/** Which summand each sum of the metric state is. */
const CLASSIFICATION: readonly (readonly [Sum, string])[] = [
  ['challenger.value', 'challenger_value'],
  ['incumbent.value', 'incumbent_value'],
  ['difference', 'difference'],
  ['differenceSquared', 'difference_squared'],
  ['brier', 'brier'],
  ['logLoss', 'log_loss'],
];
const REGRESSION: readonly (readonly [Sum, string])[] = [
  ['challenger.value', 'challenger_value'],
  ['incumbent.value', 'incumbent_value'],
  ['difference', 'difference'],
  ['differenceSquared', 'difference_squared'],
  ['challenger.absoluteError', 'challenger_absolute'],
  ['challenger.squaredError', 'challenger_squared_error'],
  ['incumbent.absoluteError', 'incumbent_absolute'],
  ['incumbent.squaredError', 'incumbent_squared_error'],
];
const CHALLENGER_CELLS = countAt('challenger.trueNegative');
const INCUMBENT_CELLS = countAt('incumbent.trueNegative');

/**
 * The rows that dayStatement's query gave as what evaluateDay gives: the metric state and the arms of the day, or what
 * is wrong with its data. Throws on rows of another statement.
 */
export function metricsFromRows(
  definition: Definition,
  rows: readonly ResultRow[],
  read: ReadFiles,
): SqlEvaluation {
  const summands = summandsOf(definition);
  const found = rows.map((row) => readRow(row, summands));
  const classification = definition.task.type === 'binary-classification';
  // The rows of the histograms are those of the others again.
  const total = found.filter(({ bin }) => bin === undefined);
  const problems = problemsOf(definition, total, read);
  if (!problems.ok) return problems;

  const metrics = initialize(
    definition.task.type,
    definition.slices.map(({ slice }) => slice),
  );
  const groupOf = ({ slice }: CellRow): Float64Array => {
    const name = slice === NO_SLICE ? REST : definition.slices[slice]?.slice;
    const group = name === undefined ? undefined : metrics.slices.get(name);
    if (!group) throw new Error(`a result with the slice ${slice}, which the definition does not have`);
    return group;
  };
  for (const cell of total) if (isRecord(cell)) addCell(groupOf(cell), cell, classification);
  for (const cell of found)
    if (cell.bin !== undefined && cell.bin >= 0) addBin(groupOf(cell), cell, cell.bin);
  for (const cell of total) {
    if (cell.state === STATE.OUTCOME_OF_NO_RECORD) metrics.unmatchedOutcomes += cell.count('outcomes');
    else if (isRecord(cell)) metrics.duplicateOutcomes += cell.count('outcomes') - cell.count('with_outcome');
    else if (cell.state >= 1000 && meaningOf(cell.state).what === 'unmatched')
      metrics.unmatchedOutcomes += cell.count('n');
  }
  metrics.badRows = problems.badRows;
  return { ok: true, metrics, arms: armsFromRows(definition, total.filter(isRecord)) };
}

const isRecord = ({ state }: CellRow): boolean => state === STATE.COMPARED || state === STATE.NO_SCORE;

function add(group: Float64Array, at: number, count: number): void {
  group[at] = (group[at] as number) + count;
}

function addCell(group: Float64Array, cell: CellRow, classification: boolean): void {
  const rows = cell.count('n');
  add(group, countAt('rows'), rows);
  if (cell.label < 0) return;
  add(group, countAt('labelled'), rows);
  for (const [sum, name] of classification ? CLASSIFICATION : REGRESSION)
    cell.addSum(name, group, sumAt(sum));
  if (!classification) return;
  add(group, CHALLENGER_CELLS + 2 * cell.challenger + cell.label, rows);
  add(group, INCUMBENT_CELLS + 2 * cell.incumbent + cell.label, rows);
  if (cell.label === 1) return;
  if (cell.challenger === 1) cell.addSum('challenger_value', group, sumAt('challenger.falsePositiveValue'));
  if (cell.incumbent === 1) cell.addSum('incumbent_value', group, sumAt('incumbent.falsePositiveValue'));
}

function addBin(group: Float64Array, cell: CellRow, bin: number): void {
  add(group, (cell.label === 1 ? POSITIVES_AT : NEGATIVES_AT) + bin, cell.count('n'));
  cell.addSum('score_sum', group, CALIBRATION_AT + 2 * Math.floor((bin * CALIBRATION_BINS) / BINS));
}
