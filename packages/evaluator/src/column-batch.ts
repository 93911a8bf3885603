/** Length of a text that is not there. */
export const MISSING = -1;

/** UTF-8 text by column, without a string a row: row i is `lengths[i]` bytes from `starts[i]` on. */
export interface TextColumn {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
  /** In bytes; MISSING where there is no text. */
  readonly lengths: Int32Array;
}

/**
 * Some rows of a file, by column. Its buffers belong to the reader and are written over when the next batch is
 * asked for.
 */
export interface ColumnBatch {
  readonly rows: number;
  /** 0-based place in the file of each row; `first + i` where nothing was left out. */
  readonly first: number;
  readonly places?: Float64Array;
  readonly text: ReadonlyMap<string, TextColumn>;
  /** NaN where there is no number. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
}

export function textAt({ bytes, starts, lengths }: TextColumn, row: number): string | null {
  const length = lengths[row] ?? MISSING;
  if (length === MISSING) return null;
  const start = starts[row] ?? 0;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('utf8');
}

/** The value of a row in a column of either kind. */
export function fieldAt(
  { text, numbers }: ColumnBatch,
  field: string,
  row: number,
): string | number | null | undefined {
  const column = text.get(field);
  return column ? textAt(column, row) : numbers.get(field)?.[row];
}

/** 0-based place in its file of a row of the batch. */
export const placeOf = ({ first, places }: ColumnBatch, row: number): number => places?.[row] ?? first + row;

/** The rows that `keep` names, in new buffers where they are not all of them. */
export function selectRows(batch: ColumnBatch, keep: readonly number[]): ColumnBatch {
  if (keep.length === batch.rows) return batch;
  const text = [...batch.text].map(([name, { bytes, starts, lengths }]): [string, TextColumn] => [
    name,
    {
      bytes,
      starts: Uint32Array.from(keep, (row) => starts[row] ?? 0),
      lengths: Int32Array.from(keep, (row) => lengths[row] ?? MISSING),
    },
  ]);
  const numbers = [...batch.numbers].map(([name, values]): [string, Float64Array] => [
    name,
    Float64Array.from(keep, (row) => values[row] ?? Number.NaN),
  ]);
  return {
    rows: keep.length,
    first: batch.first,
    places: Float64Array.from(keep, (row) => placeOf(batch, row)),
    text: new Map(text),
    numbers: new Map(numbers),
  };
}
