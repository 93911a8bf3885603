import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import { Float64, Table, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import type { FileFormat, NamedFile } from '../column-spec.ts';
import type { DayFiles } from '../day-files.ts';
import { type DuckDb, literal } from '../duckdb.ts';

export interface RecordRow {
  readonly id: string;
  readonly tier: string | null;
  readonly incumbent: number;
  readonly amount: number;
}
export interface PredictionRow {
  readonly id: string;
  readonly score: number;
}
export interface OutcomeRow {
  readonly id: string;
  readonly label: number;
  readonly money: number;
}
/** Rows by file. */
export interface DayData {
  readonly records: readonly (readonly RecordRow[])[];
  readonly predictions: readonly (readonly PredictionRow[])[];
  readonly outcomes: readonly (readonly OutcomeRow[])[];
}

export const SLICES = ['regional', 'midsize', 'ünïcode, "hub"'] as const;

/** A definition over the columns of DayData. */
export function dayDefinition(
  format: FileFormat,
  task: 'binary-classification' | 'regression' = 'binary-classification',
  extra: Readonly<Record<string, unknown>> = {},
): Definition {
  const parsed = parseDefinition({
    deployment: 'oracle',
    task:
      task === 'regression'
        ? { type: task, cost: { currency: 'EUR', perUnitOver: 2, perUnitUnder: 5 } }
        : {
            type: task,
            threshold: 0.25,
            payoff: {
              currency: 'USD',
              truePositive: { fixed: -80, perAmount: 0.1 },
              falsePositive: { fixed: -60.01 },
              falseNegative: { fixed: -320, perMoney: -1 },
              trueNegative: { perAmount: 0.01 },
            },
          },
    records: {
      format,
      id: 'id',
      unit: 'id',
      incumbent: 'incumbent',
      ...(task === 'regression' ? {} : { amount: 'amount' }),
    },
    predictions: { format, id: 'id', score: 'score' },
    outcomes: {
      format,
      id: 'id',
      label: 'label',
      ...(task === 'regression' ? {} : { money: 'money' }),
      maturityDays: 1,
    },
    slices: SLICES.map((tier, index) => ({
      slice: `slice-${index}`,
      when: [{ field: 'tier', equals: tier }],
    })),
    ...extra,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

type Row = Readonly<Record<string, string | number | null>>;
const COLUMNS = {
  records: { id: 'text', tier: 'text', incumbent: 'number', amount: 'number' },
  predictions: { id: 'text', score: 'number' },
  outcomes: { id: 'text', label: 'number', money: 'number' },
} as const;
export type Kind = keyof typeof COLUMNS;

/** Writes the files of a day in a format, with writers that the evaluator has no part in. */
export async function writeDay(
  db: DuckDb,
  folder: string,
  format: FileFormat,
  data: DayData,
): Promise<DayFiles> {
  await mkdir(folder, { recursive: true });
  const write = async (kind: Kind): Promise<NamedFile[]> => {
    const files: NamedFile[] = [];
    for (const [index, rows] of data[kind].entries()) {
      const path = join(folder, `${kind}-${index}.${format}`);
      await writeRows(db, path, format, kind, rows as unknown as readonly Row[]);
      files.push({
        name: kind === 'outcomes' ? `${kind}/${index}.${format}` : `${kind}/part-${index}.${format}`,
        path,
      });
    }
    return files;
  };
  return {
    records: await write('records'),
    predictions: await write('predictions'),
    outcomes: await write('outcomes'),
  };
}

async function writeRows(
  db: DuckDb,
  path: string,
  format: FileFormat,
  kind: Kind,
  rows: readonly Row[],
): Promise<void> {
  const columns = Object.entries(COLUMNS[kind]);
  if (format === 'arrow') {
    const vectors = columns.map(([name, type]) => [
      name,
      vectorFromArray(
        rows.map((row) => row[name] ?? null),
        type === 'text' ? new Utf8() : new Float64(),
      ),
    ]);
    await writeFile(path, tableToIPC(new Table(Object.fromEntries(vectors)), 'file'));
    return;
  }
  if (format === 'csv') {
    const cell = (value: string | number | null | undefined) =>
      typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : (value ?? '');
    const lines = rows.map((row) => columns.map(([name]) => cell(row[name])).join(','));
    await writeFile(path, `${[columns.map(([name]) => name).join(','), ...lines].join('\r\n')}\r\n`);
    return;
  }
  const json = format === 'jsonl' ? path : `${path}.jsonl`;
  await writeFile(json, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  if (format === 'parquet') {
    await loadTable(db, 'for_parquet', kind, json);
    await db.connection.run(`COPY for_parquet TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd)`);
  }
}

/** Loads rows, written as JSON lines, into a table. */
export async function loadTable(db: DuckDb, table: string, kind: Kind, json: string): Promise<void> {
  const columns = Object.entries(COLUMNS[kind])
    .map(([name, type]) => `${name}: '${type === 'text' ? 'VARCHAR' : 'DOUBLE'}'`)
    .join(', ');
  await db.connection.run(
    `CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * FROM read_json(${literal(json)}, format = 'newline_delimited', columns = {${columns}})`,
  );
}
