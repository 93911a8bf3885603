/* The fold: what update.ts says in plain TypeScript, on the numbers that metric-layout.ts lays out. */

const ROWS: usize = 0;
const LABELLED: usize = 1 << 3;
const CHALLENGER_CELLS: usize = 2 << 3;
const INCUMBENT_CELLS: usize = 6 << 3;
const CHALLENGER_VALUE: usize = 10 << 3;
const INCUMBENT_VALUE: usize = 12 << 3;
const DIFFERENCE: usize = 14 << 3;
const DIFFERENCE_SQUARED: usize = 16 << 3;
const BRIER: usize = 18 << 3;
const LOG_LOSS: usize = 20 << 3;
const CHALLENGER_ABSOLUTE: usize = 22 << 3;
const CHALLENGER_SQUARED: usize = 24 << 3;
const INCUMBENT_ABSOLUTE: usize = 26 << 3;
const INCUMBENT_SQUARED: usize = 28 << 3;
const CHALLENGER_FALSE_POSITIVE_VALUE: usize = 30 << 3;
const INCUMBENT_FALSE_POSITIVE_VALUE: usize = 32 << 3;
const CALIBRATION: usize = 34 << 3;
const POSITIVES: usize = 66 << 3;
const NEGATIVES: usize = (66 + 2048) << 3;
const GROUP_BYTES: usize = (66 + 2 * 2048) << 3;
const BINS: i32 = 2048;
/** log2 of the bins in one calibration bin. */
const CALIBRATION_SHIFT: i32 = 7;
const CLIP: f64 = 1e-15;
const FALSE_POSITIVE: i32 = 2;

/** `groups` is one array of numbers a slice, and last that of the rows of none (slice -1, number `rest`). */
export function foldClassification(
  rows: i32,
  slices: usize,
  incumbents: usize,
  scores: usize,
  labels: usize,
  amounts: usize,
  monies: usize,
  groups: usize,
  rest: i32,
  threshold: f64,
  worth: usize,
): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const slice = <i32>load<i16>(slices + (row << 1));
    const group = groups + <usize>(slice < 0 ? rest : slice) * GROUP_BYTES;
    count(group, ROWS);
    const at = row << 3;
    const label = load<f64>(labels + at);
    const score = load<f64>(scores + at);
    if (!(label >= 0 && score >= 0)) continue;

    count(group, LABELLED);
    const positive = <i32>label;
    const challenger = (score >= threshold ? 2 : 0) + positive;
    const incumbent = 2 * <i32>load<f64>(incumbents + at) + positive;
    count(group, CHALLENGER_CELLS + ((<usize>challenger) << 3));
    count(group, INCUMBENT_CELLS + ((<usize>incumbent) << 3));

    const amount = load<f64>(amounts + at);
    const money = load<f64>(monies + at);
    const gained = worthOf(worth, challenger, amount, money);
    const earned = worthOf(worth, incumbent, amount, money);
    add(group + CHALLENGER_VALUE, gained);
    add(group + INCUMBENT_VALUE, earned);
    if (challenger == FALSE_POSITIVE) add(group + CHALLENGER_FALSE_POSITIVE_VALUE, gained);
    if (incumbent == FALSE_POSITIVE) add(group + INCUMBENT_FALSE_POSITIVE_VALUE, earned);
    if (challenger != incumbent) {
      const difference = gained - earned;
      add(group + DIFFERENCE, difference);
      add(group + DIFFERENCE_SQUARED, difference * difference);
    }

    const miss = score - label;
    add(group + BRIER, miss * miss);
    const clipped = Math.min(Math.max(score, CLIP), 1 - CLIP);
    add(group + LOG_LOSS, positive == 1 ? -NativeMath.log(clipped) : -NativeMath.log1p(-clipped));
    const bin = score == 1 ? BINS - 1 : <i32>(score * <f64>BINS);
    count(group, (positive == 1 ? POSITIVES : NEGATIVES) + ((<usize>bin) << 3));
    add(group + CALIBRATION + ((<usize>(bin >> CALIBRATION_SHIFT)) << 4), score);
  }
}

export function foldRegression(
  rows: i32,
  slices: usize,
  incumbents: usize,
  scores: usize,
  labels: usize,
  groups: usize,
  rest: i32,
  perUnitOver: f64,
  perUnitUnder: f64,
): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const slice = <i32>load<i16>(slices + (row << 1));
    const group = groups + <usize>(slice < 0 ? rest : slice) * GROUP_BYTES;
    count(group, ROWS);
    const at = row << 3;
    const label = load<f64>(labels + at);
    const score = load<f64>(scores + at);
    if (label != label || score != score) continue;

    count(group, LABELLED);
    const challenger = score - label;
    const incumbent = load<f64>(incumbents + at) - label;
    const gained = worthOfError(challenger, perUnitOver, perUnitUnder);
    const earned = worthOfError(incumbent, perUnitOver, perUnitUnder);
    const difference = gained - earned;
    add(group + CHALLENGER_VALUE, gained);
    add(group + INCUMBENT_VALUE, earned);
    add(group + DIFFERENCE, difference);
    add(group + DIFFERENCE_SQUARED, difference * difference);
    add(group + CHALLENGER_ABSOLUTE, Math.abs(challenger));
    add(group + CHALLENGER_SQUARED, challenger * challenger);
    add(group + INCUMBENT_ABSOLUTE, Math.abs(incumbent));
    add(group + INCUMBENT_SQUARED, incumbent * incumbent);
  }
}

@inline
function worthOfError(error: f64, perUnitOver: f64, perUnitUnder: f64): f64 {
  return error >= 0 ? -error * perUnitOver : error * perUnitUnder;
}

@inline
function worthOf(worth: usize, cell: i32, amount: f64, money: f64): f64 {
  const at = worth + <usize>cell * 24;
  return load<f64>(at) + load<f64>(at, 8) * amount + load<f64>(at, 16) * money;
}

@inline
function count(group: usize, offset: usize): void {
  store<f64>(group + offset, load<f64>(group + offset) + 1);
}

/** Neumaier's sum, as in compensated-sum.ts. */
@inline
function add(at: usize, value: f64): void {
  const before = load<f64>(at);
  const after = before + value;
  const part = after - before;
  store<f64>(at, after);
  store<f64>(at, load<f64>(at, 8) + (before - (after - part) + (value - part)), 8);
}
