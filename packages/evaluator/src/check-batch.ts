import { type ColumnBatch, textAt } from './column-batch.ts';
import type { ColumnSpec } from './column-spec.ts';
import { addressIn, type Kernel } from './kernel.ts';

/** Largest size of a number, so that no square and no sum of them overflows. */
export const LARGEST = 1e100;

/** A cell that is not what the definition asks for. */
export interface BadCell {
  readonly row: number;
  readonly column: string;
  readonly what: string;
  readonly remedy: string;
}

/** The rows of a batch that do not fit their columns, in order, each with its first bad cell. */
export function badCells(batch: ColumnBatch, specs: readonly ColumnSpec[], kernel?: Kernel): BadCell[] {
  const bad = new Map<number, BadCell>();
  for (const spec of specs) {
    if (kernel && allFit(kernel, batch, spec)) continue;
    for (const row of badRowsOf(batch, spec)) {
      if (!bad.has(row)) bad.set(row, describe(batch, spec, row));
    }
  }
  return [...bad.values()].sort((a, b) => a.row - b.row);
}

const KINDS = { number: 0, binary: 1, share: 2 } as const;
const MOST = 2 ** 31 - 1;

/** Whether a column of the kernel's memory has no bad cell; false where that is not to be told here. */
function allFit(kernel: Kernel, batch: ColumnBatch, spec: ColumnSpec): boolean {
  const { name, type, optional = false, longest = MOST } = spec;
  if (type === 'text') {
    const lengths = batch.text.get(name)?.lengths;
    const at = lengths && addressIn(kernel, lengths);
    if (at === undefined) return false;
    return kernel.calls.misfitText(at, 0, batch.rows, optional ? -1 : 1, longest) === -1;
  }
  const values = batch.numbers.get(name);
  const at = values && addressIn(kernel, values);
  if (at === undefined) return false;
  return kernel.calls.misfitNumber(at, 0, batch.rows, KINDS[type], Number(optional)) === -1;
}

function badRowsOf(batch: ColumnBatch, { name, type, optional = false, longest }: ColumnSpec): number[] {
  const rows: number[] = [];
  if (type === 'text') {
    const lengths = batch.text.get(name)?.lengths;
    if (!lengths || (optional && longest === undefined)) return rows;
    const most = longest ?? Number.POSITIVE_INFINITY;
    const least = optional ? -1 : 1;
    for (let row = 0; row < batch.rows; row += 1) {
      const length = lengths[row] as number;
      if (length < least || length > most) rows.push(row);
    }
    return rows;
  }
  const values = batch.numbers.get(name);
  if (!values) return rows;
  for (let row = 0; row < batch.rows; row += 1) {
    const value = values[row] as number;
    if (!fits(value, type) && !(optional && Number.isNaN(value))) rows.push(row);
  }
  return rows;
}

function fits(value: number, type: 'number' | 'binary' | 'share'): boolean {
  if (type === 'number') return Math.abs(value) <= LARGEST;
  return type === 'share' ? value >= 0 && value <= 1 : value === 0 || value === 1;
}

function describe(batch: ColumnBatch, { name, type, optional, longest }: ColumnSpec, row: number): BadCell {
  const text = batch.text.get(name);
  const bytes = text?.lengths[row] ?? 0;
  if (longest !== undefined && bytes > longest) {
    return { row, column: name, what: `the text has ${bytes} bytes`, remedy: `Use at most ${longest} bytes` };
  }
  const value = text ? textAt(text, row) : (batch.numbers.get(name)?.[row] ?? Number.NaN);
  const allowed = {
    text: 'a text',
    number: 'a decimal number with a point',
    binary: '0 or 1',
    share: 'a probability, from 0 to 1',
  }[type];
  return {
    row,
    column: name,
    what: whatIsWrong(value, type),
    remedy: `Write ${allowed}${optional ? ', or leave the cell empty' : ' in every row'}`,
  };
}

function whatIsWrong(value: string | number | null, type: ColumnSpec['type']): string {
  if (value === null || value === '' || Number.isNaN(value)) return 'the cell is empty';
  if (type === 'binary') return `${value} is neither 0 nor 1`;
  if (type === 'share' && Number.isFinite(value)) return `${value} is outside [0, 1]`;
  return Number.isFinite(value) ? `${value} is beyond ±${LARGEST}` : `${value} is not a finite number`;
}
