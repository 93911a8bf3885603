import type { Problem } from '@penumbra/core/problem';
import { type ColumnBatch, placeOf, type TextColumn, textAt } from './column-batch.ts';
import { eachBatch, type PassContext, type Stopped, stopped } from './compare-pass.ts';
import { cellsAt, flagsAt, foundFor, insertIds, setFlags } from './id-table.ts';
import { addressIn } from './kernel.ts';
import { IS_RECORD } from './outcome-table.ts';
import { OTHER_PASS } from './pass.ts';
import { type ColumnFile, type Locate, rowProblem } from './read-columns.ts';

/** Takes the ids of the records into the table; a record that is there twice is a problem. */
export async function indexRecords(context: PassContext): Promise<Stopped | undefined> {
  const { plan } = context;
  const { id } = plan.definition.records;
  for (const file of plan.records) {
    const ended = await eachBatch(context, file, async (batch, locate) => {
      const twice = markRecords(context, batch, id);
      if (twice === undefined) return undefined;
      return [await repeated(file, locate, batch, id, twice)];
    });
    if (ended.length > 0) return stopped('records', ...ended);
  }
  return undefined;
}

/** Marks the ids of a batch as records'; the first row that was marked before, if any. */
export function markRecords(context: PassContext, batch: ColumnBatch, id: string): number | undefined {
  const { table, pass } = context;
  const text = idsOf(batch, id);
  const found = foundFor(table, batch.rows);
  context.lookup.found = found;
  insertIds(table, text, batch.rows, pass, found);
  const { kernel } = table;
  const foundAt = kernel && addressIn(kernel, found);
  if (kernel && foundAt !== undefined) {
    const row = kernel.calls.markRecords(foundAt, batch.rows, cellsAt(table));
    return row === -1 ? undefined : row;
  }
  for (let row = 0; row < batch.rows; row += 1) {
    const cell = found[row] as number;
    if (cell === OTHER_PASS) continue;
    const flags = flagsAt(table, cell);
    if ((flags & IS_RECORD) !== 0) return row;
    setFlags(table, cell, flags | IS_RECORD);
  }
  return undefined;
}

export function idsOf(batch: ColumnBatch, id: string): TextColumn {
  const text = batch.text.get(id);
  if (!text) throw new Error('internal: the record ids were not read');
  return text;
}

export async function repeated(
  file: ColumnFile,
  locate: Locate,
  batch: ColumnBatch,
  id: string,
  row: number,
): Promise<Problem> {
  const name = JSON.stringify(textAt(idsOf(batch, id), row));
  return rowProblem(file, locate, placeOf(batch, row), {
    column: id,
    what: `the record id ${name} is there twice`,
    remedy: 'Give every record of a date an id of its own, or remove the repeated row',
  });
}
