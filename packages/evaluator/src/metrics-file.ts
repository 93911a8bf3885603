import {
  type Data,
  Field,
  FixedSizeList,
  Float64,
  makeData,
  makeVector,
  Table,
  tableFromIPC,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { type DayMetrics, REST, type Task } from './day-metrics.ts';
import {
  BINS,
  CALIBRATION_AT,
  CALIBRATION_BINS,
  COUNTS,
  NEGATIVES_AT,
  POSITIVES_AT,
  SUMS,
  sumAt,
  WIDTH,
} from './metric-layout.ts';

/** Raised with every change of columns; readers refuse what they do not know. */
const SCHEMA_VERSION = '2';

interface StoredColumn {
  readonly name: string;
  /** Where it stands in the numbers of a slice, and how many numbers it is. */
  readonly at: number;
  readonly length: number;
}

/** Of a sum, `name` is the sum as it rounds and `name.low` what rounding lost. */
const COLUMNS: readonly StoredColumn[] = [
  ...COUNTS.map((name, at) => ({ name, at, length: 1 })),
  ...SUMS.flatMap((name) => [
    { name, at: sumAt(name), length: 1 },
    { name: `${name}.low`, at: sumAt(name) + 1, length: 1 },
  ]),
  { name: 'scoreSums', at: CALIBRATION_AT, length: 2 * CALIBRATION_BINS },
  { name: 'positives', at: POSITIVES_AT, length: BINS },
  { name: 'negatives', at: NEGATIVES_AT, length: BINS },
];
const COUNTERS = ['duplicateOutcomes', 'unmatchedOutcomes', 'badRows'] as const;

/**
 * A metric state as an Arrow IPC file: one row for each slice and one, named `*`, for the rows of none. Same
 * state, same bytes.
 */
export function serialize(metrics: DayMetrics): Uint8Array {
  const rows = [...metrics.slices];
  const columns: Record<string, Vector> = {
    slice: vectorFromArray(
      rows.map(([name]) => name),
      new Utf8(),
    ),
  };
  for (const { name, at, length } of COLUMNS) {
    const flat = new Float64Array(rows.length * length);
    for (const [row, [, numbers]] of rows.entries())
      flat.set(numbers.subarray(at, at + length), row * length);
    columns[name] = length === 1 ? makeVector(flat) : lists(flat, length);
  }
  const table = new Table(columns);
  table.schema.metadata.set('penumbra.schemaVersion', SCHEMA_VERSION);
  table.schema.metadata.set('task', metrics.task);
  for (const name of COUNTERS) table.schema.metadata.set(name, String(metrics[name]));
  return tableToIPC(table, 'file');
}

function lists(flat: Float64Array, length: number): Vector {
  const child = makeData({ type: new Float64(), data: flat });
  const type = new FixedSizeList(length, new Field('item', new Float64(), false));
  return makeVector(makeData({ type, length: flat.length / length, nullCount: 0, child }));
}

/** The state that serialize wrote. Throws on another schema version, and on a file that is damaged. */
export function deserialize(bytes: Uint8Array): DayMetrics {
  const table = tableFromIPC(bytes);
  const { metadata } = table.schema;
  const version = metadata.get('penumbra.schemaVersion');
  if (version !== SCHEMA_VERSION) {
    throw new Error(
      `metric state of schema version ${version ?? '(none)'}; this version reads ${SCHEMA_VERSION}`,
    );
  }
  const names = Array.from({ length: table.numRows }, (_, row) => String(table.getChild('slice')?.get(row)));
  const slices = new Map(names.map((name) => [name, new Float64Array(WIDTH)]));
  for (const { name, at, length } of COLUMNS) {
    const flat = numbersOf(table.getChild(name), length);
    if (flat?.length !== names.length * length) {
      throw new Error(`metric state without the column ${name}: the file is damaged`);
    }
    for (const [row, slice] of names.entries()) {
      slices.get(slice)?.set(flat.subarray(row * length, (row + 1) * length), at);
    }
  }
  if (!slices.has(REST)) throw new Error('metric state without the rows of no slice: the file is damaged');
  const counter = (name: string) => Number(metadata.get(name));
  return {
    task: metadata.get('task') as Task,
    slices,
    duplicateOutcomes: counter('duplicateOutcomes'),
    unmatchedOutcomes: counter('unmatchedOutcomes'),
    badRows: counter('badRows'),
  };
}

function numbersOf(column: Vector | null, length: number): Float64Array | undefined {
  const data: Data | undefined = column?.data[0];
  const values: unknown = length === 1 ? data?.values : data?.children[0]?.values;
  return values instanceof Float64Array ? values : undefined;
}
