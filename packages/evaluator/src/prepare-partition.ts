import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Definition } from '@penumbra/core/definition';
import { type Problem, type Result, success } from '@penumbra/core/problem';
import { type BadRows, badRows } from './bad-rows.ts';
import { type ColumnBatch, placeOf, type TextColumn, textAt } from './column-batch.ts';
import type { NamedFile } from './column-spec.ts';
import { csvCell } from './csv-cell.ts';
import { recordFile } from './day-files.ts';
import { type Connecting, connectionOnDemand } from './duckdb.ts';
import { arenaFor, createIdTable, foundFor, type IdTable, insertIds } from './id-table.ts';
import { ARENA_BYTES } from './kernel.ts';
import { WHOLE } from './pass.ts';
import { type ColumnFile, openColumns, rowProblem } from './read-columns.ts';
import { estimateRows } from './row-estimate.ts';
import { armLines } from './sql/arm-lines.ts';

/** A file of model input to be written: from which records, and where on disk. */
export interface InputFile {
  readonly records: NamedFile;
  readonly path: string;
  /** Where the hashes of the units are written, for an engine that cannot compute them: see sql/arm-lines.ts. */
  readonly arms?: string | undefined;
}

/**
 * Checks every file of a partition, and writes the model's input beside it: CSV without header, the record id
 * first (it travels with the score and is kept from the model), then the features in the definition's order; rows
 * in the records' order, those left out that are bad and tolerated. Where anything is wrong, or the definition
 * has no model, what was written is to be thrown away.
 */
export async function preparePartition(
  db: Connecting,
  definition: Definition,
  inputs: readonly InputFile[],
): Promise<Result<{ readonly rows: number }>> {
  const bad = badRows(definition.toleratedBadRows);
  const files = inputs.map(({ records }) => recordFile(definition, records, 'all'));
  const expected = await estimateRows(files);
  const table = createIdTable({ expected, arenaBytes: ARENA_BYTES });
  let rows = 0;
  const writers = {
    input: (batch: ColumnBatch) => inputLines(batch, definition),
    arms: armLines(definition),
  };
  for (const { records, path, arms } of inputs) {
    const file = recordFile(definition, records, 'all');
    const outputs = [
      ...(definition.model ? [lineWriter(path, writers.input)] : []),
      ...(arms === undefined ? [] : [lineWriter(arms, writers.arms)]),
    ];
    const prepared = await prepareFile(db, definition, file, table, bad, outputs);
    if (!prepared.ok) return prepared;
    rows += prepared.value;
  }
  return success({ rows });
}

async function prepareFile(
  db: Connecting,
  definition: Definition,
  file: ColumnFile,
  table: IdTable,
  bad: BadRows,
  outputs: readonly LineWriter[],
): Promise<Result<number>> {
  const connection = connectionOnDemand(db);
  const arena = arenaFor(table);
  const mark = arena.mark();
  const { batches, locate } = openColumns(connection, file, bad, table.kernel);
  let rows = 0;
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) return next.value.length > 0 ? { ok: false, problems: next.value } : success(rows);
      const batch = next.value;
      const twice = repeatedRow(table, batch, definition.records.id);
      if (twice !== undefined) {
        const name = JSON.stringify(textAt(idsOf(batch, definition), twice));
        const problem: Problem = await rowProblem(file, locate, placeOf(batch, twice), {
          column: definition.records.id,
          what: `the record id ${name} is there twice`,
          remedy: 'Give every record of a date an id of its own, or remove the repeated row',
        });
        return { ok: false, problems: [problem] };
      }
      rows += batch.rows;
      for (const output of outputs) await output.write(batch);
    }
  } finally {
    await batches.return([]);
    arena.release(mark);
    await connection.close();
    for (const output of outputs) await output.end();
  }
}

/** A file that lines of every batch are written to. */
interface LineWriter {
  write(batch: ColumnBatch): Promise<void>;
  end(): Promise<void>;
}

function lineWriter(path: string, linesOf: (batch: ColumnBatch) => string): LineWriter {
  const output = createWriteStream(path);
  return {
    async write(batch) {
      if (!output.write(linesOf(batch))) await once(output, 'drain');
    },
    async end() {
      output.end();
      await once(output, 'finish');
    },
  };
}

function idsOf(batch: ColumnBatch, { records }: Definition): TextColumn {
  const ids = batch.text.get(records.id);
  if (!ids) throw new Error('internal: the record ids were not read');
  return ids;
}

/** Adds the ids of a batch; the first row whose id was there before, if any. */
function repeatedRow(table: IdTable, batch: ColumnBatch, id: string): number | undefined {
  const text = batch.text.get(id);
  if (!text) throw new Error('internal: the record ids were not read');
  const before = table.cells;
  const found = foundFor(table, batch.rows);
  insertIds(table, text, batch.rows, WHOLE, found);
  let last = before - 1;
  for (let row = 0; row < batch.rows; row += 1) {
    const cell = found[row] as number;
    // New ids get cells in ascending order.
    if (cell <= last) return row;
    last = cell;
  }
  return undefined;
}

function inputLines(batch: ColumnBatch, definition: Definition): string {
  const ids = idsOf(batch, definition);
  const features = definition.records.features.map((name) => batch.numbers.get(name) as Float64Array);
  let lines = '';
  for (let row = 0; row < batch.rows; row += 1) {
    lines += csvCell(textAt(ids, row) ?? '');
    for (const feature of features) {
      const value = feature[row] as number;
      lines += Number.isNaN(value) ? ',' : `,${value}`;
    }
    lines += '\n';
  }
  return lines;
}
