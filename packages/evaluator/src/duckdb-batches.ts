import type { DuckDBConnection } from '@duckdb/node-api';
import type duckdb from '@duckdb/node-bindings';
import { HEAP } from './arena.ts';
import type { ColumnBatch, TextColumn } from './column-batch.ts';
import type { ColumnSpec } from './column-spec.ts';
import { type Bindings, readText, type TextScratch, textScratch } from './duckdb-text.ts';
import type { Kernel } from './kernel.ts';

/** Most rows of DuckDB's batches. */
const VECTOR_ROWS = 2048;

/**
 * The rows of a query, batch by batch, streamed: text columns as VARCHAR, the others as DOUBLE, in the order of
 * `specs`. Throws what DuckDB throws.
 */
export async function* queryBatches(
  connection: DuckDBConnection,
  sql: string,
  specs: readonly ColumnSpec[],
  kernel?: Kernel,
): AsyncGenerator<ColumnBatch, void, void> {
  const { default: bindings } = await import('@duckdb/node-bindings');
  const result = await connection.stream(sql);
  const arena = kernel?.arena ?? HEAP;
  const rooms = specs.map(({ type }) =>
    type === 'text' ? textScratch(kernel) : { values: arena.float64(VECTOR_ROWS) },
  );
  let first = 0;
  for (;;) {
    const fetched = await result.fetchChunk();
    if (!fetched || fetched.rowCount === 0) return;
    const { rowCount } = fetched;
    const batch = toBatch(bindings, fetched.chunk, rowCount, first, specs, rooms);
    // What the chunk holds would otherwise wait for the garbage collector.
    fetched.reset();
    yield batch;
    first += rowCount;
  }
}

function toBatch(
  bindings: Bindings,
  chunk: duckdb.DataChunk,
  rows: number,
  first: number,
  specs: readonly ColumnSpec[],
  rooms: readonly (TextScratch | { readonly values: Float64Array })[],
): ColumnBatch {
  const text = new Map<string, TextColumn>();
  const numbers = new Map<string, Float64Array>();
  for (const [index, { name }] of specs.entries()) {
    const vector = bindings.data_chunk_get_vector(chunk, index);
    const missing = missingRows(bindings, vector, rows);
    const room = rooms[index];
    if (room === undefined) throw new Error('internal: a column without room');
    if (!('values' in room)) {
      text.set(name, readText(bindings, vector, rows, missing, room));
    } else {
      const data = bindings.vector_get_data(vector, rows * 8);
      const values = room.values.length === rows ? room.values : room.values.subarray(0, rows);
      // A copy: the vector's memory is DuckDB's, and gone with the chunk.
      values.set(new Float64Array(data.buffer, data.byteOffset, rows));
      if (missing) for (let row = 0; row < rows; row += 1) if (missing(row)) values[row] = Number.NaN;
      numbers.set(name, values);
    }
  }
  return { rows, first, text, numbers };
}

/** Tells which rows are null by the vector's bit mask; undefined where none is. */
function missingRows(
  bindings: Bindings,
  vector: duckdb.Vector,
  rows: number,
): ((row: number) => boolean) | undefined {
  const mask: Uint8Array | null = bindings.vector_get_validity(vector, Math.ceil(rows / 64) * 8);
  if (!mask || mask.length === 0) return undefined;
  for (let row = 0; row < rows; row += 1) {
    if (((mask[row >> 3] ?? 0) & (1 << (row & 7))) === 0) {
      return (at) => ((mask[at >> 3] ?? 0) & (1 << (at & 7))) === 0;
    }
  }
  return undefined;
}
