import type { Confusion, DaySummary, SliceNumbers } from '@penumbra/core/day-events';

/** Bins of the score histogram: AUC from it is exact but for pairs that share a bin. */
export const BINS = 2048;

/** Scores are kept this far from 0 and 1 in the log loss, whose value would be infinite there. */
const CLIP = 1e-15;

export type Task = 'binary-classification' | 'regression';

/** Sums over labelled rows. Counts are whole numbers below 2^53, exact in a double. */
export interface ArmState {
  value: number;
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
  trueNegative: number;
  absoluteError: number;
  squaredError: number;
}

export interface SliceState {
  rows: number;
  labelled: number;
  challenger: ArmState;
  incumbent: ArmState;
  difference: number;
  differenceSquared: number;
  brier: number;
  logLoss: number;
  /** Labelled rows by score, BINS equal bins over [0, 1], for each class. */
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** The metric state of a day, or of many days together: one state for each slice and one for everything. */
export interface DayMetrics {
  readonly task: Task;
  readonly overall: SliceState;
  readonly slices: ReadonlyMap<string, SliceState>;
  duplicateOutcomes: number;
  unmatchedOutcomes: number;
}

export interface LabelledRow {
  readonly score: number;
  readonly challengerDecision: number;
  readonly incumbentDecision: number;
  readonly label: number;
  readonly challengerValue: number;
  readonly incumbentValue: number;
}

const arm = (): ArmState => ({
  value: 0,
  truePositive: 0,
  falsePositive: 0,
  falseNegative: 0,
  trueNegative: 0,
  absoluteError: 0,
  squaredError: 0,
});

const slice = (): SliceState => ({
  rows: 0,
  labelled: 0,
  challenger: arm(),
  incumbent: arm(),
  difference: 0,
  differenceSquared: 0,
  brier: 0,
  logLoss: 0,
  positives: new Float64Array(BINS),
  negatives: new Float64Array(BINS),
});

/** The empty state: combining with it changes nothing. */
export function initialize(task: Task, slices: readonly string[]): DayMetrics {
  return {
    task,
    overall: slice(),
    slices: new Map(slices.map((name) => [name, slice()])),
    duplicateOutcomes: 0,
    unmatchedOutcomes: 0,
  };
}

/** Counts a record, and where its outcome is known, what both arms made of it. */
export function update(metrics: DayMetrics, name: string | undefined, row: LabelledRow | undefined): void {
  const states = [metrics.overall, name === undefined ? undefined : metrics.slices.get(name)];
  for (const state of states) {
    if (!state) continue;
    state.rows += 1;
    if (row) updateLabelled(metrics.task, state, row);
  }
}

function updateLabelled(task: Task, state: SliceState, row: LabelledRow): void {
  const difference = row.challengerValue - row.incumbentValue;
  state.labelled += 1;
  state.difference += difference;
  state.differenceSquared += difference * difference;
  updateArm(task, state.challenger, row.challengerDecision, row.label, row.challengerValue);
  updateArm(task, state.incumbent, row.incumbentDecision, row.label, row.incumbentValue);
  if (task === 'regression') return;
  const { score, label } = row;
  state.brier += (score - label) ** 2;
  const clipped = Math.min(Math.max(score, CLIP), 1 - CLIP);
  state.logLoss -= label === 1 ? Math.log(clipped) : Math.log1p(-clipped);
  const bin = Math.min(BINS - 1, Math.floor(score * BINS));
  const histogram = label === 1 ? state.positives : state.negatives;
  histogram[bin] = (histogram[bin] ?? 0) + 1;
}

function updateArm(task: Task, state: ArmState, choice: number, label: number, value: number): void {
  state.value += value;
  if (task === 'regression') {
    const error = choice - label;
    state.absoluteError += Math.abs(error);
    state.squaredError += error * error;
  } else if (choice === 1) {
    if (label === 1) state.truePositive += 1;
    else state.falsePositive += 1;
  } else if (label === 1) state.falseNegative += 1;
  else state.trueNegative += 1;
}

/** Two states as one. Changes neither; slices that only one of them knows are kept. */
export function combine(a: DayMetrics, b: DayMetrics): DayMetrics {
  const names = [...new Set([...a.slices.keys(), ...b.slices.keys()])];
  return {
    task: a.task,
    overall: combineSlices(a.overall, b.overall),
    slices: new Map(names.map((name) => [name, combineSlices(a.slices.get(name), b.slices.get(name))])),
    duplicateOutcomes: a.duplicateOutcomes + b.duplicateOutcomes,
    unmatchedOutcomes: a.unmatchedOutcomes + b.unmatchedOutcomes,
  };
}

function combineSlices(a: SliceState = slice(), b: SliceState = slice()): SliceState {
  return {
    rows: a.rows + b.rows,
    labelled: a.labelled + b.labelled,
    challenger: combineArms(a.challenger, b.challenger),
    incumbent: combineArms(a.incumbent, b.incumbent),
    difference: a.difference + b.difference,
    differenceSquared: a.differenceSquared + b.differenceSquared,
    brier: a.brier + b.brier,
    logLoss: a.logLoss + b.logLoss,
    positives: a.positives.map((count, bin) => count + (b.positives[bin] ?? 0)),
    negatives: a.negatives.map((count, bin) => count + (b.negatives[bin] ?? 0)),
  };
}

function combineArms(a: ArmState, b: ArmState): ArmState {
  return {
    value: a.value + b.value,
    truePositive: a.truePositive + b.truePositive,
    falsePositive: a.falsePositive + b.falsePositive,
    falseNegative: a.falseNegative + b.falseNegative,
    trueNegative: a.trueNegative + b.trueNegative,
    absoluteError: a.absoluteError + b.absoluteError,
    squaredError: a.squaredError + b.squaredError,
  };
}

/** The small numbers of the state, as events carry them. */
export function summarize(metrics: DayMetrics): DaySummary {
  return {
    overall: numbersOf(metrics.task, metrics.overall),
    slices: Object.fromEntries(
      [...metrics.slices].map(([name, state]) => [name, numbersOf(metrics.task, state)]),
    ),
    duplicateOutcomes: metrics.duplicateOutcomes,
    unmatchedOutcomes: metrics.unmatchedOutcomes,
  };
}

function numbersOf(task: Task, state: SliceState): SliceNumbers {
  const common = {
    rows: state.rows,
    labelled: state.labelled,
    difference: { sum: state.difference, sumOfSquares: state.differenceSquared },
  };
  if (task === 'regression') {
    const errors = ({ value, absoluteError, squaredError }: ArmState) => ({
      value,
      absoluteError,
      squaredError,
    });
    return { ...common, challenger: errors(state.challenger), incumbent: errors(state.incumbent) };
  }
  const decisions = (of: ArmState) => ({ value: of.value, confusion: confusionOf(of) });
  return {
    ...common,
    challenger: decisions(state.challenger),
    incumbent: decisions(state.incumbent),
    brier: state.brier,
    logLoss: state.logLoss,
  };
}

export function confusionOf({
  truePositive,
  falsePositive,
  falseNegative,
  trueNegative,
}: ArmState): Confusion {
  return { truePositive, falsePositive, falseNegative, trueNegative };
}

/**
 * Area under the ROC curve by the histograms, ties within a bin counted half (Mann-Whitney). Its error is at
 * most half the sum over bins of the product of the class shares. Null where a class is absent.
 */
export function areaUnderCurve({ positives, negatives }: SliceState): number | null {
  const positiveCount = positives.reduce((sum, count) => sum + count, 0);
  const negativeCount = negatives.reduce((sum, count) => sum + count, 0);
  if (positiveCount === 0 || negativeCount === 0) return null;
  let below = 0;
  let wins = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    const negative = negatives[bin] ?? 0;
    wins += (positives[bin] ?? 0) * (below + negative / 2);
    below += negative;
  }
  return wins / (positiveCount * negativeCount);
}
