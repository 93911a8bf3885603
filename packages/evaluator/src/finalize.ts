import type { Confusion, DaySummary, ScoreBins, SliceNumbers } from '@penumbra/core/day-events';
import { total } from './compensated-sum.ts';
import { combineSlices, type DayMetrics, REST, type Task } from './day-metrics.ts';
import {
  BINS,
  CALIBRATION_AT,
  CALIBRATION_BINS,
  type Count,
  countAt,
  NEGATIVES_AT,
  POSITIVES_AT,
  type Sum,
  sumAt,
} from './metric-layout.ts';

/** Sums over the labelled rows of one arm. */
export interface ArmTotals extends Confusion {
  readonly value: number;
  readonly absoluteError: number;
  readonly squaredError: number;
  /** Of the rows on which it acted and the outcome was negative. */
  readonly falsePositiveValue: number;
}

/** What a state says of one group of rows. */
export interface SliceTotals {
  readonly rows: number;
  /** Rows with a prediction and an outcome; every sum below is over them. */
  readonly labelled: number;
  readonly challenger: ArmTotals;
  readonly incumbent: ArmTotals;
  /** Of value(challenger) - value(incumbent) per row. */
  readonly difference: number;
  readonly differenceSquared: number;
  readonly brier: number;
  readonly logLoss: number;
  /** Labelled rows by score, BINS equal bins over [0, 1], for each class. */
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** Sum of the scores in each of CALIBRATION_BINS equal bins over [0, 1]. */
  readonly scoreSums: Float64Array;
}

export interface DayTotals {
  readonly overall: SliceTotals;
  readonly slices: ReadonlyMap<string, SliceTotals>;
}

/** The numbers of a state, each sum rounded once. */
export function finalize(metrics: DayMetrics): DayTotals {
  const named = [...metrics.slices].filter(([name]) => name !== REST);
  return {
    overall: totals(combineSlices(...metrics.slices.values())),
    slices: new Map(named.map(([name, numbers]) => [name, totals(numbers)])),
  };
}

function totals(numbers: Float64Array): SliceTotals {
  const count = (name: Count) => numbers[countAt(name)] as number;
  const sum = (name: Sum) => total(numbers, sumAt(name));
  const arm = (of: 'challenger' | 'incumbent'): ArmTotals => ({
    value: sum(`${of}.value`),
    truePositive: count(`${of}.truePositive`),
    falsePositive: count(`${of}.falsePositive`),
    falseNegative: count(`${of}.falseNegative`),
    trueNegative: count(`${of}.trueNegative`),
    absoluteError: sum(`${of}.absoluteError`),
    squaredError: sum(`${of}.squaredError`),
    falsePositiveValue: sum(`${of}.falsePositiveValue`),
  });
  return {
    rows: count('rows'),
    labelled: count('labelled'),
    challenger: arm('challenger'),
    incumbent: arm('incumbent'),
    difference: sum('difference'),
    differenceSquared: sum('differenceSquared'),
    brier: sum('brier'),
    logLoss: sum('logLoss'),
    positives: numbers.slice(POSITIVES_AT, POSITIVES_AT + BINS),
    negatives: numbers.slice(NEGATIVES_AT, NEGATIVES_AT + BINS),
    scoreSums: Float64Array.from({ length: CALIBRATION_BINS }, (_, bin) =>
      total(numbers, CALIBRATION_AT + 2 * bin),
    ),
  };
}

/** The small numbers of the state, as events carry them. */
export function summarize(metrics: DayMetrics): DaySummary {
  const { overall, slices } = finalize(metrics);
  return {
    overall: numbersOf(metrics.task, overall),
    slices: Object.fromEntries([...slices].map(([name, of]) => [name, numbersOf(metrics.task, of)])),
    duplicateOutcomes: metrics.duplicateOutcomes,
    unmatchedOutcomes: metrics.unmatchedOutcomes,
    ...(metrics.badRows === 0 ? {} : { badRows: metrics.badRows }),
  };
}

function numbersOf(task: Task, of: SliceTotals): SliceNumbers {
  const common = {
    rows: of.rows,
    labelled: of.labelled,
    difference: { sum: of.difference, sumOfSquares: of.differenceSquared },
  };
  if (task === 'regression') {
    const errors = ({ value, absoluteError, squaredError }: ArmTotals) => ({
      value,
      absoluteError,
      squaredError,
    });
    return { ...common, challenger: errors(of.challenger), incumbent: errors(of.incumbent) };
  }
  const decisions = (arm: ArmTotals) => ({
    value: arm.value,
    confusion: confusionOf(arm),
    falsePositiveValue: arm.falsePositiveValue,
  });
  return {
    ...common,
    challenger: decisions(of.challenger),
    incumbent: decisions(of.incumbent),
    brier: of.brier,
    logLoss: of.logLoss,
    scoreBins: scoreBinsOf(of),
  };
}

/** The calibration's bins: coarse enough for an event, fine enough for calibration and drift. */
function scoreBinsOf({ positives, negatives, scoreSums }: SliceTotals): ScoreBins {
  const width = BINS / CALIBRATION_BINS;
  const inBins = (histogram: Float64Array) =>
    Array.from(scoreSums, (_, bin) =>
      histogram.subarray(bin * width, (bin + 1) * width).reduce((sum, count) => sum + count, 0),
    );
  const positive = inBins(positives);
  const rows = inBins(negatives).map((count, bin) => count + (positive[bin] ?? 0));
  return { rows, scores: Array.from(scoreSums), positives: positive };
}

export const confusionOf = ({
  truePositive,
  falsePositive,
  falseNegative,
  trueNegative,
}: ArmTotals): Confusion => ({
  truePositive,
  falsePositive,
  falseNegative,
  trueNegative,
});
