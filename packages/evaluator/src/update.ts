import { NO_SLICE } from '@penumbra/core/match-slices';
import { addTo } from './compensated-sum.ts';
import { type DayMetrics, REST } from './day-metrics.ts';
import { addressIn, BATCH_ROWS, handNumbers, type Kernel } from './kernel.ts';
import {
  BINS,
  CALIBRATION_AT,
  CALIBRATION_BINS,
  countAt,
  NEGATIVES_AT,
  POSITIVES_AT,
  sumAt,
} from './metric-layout.ts';
import type { Worth } from './worth.ts';

/** Rows to be compared, by column; row i of each array is one record. */
export interface ComparedRows {
  readonly rows: number;
  /** Index into the state's slices in their order, or NO_SLICE. */
  readonly slice: Int16Array;
  readonly incumbent: Float64Array;
  /** Score or prediction; NaN where the challenger has none. */
  readonly score: Float64Array;
  /** NaN where no outcome landed. */
  readonly label: Float64Array;
  /** Without a column: zeros. */
  readonly amount: Float64Array;
  readonly money: Float64Array;
}

/** Scores are kept this far from 0 and 1 in the log loss, whose value would be infinite there. */
const CLIP = 1e-15;

const ROWS = countAt('rows');
const LABELLED = countAt('labelled');
/** Of the four cells of a confusion: + 2 for an action, + 1 for a positive outcome. */
const CHALLENGER_CELLS = countAt('challenger.trueNegative');
const INCUMBENT_CELLS = countAt('incumbent.trueNegative');
const CHALLENGER_VALUE = sumAt('challenger.value');
const INCUMBENT_VALUE = sumAt('incumbent.value');
const DIFFERENCE = sumAt('difference');
const DIFFERENCE_SQUARED = sumAt('differenceSquared');
const BRIER = sumAt('brier');
const LOG_LOSS = sumAt('logLoss');
const CHALLENGER_ABSOLUTE = sumAt('challenger.absoluteError');
const CHALLENGER_SQUARED = sumAt('challenger.squaredError');
const INCUMBENT_ABSOLUTE = sumAt('incumbent.absoluteError');
const INCUMBENT_SQUARED = sumAt('incumbent.squaredError');
const CHALLENGER_FALSE_POSITIVE_VALUE = sumAt('challenger.falsePositiveValue');
const INCUMBENT_FALSE_POSITIVE_VALUE = sumAt('incumbent.falsePositiveValue');
/** An action, and a negative outcome. */
const FALSE_POSITIVE = 2;
const BINS_PER_CALIBRATION_BIN = BINS / CALIBRATION_BINS;

/**
 * Counts rows, and where prediction and outcome are known, what both arms made of them. A kernel does it where state
 * and rows stand in its memory.
 */
export function update(metrics: DayMetrics, worth: Worth, rows: ComparedRows, kernel?: Kernel): void {
  if (kernel && updateInKernel(kernel, metrics, worth, rows)) return;
  const groups = [...metrics.slices.values()];
  const rest = metrics.slices.get(REST);
  if (!rest) throw new Error('a metric state without its rest');
  if (worth.type === 'regression') updateRegression(groups, rest, worth, rows);
  else updateClassification(groups, rest, worth, rows);
}

function updateInKernel(kernel: Kernel, metrics: DayMetrics, worth: Worth, rows: ComparedRows): boolean {
  const first = metrics.slices.values().next().value;
  const groups = first && addressIn(kernel, first);
  if (groups === undefined) return false;
  const rest = metrics.slices.size - 1;
  const count = rows.rows;
  const { slice, incumbent, score, label, amount, money } = rows;
  const slices = addressIn(kernel, slice);
  if (slices === undefined || count > BATCH_ROWS) return false;
  const [incumbents, scores, labels] = [incumbent, score, label].map((column, place) =>
    handNumbers(kernel, column, count, place),
  ) as [number, number, number];
  if (worth.type === 'regression') {
    const { perUnitOver, perUnitUnder } = worth;
    kernel.calls.foldRegression(
      ...[count, slices, incumbents, scores, labels, groups, rest, perUnitOver, perUnitUnder],
    );
    return true;
  }
  kernel.calls.foldClassification(
    ...[count, slices, incumbents, scores, labels],
    ...[handNumbers(kernel, amount, count, 3), handNumbers(kernel, money, count, 4), groups, rest],
    ...[worth.threshold, handNumbers(kernel, worth.cells, worth.cells.length, 5)],
  );
  return true;
}

function updateClassification(
  groups: readonly Float64Array[],
  rest: Float64Array,
  { threshold, cells }: Extract<Worth, { type: 'binary-classification' }>,
  rows: ComparedRows,
): void {
  const { slice, label: labels, score: scores, incumbent: incumbents, amount: amounts, money: monies } = rows;
  const count = rows.rows;
  for (let row = 0; row < count; row += 1) {
    const index = slice[row] as number;
    const group = index === NO_SLICE ? rest : (groups[index] as Float64Array);
    group[ROWS] = (group[ROWS] as number) + 1;
    const label = labels[row] as number;
    const score = scores[row] as number;
    if (!(label >= 0 && score >= 0)) continue;

    group[LABELLED] = (group[LABELLED] as number) + 1;
    const challenger = (score >= threshold ? 2 : 0) + label;
    const incumbent = 2 * (incumbents[row] as number) + label;
    group[CHALLENGER_CELLS + challenger] = (group[CHALLENGER_CELLS + challenger] as number) + 1;
    group[INCUMBENT_CELLS + incumbent] = (group[INCUMBENT_CELLS + incumbent] as number) + 1;

    const amount = amounts[row] as number;
    const money = monies[row] as number;
    const gained = worthOf(cells, challenger, amount, money);
    const earned = worthOf(cells, incumbent, amount, money);
    addTo(group, CHALLENGER_VALUE, gained);
    addTo(group, INCUMBENT_VALUE, earned);
    if (challenger === FALSE_POSITIVE) addTo(group, CHALLENGER_FALSE_POSITIVE_VALUE, gained);
    if (incumbent === FALSE_POSITIVE) addTo(group, INCUMBENT_FALSE_POSITIVE_VALUE, earned);
    if (challenger !== incumbent) {
      const difference = gained - earned;
      addTo(group, DIFFERENCE, difference);
      addTo(group, DIFFERENCE_SQUARED, difference * difference);
    }

    const miss = score - label;
    addTo(group, BRIER, miss * miss);
    const clipped = Math.min(Math.max(score, CLIP), 1 - CLIP);
    addTo(group, LOG_LOSS, label === 1 ? -Math.log(clipped) : -Math.log1p(-clipped));
    const bin = score === 1 ? BINS - 1 : Math.floor(score * BINS);
    const at = (label === 1 ? POSITIVES_AT : NEGATIVES_AT) + bin;
    group[at] = (group[at] as number) + 1;
    addTo(group, CALIBRATION_AT + 2 * Math.floor(bin / BINS_PER_CALIBRATION_BIN), score);
  }
}

function worthOf(cells: Float64Array, cell: number, amount: number, money: number): number {
  const at = cell * 3;
  return (cells[at] as number) + (cells[at + 1] as number) * amount + (cells[at + 2] as number) * money;
}

function updateRegression(
  groups: readonly Float64Array[],
  rest: Float64Array,
  { perUnitOver, perUnitUnder }: Extract<Worth, { type: 'regression' }>,
  rows: ComparedRows,
): void {
  const worthOfError = (error: number) => (error >= 0 ? -error * perUnitOver : error * perUnitUnder);
  for (let row = 0; row < rows.rows; row += 1) {
    const index = rows.slice[row] as number;
    const group = index === NO_SLICE ? rest : (groups[index] as Float64Array);
    group[ROWS] = (group[ROWS] as number) + 1;
    const label = rows.label[row] as number;
    const score = rows.score[row] as number;
    if (Number.isNaN(label) || Number.isNaN(score)) continue;

    group[LABELLED] = (group[LABELLED] as number) + 1;
    const challenger = score - label;
    const incumbent = (rows.incumbent[row] as number) - label;
    const gained = worthOfError(challenger);
    const earned = worthOfError(incumbent);
    const difference = gained - earned;
    addTo(group, CHALLENGER_VALUE, gained);
    addTo(group, INCUMBENT_VALUE, earned);
    addTo(group, DIFFERENCE, difference);
    addTo(group, DIFFERENCE_SQUARED, difference * difference);
    addTo(group, CHALLENGER_ABSOLUTE, Math.abs(challenger));
    addTo(group, CHALLENGER_SQUARED, challenger * challenger);
    addTo(group, INCUMBENT_ABSOLUTE, Math.abs(incumbent));
    addTo(group, INCUMBENT_SQUARED, incumbent * incumbent);
  }
}
