import { type Arena, HEAP } from './arena.ts';
import { addSum } from './compensated-sum.ts';
import { CALIBRATION_BINS, COUNTS, POSITIVES_AT, SUMS, SUMS_AT, WIDTH } from './metric-layout.ts';

export type Task = 'binary-classification' | 'regression';

/** The rows that no slice matches. */
export const REST = '*';

/**
 * The metric state of a day, or of many days together: for each slice, and for the rows of none (REST), one array
 * of numbers laid out as metric-layout.ts says. Every row is in exactly one of them.
 */
export interface DayMetrics {
  readonly task: Task;
  readonly slices: ReadonlyMap<string, Float64Array>;
  /** Outcomes that repeat a record, the latest landed one won. */
  duplicateOutcomes: number;
  /** Outcomes that belong to no record of the day. */
  unmatchedOutcomes: number;
  /** Rows that could not be read and were left out. */
  badRows: number;
}

/** The empty state: combining with it changes nothing. `room` gives the arrays, one after the other where it can. */
export function initialize(
  task: Task,
  slices: readonly string[],
  room: Arena['float64'] = HEAP.float64,
): DayMetrics {
  const names = [...slices, REST];
  const all = room(names.length * WIDTH);
  return {
    task,
    slices: new Map(names.map((name, index) => [name, all.subarray(index * WIDTH, (index + 1) * WIDTH)])),
    duplicateOutcomes: 0,
    unmatchedOutcomes: 0,
    badRows: 0,
  };
}

/** Two states as one. Changes neither; slices that only one of them knows are kept. */
export function combine(a: DayMetrics, b: DayMetrics): DayMetrics {
  if (a.task !== b.task) throw new Error(`a state of ${a.task} cannot be combined with one of ${b.task}`);
  const names = [...new Set([...a.slices.keys(), ...b.slices.keys()])].filter((name) => name !== REST);
  return {
    task: a.task,
    slices: new Map(
      [...names, REST].map((name) => [name, combineSlices(a.slices.get(name), b.slices.get(name))]),
    ),
    duplicateOutcomes: a.duplicateOutcomes + b.duplicateOutcomes,
    unmatchedOutcomes: a.unmatchedOutcomes + b.unmatchedOutcomes,
    badRows: a.badRows + b.badRows,
  };
}

/** The numbers of several groups of rows as those of one group, in an array of its own. */
export function combineSlices(...parts: readonly (Float64Array | undefined)[]): Float64Array {
  const whole = new Float64Array(WIDTH);
  for (const part of parts) {
    if (!part) continue;
    for (let at = 0; at < COUNTS.length; at += 1) whole[at] = (whole[at] as number) + (part[at] as number);
    for (let sum = 0; sum < SUMS.length + CALIBRATION_BINS; sum += 1) addSum(whole, SUMS_AT + 2 * sum, part);
    for (let at = POSITIVES_AT; at < WIDTH; at += 1) whole[at] = (whole[at] as number) + (part[at] as number);
  }
  return whole;
}
