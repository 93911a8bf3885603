import type { ColumnBatch } from './column-batch.ts';
import type { PassContext } from './compare-pass.ts';
import { arenaFor, cellsAt, countAt, flagsAt, numberAt } from './id-table.ts';
import { addressIn, BATCH_ROWS } from './kernel.ts';
import { HAS_OUTCOME, POSITIVE } from './outcome-table.ts';
import { OTHER_PASS } from './pass.ts';
import type { ComparedRows } from './update.ts';

/** Records that have an outcome, and the outcomes of them. */
export interface Landed {
  outcomes: number;
  records: number;
}

/** What a joiner writes for each batch; the other columns of ComparedRows are the batch's own. */
interface Room {
  readonly slice: Int16Array;
  readonly label: Float64Array;
  readonly money: Float64Array;
  readonly zeros: Float64Array;
}

/**
 * Puts a batch of records side by side with their outcomes, whose cells were looked up before. Rows of other passes
 * are left out, and the batch's own columns are moved up over them.
 */
export function rowJoiner(
  context: PassContext,
  codesOf: (batch: ColumnBatch, into: Int16Array) => void,
): (batch: ColumnBatch, score: Float64Array, landed: Landed) => ComparedRows {
  const { table, plan } = context;
  const arena = arenaFor(table);
  const roomFor = (rows: number): Room => ({
    slice: arena.int16(rows),
    label: arena.float64(rows),
    money: arena.float64(rows),
    zeros: arena.float64(rows),
  });
  let room = roomFor(BATCH_ROWS);
  const { incumbent: incumbentName, amount: amountName } = plan.definition.records;
  return (batch, score, landed) => {
    if (room.slice.length < batch.rows) room = roomFor(batch.rows);
    const { slice, label, money, zeros } = room;
    codesOf(batch, slice);
    const incumbent = batch.numbers.get(incumbentName) as Float64Array;
    const amount = amountName === undefined ? zeros : (batch.numbers.get(amountName) as Float64Array);
    const columns = { slice, incumbent, score, label, amount, money };
    const rows =
      joinInKernel(context, batch.rows, columns, landed) ?? joinPlainly(context, batch.rows, columns, landed);
    return { ...columns, rows };
  };
}

type Columns = Omit<ComparedRows, 'rows'>;

const hasMoney = ({ plan: { definition } }: PassContext): boolean =>
  definition.task.type !== 'regression' && definition.outcomes.money !== undefined;

function joinInKernel(
  context: PassContext,
  rows: number,
  { slice, incumbent, score, label, amount, money }: Columns,
  landed: Landed,
): number | undefined {
  const { table, lookup, plan } = context;
  const { kernel } = table;
  if (!kernel) return undefined;
  const addresses = [lookup.found, label, money, slice, incumbent, score, amount].map((column) =>
    addressIn(kernel, column),
  );
  if (addresses.includes(undefined)) return undefined;
  const [found, ...columns] = addresses as number[];
  const kept = kernel.calls.fill(
    ...[found as number, rows, cellsAt(table)],
    ...[Number(plan.definition.task.type === 'regression'), Number(hasMoney(context))],
    ...columns,
  );
  landed.records += kernel.sink(0);
  landed.outcomes += kernel.sink(1);
  return kept;
}

function joinPlainly(
  context: PassContext,
  rows: number,
  { slice, incumbent, score, label, amount, money }: Columns,
  landed: Landed,
): number {
  const { table, lookup, plan } = context;
  const { found } = lookup;
  const regression = plan.definition.task.type === 'regression';
  const withMoney = hasMoney(context);
  let kept = 0;
  for (let row = 0; row < rows; row += 1) {
    const cell = found[row] as number;
    if (cell === OTHER_PASS) continue;
    const flags = cell < 0 ? 0 : flagsAt(table, cell);
    const known = (flags & HAS_OUTCOME) !== 0;
    const value = known ? numberAt(table, cell) : 0;
    label[kept] = !known ? Number.NaN : regression ? value : (flags & POSITIVE) !== 0 ? 1 : 0;
    money[kept] = withMoney ? value : 0;
    slice[kept] = slice[row] as number;
    incumbent[kept] = incumbent[row] as number;
    score[kept] = score[row] as number;
    amount[kept] = amount[row] as number;
    kept += 1;
    if (!known) continue;
    landed.records += 1;
    landed.outcomes += countAt(table, cell);
  }
  return kept;
}
