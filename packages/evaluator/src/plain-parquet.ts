import { closeSync, openSync } from 'node:fs';
import type { ColumnBatch, TextColumn } from './column-batch.ts';
import type { ColumnSpec, NamedFile } from './column-spec.ts';
import { BATCH_ROWS, type Kernel } from './kernel.ts';
import { type ParquetColumn, parquetColumn } from './parquet-column.ts';
import { parquetLayout } from './parquet-footer.ts';
import { growing } from './parquet-pages.ts';

/**
 * The rows of a Parquet file of flat columns, by the loops of ../kernel/parquet.ts: texts, numbers, decimals of up to
 * 64 bits and booleans, plain or by dictionary, in pages of either version. Only the columns asked for are read, a
 * page of each at a time. Answers the number of rows given where the full reader must go on: a column, an encoding or
 * a compression is of another kind, or something is not as it should be.
 */
export function* plainParquetBatches(
  kernel: Kernel,
  file: NamedFile,
  specs: readonly ColumnSpec[],
): Generator<ColumnBatch, 'read' | number, void> {
  const fd = openSync(file.path, 'r');
  try {
    const layout = parquetLayout(fd, specs);
    if (!layout) return 0;
    const source = { kernel, fd, input: growing(kernel), work: growing(kernel) };
    const columns = layout.columns.flatMap(({ spec, kind, optional }) => {
      const column = parquetColumn(source, kind, optional);
      return column ? [{ name: spec.name, column }] : [];
    });
    if (columns.length < specs.length) return 0;
    let first = 0;
    for (const { rows: all, chunks } of layout.groups) {
      for (const [index, { column }] of columns.entries()) {
        const chunk = chunks[index];
        if (chunk) column.open(chunk);
      }
      for (let left = all; left > 0; ) {
        const rows = readyRows(columns, Math.min(left, BATCH_ROWS));
        if (rows === 0 || !columns.every(({ column }) => column.read(rows))) return first;
        yield batchOf(columns, rows, first);
        first += rows;
        left -= rows;
      }
      // Pages that hold more than their row group says.
      if (columns.some(({ column }) => column.ready() !== 0)) return first;
    }
    return 'read';
  } finally {
    closeSync(fd);
  }
}

interface Named {
  readonly name: string;
  readonly column: ParquetColumn;
}

/** Rows that every column has at hand, at most `most`; 0 where one has none. */
function readyRows(columns: readonly Named[], most: number): number {
  let rows = most;
  for (const { column } of columns) {
    const ready = column.ready();
    if (ready === 'irregular') return 0;
    rows = Math.min(rows, ready);
  }
  return rows;
}

function batchOf(columns: readonly Named[], rows: number, first: number): ColumnBatch {
  const text = new Map<string, TextColumn>();
  const numbers = new Map<string, Float64Array>();
  for (const { name, column } of columns) {
    const read = column.text();
    if (read) text.set(name, read);
    if (column.values) numbers.set(name, column.values.subarray(0, rows));
  }
  return { rows, first, text, numbers };
}
