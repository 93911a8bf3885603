/* Cells and rows brought together: what outcome-table.ts and record-rows.ts say in plain TypeScript. */
import {
  ABSENT,
  CELL_SHIFT,
  COUNT,
  FLAGS,
  HAS_OUTCOME,
  IS_RECORD,
  NUMBER,
  OTHER_PASS,
  POSITIVE,
  SINK,
} from './layout';

/** Takes outcomes into their cells; `monies` may be 0. Rows, duplicates and unmatched are at SINK. */
export function takeOutcomes(
  found: usize,
  rows: i32,
  labels: usize,
  monies: usize,
  cells: usize,
  regression: bool,
  recordsKnown: bool,
): void {
  let taken: u32 = 0;
  let duplicates: u32 = 0;
  let unmatched: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const cell = load<i32>(found + (row << 2));
    if (cell == OTHER_PASS) continue;
    taken++;
    if (cell == ABSENT) {
      unmatched++;
      continue;
    }
    const at = cells + ((<usize>cell) << CELL_SHIFT);
    const flags = load<u32>(at, FLAGS);
    if (recordsKnown && (flags & HAS_OUTCOME) != 0) duplicates++;
    const label = load<f64>(labels + (row << 3));
    const positive: u32 = !regression && label == 1 ? POSITIVE : 0;
    store<u32>(at, (flags & ~POSITIVE) | HAS_OUTCOME | positive, FLAGS);
    if (regression) store<f64>(at, label, NUMBER);
    else if (monies != 0) store<f64>(at, load<f64>(monies + (row << 3)), NUMBER);
    store<u32>(at, load<u32>(at, COUNT) + 1, COUNT);
  }
  store<u32>(SINK, taken);
  store<u32>(SINK, duplicates, 4);
  store<u32>(SINK, unmatched, 8);
}

/** Marks cells as records'; the first row whose cell was marked before, or -1. */
export function markRecords(found: usize, rows: i32, cells: usize): i32 {
  for (let row: usize = 0; row < <usize>rows; row++) {
    const cell = load<i32>(found + (row << 2));
    if (cell == OTHER_PASS) continue;
    const at = cells + ((<usize>cell) << CELL_SHIFT);
    const flags = load<u32>(at, FLAGS);
    if ((flags & IS_RECORD) != 0) return <i32>row;
    store<u32>(at, flags | IS_RECORD, FLAGS);
  }
  return -1;
}

/**
 * Label (NaN where none landed) and money of each row of this pass, side by side with its other columns: those are
 * moved up where rows of other passes are between. Returns the rows; at SINK the records with an outcome and the
 * outcomes of them.
 */
export function fill(
  found: usize,
  rows: i32,
  cells: usize,
  regression: bool,
  hasMoney: bool,
  labels: usize,
  monies: usize,
  slices: usize,
  incumbents: usize,
  scores: usize,
  amounts: usize,
): i32 {
  let kept: usize = 0;
  let records: u32 = 0;
  let outcomes: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const cell = load<i32>(found + (row << 2));
    if (cell == OTHER_PASS) continue;
    let label: f64 = NaN;
    let money: f64 = 0;
    if (cell >= 0) {
      const at = cells + ((<usize>cell) << CELL_SHIFT);
      const flags = load<u32>(at, FLAGS);
      if ((flags & HAS_OUTCOME) != 0) {
        const number = load<f64>(at, NUMBER);
        label = regression ? number : (flags & POSITIVE) != 0 ? 1 : 0;
        if (hasMoney) money = number;
        records++;
        outcomes += load<u32>(at, COUNT);
      }
    }
    store<f64>(labels + (kept << 3), label);
    store<f64>(monies + (kept << 3), money);
    if (kept != row) {
      store<i16>(slices + (kept << 1), load<i16>(slices + (row << 1)));
      store<f64>(incumbents + (kept << 3), load<f64>(incumbents + (row << 3)));
      store<f64>(scores + (kept << 3), load<f64>(scores + (row << 3)));
      store<f64>(amounts + (kept << 3), load<f64>(amounts + (row << 3)));
    }
    kept++;
  }
  store<u32>(SINK, records);
  store<u32>(SINK, outcomes, 4);
  return <i32>kept;
}
