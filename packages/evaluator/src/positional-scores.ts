import type { Problem } from '@penumbra/core/problem';
import type { ColumnBatch, TextColumn } from './column-batch.ts';
import type { PredictionFile } from './day-files.ts';
import { handText, type Kernel } from './kernel.ts';
import type { OpenedColumns } from './read-columns.ts';

/** ordered: every row had its score. unordered: this is no file in the order of the records. */
export type Taken =
  | { readonly kind: 'ordered' }
  | { readonly kind: 'unordered'; readonly why: string }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

export interface PositionalScores {
  /** The scores of the next rows of the records. */
  take(batch: ColumnBatch, recordIds: TextColumn, into: Float64Array): Promise<Taken>;
  /** Whether the file ends with the records. */
  finish(): Promise<Taken>;
  close(): Promise<void>;
}

const ORDERED: Taken = { kind: 'ordered' };

/**
 * Scores by position, as Batch Transform writes them. Where the file names its records, each name is compared
 * with the record's, byte by byte, so that a file in another order is found out.
 */
export function positionalScores(
  { batches }: OpenedColumns,
  file: PredictionFile,
  kernel?: Kernel,
): PositionalScores {
  let current: ColumnBatch | undefined;
  let at = 0;
  const more = async (): Promise<readonly Problem[] | undefined> => {
    while (!current || at >= current.rows) {
      const next = await batches.next();
      if (next.done) {
        current = undefined;
        return next.value;
      }
      current = next.value;
      at = 0;
    }
    return undefined;
  };
  return {
    async take(batch, recordIds, into) {
      for (let row = 0; row < batch.rows; ) {
        const ended = await more();
        if (ended) {
          if (ended.length > 0) return { kind: 'wrong', problems: ended };
          return { kind: 'unordered', why: 'it has fewer rows than the records' };
        }
        if (!current) throw new Error('internal: no batch and no end');
        const rows = Math.min(batch.rows - row, current.rows - at);
        const scores = current.numbers.get(file.score);
        if (!scores) throw new Error('internal: the scores were not read');
        const ids = file.id === undefined ? undefined : current.text.get(file.id);
        if (ids && !sameTexts(ids, at, recordIds, row, rows, kernel)) {
          return { kind: 'unordered', why: 'its ids are in another order than the records' };
        }
        into.set(scores.subarray(at, at + rows), row);
        row += rows;
        at += rows;
      }
      return ORDERED;
    },
    async finish() {
      const ended = await more();
      if (ended) return ended.length > 0 ? { kind: 'wrong', problems: ended } : ORDERED;
      return { kind: 'unordered', why: 'it has more rows than the records' };
    },
    async close() {
      await batches.return([]);
    },
  };
}

function sameTexts(
  a: TextColumn,
  fromA: number,
  b: TextColumn,
  fromB: number,
  rows: number,
  kernel: Kernel | undefined,
): boolean {
  const one = kernel && handText(kernel, a, fromA + rows, 0);
  const other = kernel && handText(kernel, b, fromB + rows, 1);
  if (one && other) {
    const [skipA, skipB] = [fromA * 4, fromB * 4];
    return (
      kernel.calls.sameTexts(
        ...[one.bytes, one.starts + skipA, one.lengths + skipA],
        ...[other.bytes, other.starts + skipB, other.lengths + skipB],
        rows,
      ) !== 0
    );
  }
  const bytesA = a.bytes;
  const bytesB = b.bytes;
  for (let row = 0; row < rows; row += 1) {
    const length = a.lengths[fromA + row] as number;
    if (length !== b.lengths[fromB + row]) return false;
    const startA = a.starts[fromA + row] as number;
    const startB = b.starts[fromB + row] as number;
    for (let byte = 0; byte < length; byte += 1) {
      if (bytesA[startA + byte] !== bytesB[startB + byte]) return false;
    }
  }
  return true;
}
