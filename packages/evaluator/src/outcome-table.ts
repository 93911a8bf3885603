import type { ColumnBatch } from './column-batch.ts';
import {
  ABSENT,
  countUp,
  findIds,
  flagsAt,
  type IdTable,
  insertIds,
  setFlags,
  setNumber,
} from './id-table.ts';
import { OTHER_PASS, type Pass } from './pass.ts';

/** Flags of an id, above those that the table keeps itself. */
export const HAS_OUTCOME = 4;
export const POSITIVE = 8;
export const IS_RECORD = 16;

/** The cell of each row of the batch that was looked up last. */
export interface Lookup {
  found: Int32Array;
}

/** Room for the cells of a batch. */
export function foundFor(lookup: Lookup, { rows }: ColumnBatch): Int32Array {
  if (lookup.found.length < rows) lookup.found = new Int32Array(rows);
  return lookup.found;
}

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
  lookup: Lookup,
  pass: Pass,
  recordsKnown: boolean,
  counts: OutcomeCounts,
): void {
  const text = batch.text.get(columns.id);
  const labels = batch.numbers.get(columns.label);
  const monies = columns.money === undefined ? undefined : batch.numbers.get(columns.money);
  if (!text || !labels) throw new Error('internal: the outcome columns were not read');
  const found = foundFor(lookup, batch);
  (recordsKnown ? findIds : insertIds)(table, text, batch.rows, pass, found);
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
