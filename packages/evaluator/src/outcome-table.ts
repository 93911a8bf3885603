import type { ColumnBatch } from './column-batch.ts';
import {
  ABSENT,
  cellsAt,
  countUp,
  findIds,
  flagsAt,
  foundFor,
  type IdTable,
  insertIds,
  setFlags,
  setNumber,
} from './id-table.ts';
import { addressIn, handNumbers } from './kernel.ts';
import { OTHER_PASS, type Pass } from './pass.ts';

/** Flags of an id, above those that the table keeps itself. */
export const HAS_OUTCOME = 4;
export const POSITIVE = 8;
export const IS_RECORD = 16;

export interface OutcomeColumns {
  readonly id: string;
  readonly label: string;
  readonly money: string | undefined;
  readonly regression: boolean;
}

export interface OutcomeCounts {
  rows: number;
  duplicates: number;
  unmatched: number;
}

/**
 * Takes a batch of outcomes into the table, the latest one of an id winning. `recordsKnown`: the table holds the
 * records already, and an outcome of anything else is counted and forgotten.
 */
export function takeOutcomes(
  table: IdTable,
  batch: ColumnBatch,
  columns: OutcomeColumns,
  pass: Pass,
  recordsKnown: boolean,
  counts: OutcomeCounts,
): void {
  const text = batch.text.get(columns.id);
  const labels = batch.numbers.get(columns.label);
  const monies = columns.money === undefined ? undefined : batch.numbers.get(columns.money);
  if (!text || !labels) throw new Error('internal: the outcome columns were not read');
  const found = foundFor(table, batch.rows);
  (recordsKnown ? findIds : insertIds)(table, text, batch.rows, pass, found);
  if (takenByKernel(table, found, batch.rows, labels, monies, columns.regression, recordsKnown, counts))
    return;
  for (let row = 0; row < batch.rows; row += 1) {
    const cell = found[row] as number;
    if (cell === OTHER_PASS) continue;
    counts.rows += 1;
    if (cell === ABSENT) {
      counts.unmatched += 1;
      continue;
    }
    const flags = flagsAt(table, cell);
    if (recordsKnown && (flags & HAS_OUTCOME) !== 0) counts.duplicates += 1;
    const label = labels[row] as number;
    const kept = flags & ~POSITIVE;
    if (columns.regression) {
      setFlags(table, cell, kept | HAS_OUTCOME);
      setNumber(table, cell, label);
    } else {
      setFlags(table, cell, kept | HAS_OUTCOME | (label === 1 ? POSITIVE : 0));
      if (monies) setNumber(table, cell, monies[row] as number);
    }
    countUp(table, cell);
  }
}

/** The loop above in the kernel; false where it has none, or does not hold what was found. */
function takenByKernel(
  table: IdTable,
  found: Int32Array,
  rows: number,
  labels: Float64Array,
  monies: Float64Array | undefined,
  regression: boolean,
  recordsKnown: boolean,
  counts: OutcomeCounts,
): boolean {
  const { kernel } = table;
  const foundAt = kernel && addressIn(kernel, found);
  if (!kernel || foundAt === undefined) return false;
  kernel.calls.takeOutcomes(
    foundAt,
    rows,
    handNumbers(kernel, labels, rows, 0),
    monies ? handNumbers(kernel, monies, rows, 1) : 0,
    cellsAt(table),
    Number(regression),
    Number(recordsKnown),
  );
  counts.rows += kernel.sink(0);
  counts.duplicates += kernel.sink(1);
  counts.unmatched += kernel.sink(2);
  return true;
}
