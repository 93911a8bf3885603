import {
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
import { type ArmState, BINS, type DayMetrics, type SliceState, type Task } from './day-metrics.ts';

/** Raised with every change of columns; readers refuse what they do not know. */
const SCHEMA_VERSION = '1';
/** The row of everything together; no slice can have this name. */
const OVERALL = '*';

const ARM_COLUMNS = [
  'value',
  'truePositive',
  'falsePositive',
  'falseNegative',
  'trueNegative',
  'absoluteError',
  'squaredError',
] as const satisfies readonly (keyof ArmState)[];
const SLICE_COLUMNS = [
  'rows',
  'labelled',
  'difference',
  'differenceSquared',
  'brier',
  'logLoss',
] as const satisfies readonly (keyof SliceState)[];
const HISTOGRAMS = ['positives', 'negatives'] as const satisfies readonly (keyof SliceState)[];

/** A metric state as an Arrow IPC file: one row for each slice and one for everything. Same state, same bytes. */
export function serialize(metrics: DayMetrics): Uint8Array {
  const rows: [string, SliceState][] = [[OVERALL, metrics.overall], ...metrics.slices];
  const numbers = (of: (state: SliceState) => number) =>
    makeVector(Float64Array.from(rows, ([, state]) => of(state)));
  const columns: Record<string, Vector> = {
    slice: vectorFromArray(
      rows.map(([name]) => name),
      new Utf8(),
    ),
  };
  for (const name of SLICE_COLUMNS) columns[name] = numbers((state) => state[name]);
  for (const arm of ['challenger', 'incumbent'] as const) {
    for (const name of ARM_COLUMNS) columns[`${arm}.${name}`] = numbers((state) => state[arm][name]);
  }
  for (const name of HISTOGRAMS) columns[name] = histograms(rows.map(([, state]) => state[name]));
  const table = new Table(columns);
  table.schema.metadata.set('penumbra.schemaVersion', SCHEMA_VERSION);
  table.schema.metadata.set('task', metrics.task);
  table.schema.metadata.set('duplicateOutcomes', String(metrics.duplicateOutcomes));
  table.schema.metadata.set('unmatchedOutcomes', String(metrics.unmatchedOutcomes));
  return tableToIPC(table, 'file');
}

function histograms(values: readonly Float64Array[]): Vector {
  const flat = new Float64Array(values.length * BINS);
  for (const [row, histogram] of values.entries()) flat.set(histogram, row * BINS);
  const child = makeData({ type: new Float64(), data: flat });
  const type = new FixedSizeList(BINS, new Field('item', new Float64(), false));
  return makeVector(makeData({ type, length: values.length, nullCount: 0, child }));
}

/** The state that serialize wrote. Throws on another schema version. */
export function deserialize(bytes: Uint8Array): DayMetrics {
  const table = tableFromIPC(bytes);
  const { metadata } = table.schema;
  const version = metadata.get('penumbra.schemaVersion');
  if (version !== SCHEMA_VERSION) {
    throw new Error(
      `metric state of schema version ${version ?? '(none)'}; this version reads ${SCHEMA_VERSION}`,
    );
  }
  const states = new Map<string, SliceState>();
  for (let row = 0; row < table.numRows; row += 1) {
    const number = (name: string): number => Number(table.getChild(name)?.get(row));
    const numbers = <Name extends string>(names: readonly Name[], prefix = ''): Record<Name, number> =>
      Object.fromEntries(names.map((name) => [name, number(`${prefix}${name}`)])) as Record<Name, number>;
    const histogram = (name: string) => {
      const bins = table.getChild(name)?.get(row) as Vector<Float64> | undefined;
      if (!bins) throw new Error(`metric state without the column ${name}: the file is damaged`);
      return Float64Array.from(bins.toArray());
    };
    states.set(String(table.getChild('slice')?.get(row)), {
      ...numbers(SLICE_COLUMNS),
      challenger: numbers(ARM_COLUMNS, 'challenger.'),
      incumbent: numbers(ARM_COLUMNS, 'incumbent.'),
      positives: histogram('positives'),
      negatives: histogram('negatives'),
    });
  }
  const overall = states.get(OVERALL);
  if (!overall) throw new Error('metric state without its overall row: the file is damaged');
  states.delete(OVERALL);
  return {
    task: metadata.get('task') as Task,
    overall,
    slices: states,
    duplicateOutcomes: Number(metadata.get('duplicateOutcomes')),
    unmatchedOutcomes: Number(metadata.get('unmatchedOutcomes')),
  };
}
