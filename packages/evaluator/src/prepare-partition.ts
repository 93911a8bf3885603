import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Definition } from '@penumbra/core/definition';
import { type Problem, type Result, success } from '@penumbra/core/problem';
import { type BadRows, badRows } from './bad-rows.ts';
import { type ColumnBatch, placeOf, type TextColumn, textAt } from './column-batch.ts';
import type { NamedFile } from './column-spec.ts';
import { recordFile } from './day-files.ts';
import type { DuckDb } from './duckdb.ts';
import { arenaFor, createIdTable, foundFor, type IdTable, insertIds } from './id-table.ts';
import { ARENA_BYTES } from './kernel.ts';
import { WHOLE } from './pass.ts';
import { type ColumnFile, openColumns, rowProblem } from './read-columns.ts';
import { estimateRows } from './row-estimate.ts';

/** A file of model input to be written: from which records, and where on disk. */
export interface InputFile {
  readonly records: NamedFile;
  readonly path: string;
}

/**
 * Checks every file of a partition, and writes the model's input beside it: CSV without header, the record id
 * first (it travels with the score and is kept from the model), then the features in the definition's order; rows
 * in the records' order, those left out that are bad and tolerated. Where anything is wrong, or the definition
 * has no model, what was written is to be thrown away.
 */
export async function preparePartition(
  db: DuckDb,
  definition: Definition,
  inputs: readonly InputFile[],
): Promise<Result<{ readonly rows: number }>> {
  const bad = badRows(definition.toleratedBadRows);
  const files = inputs.map(({ records }) => recordFile(definition, records, 'all'));
  const expected = await estimateRows(db, files);
  const table = createIdTable({ expected, arenaBytes: ARENA_BYTES });
  let rows = 0;
  for (const { records, path } of inputs) {
    const file = recordFile(definition, records, 'all');
    const prepared = await prepareFile(db, definition, file, table, bad, definition.model ? path : undefined);
    if (!prepared.ok) return prepared;
    rows += prepared.value;
  }
  return success({ rows });
}

async function prepareFile(
  db: DuckDb,
  definition: Definition,
  file: ColumnFile,
  table: IdTable,
  bad: BadRows,
  path: string | undefined,
): Promise<Result<number>> {
  const output = path === undefined ? undefined : createWriteStream(path);
  const connection = await db.connect();
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
      if (output && !output.write(inputLines(batch, definition))) await once(output, 'drain');
    }
  } finally {
    await batches.return([]);
    arena.release(mark);
    connection.closeSync();
    if (output) {
      output.end();
      await once(output, 'finish');
    }
  }
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
    lines += quoted(textAt(ids, row) ?? '');
    for (const feature of features) {
      const value = feature[row] as number;
      lines += Number.isNaN(value) ? ',' : `,${value}`;
    }
    lines += '\n';
  }
  return lines;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
