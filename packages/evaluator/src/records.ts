import type { Definition } from '@penumbra/core/definition';
import { failure, type Result, success } from '@penumbra/core/problem';
import { compileSlices, NO_SLICE, sliceFields } from '@penumbra/core/slices';
import { type ColumnSpec, lineOfRow, type NamedFile, readCsv } from './csv-columns.ts';
import type { DuckDb } from './duckdb.ts';

/** Longest record id, in bytes of UTF-8. */
const LONGEST_ID = 256;

/** A partition's records by column; row i of each array is one record. */
export interface Records {
  readonly rows: number;
  /** Row of each record id. */
  readonly rowOf: ReadonlyMap<string, number>;
  readonly incumbent: Float64Array;
  /** NaN where the definition names no amount. */
  readonly amount: Float64Array;
  /** Index into the definition's slices, or NO_SLICE. */
  readonly slice: Int16Array;
}

/** The columns of the records that a definition needs, each once. */
function recordColumns(definition: Definition, columns: 'all' | 'compared'): ColumnSpec[] {
  const { id, unit, incumbent, amount } = definition.records;
  const features = columns === 'all' ? definition.records.features : [];
  const incumbentType = definition.task.type === 'regression' ? 'number' : 'binary';
  const specs: ColumnSpec[] = [
    { name: id, type: 'text' },
    { name: unit, type: 'text' },
    { name: incumbent, type: incumbentType },
    ...(amount === undefined ? [] : [{ name: amount, type: 'number' as const }]),
    ...features.map((name) => ({ name, type: 'number' as const, optional: true })),
    ...sliceFields(definition.slices).map((name) => ({ name, type: 'text' as const, optional: true })),
  ];
  return [...new Map(specs.reverse().map((spec) => [spec.name, spec])).values()].reverse();
}

/**
 * Reads and checks a partition's records over all its files: ids are there, short enough, and unique. `all`
 * checks the features too, which only the model needs.
 */
export async function readRecords(
  db: DuckDb,
  definition: Definition,
  files: readonly NamedFile[],
  columns: 'all' | 'compared',
): Promise<Result<Records>> {
  const { id, incumbent, amount } = definition.records;
  const fields = sliceFields(definition.slices);
  const sliceOf = compileSlices(definition.slices);
  const specs = recordColumns(definition, columns);

  const rowOf = new Map<string, number>();
  const incumbents: Float64Array[] = [];
  const amounts: Float64Array[] = [];
  const slices: Int16Array[] = [];
  for (const file of files) {
    const read = await readCsv(db, file, specs);
    if (!read.ok) return read;
    const { rows, text, numbers } = read.value;
    const before = rowOf.size;
    const ids = text.get(id) ?? [];
    const bad = addIds(rowOf, ids);
    if (bad) {
      const { row, what, remedy } = bad;
      return failure({ where: file.name, line: await lineOfRow(file, row, true), column: id, what, remedy });
    }
    incumbents.push(numbers.get(incumbent) ?? new Float64Array());
    amounts.push(
      amount === undefined
        ? new Float64Array(rows).fill(Number.NaN)
        : (numbers.get(amount) ?? new Float64Array()),
    );
    const cells = fields.map((name) => [name, text.get(name) ?? numbers.get(name)] as const);
    let row = 0;
    const values = new Map(cells);
    const fieldOf = (name: string) => values.get(name)?.[row];
    const slice = new Int16Array(rows).fill(NO_SLICE);
    for (row = 0; row < rows; row += 1) slice[row] = sliceOf(fieldOf);
    slices.push(slice);
    if (rowOf.size !== before + rows) throw new Error('internal: record ids and rows do not agree');
  }
  return success({
    rows: rowOf.size,
    rowOf,
    incumbent: concatenate(Float64Array, incumbents),
    amount: concatenate(Float64Array, amounts),
    slice: concatenate(Int16Array, slices),
  });
}

function addIds(
  rowOf: Map<string, number>,
  ids: readonly (string | null)[],
): { row: number; what: string; remedy: string } | undefined {
  for (const [row, id] of ids.entries()) {
    const text = id ?? '';
    if (text.length * 3 > LONGEST_ID && Buffer.byteLength(text) > LONGEST_ID) {
      const what = `the record id has ${Buffer.byteLength(text)} bytes`;
      return { row, what, remedy: `Use ids of at most ${LONGEST_ID} bytes` };
    }
    const before = rowOf.get(text);
    if (before !== undefined) {
      const what = `the record id ${JSON.stringify(text)} is there twice (also record ${before + 1} of the partition)`;
      return {
        row,
        what,
        remedy: 'Give every record of a date an id of its own, or remove the repeated row',
      };
    }
    rowOf.set(text, rowOf.size);
  }
  return undefined;
}

function concatenate<Values extends Float64Array | Int16Array>(
  make: new (length: number) => Values,
  parts: readonly Values[],
): Values {
  const whole = new make(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
