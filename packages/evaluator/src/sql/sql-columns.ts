import type { Definition } from '@penumbra/core/definition';
import { cutsOf } from '@penumbra/core/policy-schema';
import { type Problem, type Result, success } from '@penumbra/core/problem';
import { sliceFields } from '@penumbra/core/slices';
import type { ColumnSpec, FileFormat, NamedFile } from '../column-spec.ts';
import { readHeader } from '../csv-file.ts';
import { LONGEST_ID, outcomeFile, recordFile } from '../day-files.ts';
import { type Connecting, literal } from '../duckdb.ts';
import { fieldUse } from './slice-case.ts';

/** A column of a file: its name there, and the Hive type that it is read as. */
export interface SqlColumn {
  readonly name: string;
  readonly type: string;
}

/** The columns of the files of a day, in their order where the format goes by position. */
export interface DayColumns {
  readonly records: readonly SqlColumn[];
  readonly outcomes: readonly SqlColumn[];
  /** Of predictions made elsewhere. */
  readonly predictions?: readonly SqlColumn[];
}

/** One file of each kind that there is. */
export interface SampleFiles {
  readonly records?: NamedFile | undefined;
  readonly outcomes?: NamedFile | undefined;
  readonly predictions?: NamedFile | undefined;
}

/** What the records, predictions or outcomes of a definition are read as. */
export interface KindOfFile {
  readonly kind: 'records' | 'predictions' | 'outcomes';
  readonly format: FileFormat;
  /** Whether a CSV names its columns in its first line. */
  readonly header: boolean;
  readonly specs: readonly ColumnSpec[];
}

const NO_FILE: NamedFile = { name: '', path: '' };

/** What a day consists of, as day-files.ts has it for the other engine. */
export function kindsOf(definition: Definition): {
  readonly records: KindOfFile;
  readonly predictions: KindOfFile;
  readonly outcomes: KindOfFile;
} {
  const { predictions, task } = definition;
  const score: ColumnSpec = {
    name: predictions?.score ?? 'score',
    type: task.type === 'regression' ? 'number' : 'share',
  };
  return {
    records: {
      kind: 'records',
      format: definition.records.format,
      header: definition.records.format === 'csv',
      specs: recordFile(definition, NO_FILE, 'compared').specs,
    },
    predictions: {
      kind: 'predictions',
      format: predictions?.format ?? 'csv',
      // What Batch Transform wrote has none.
      header: predictions?.format === 'csv',
      specs: [{ name: predictions?.id ?? 'id', type: 'text', longest: LONGEST_ID }, score],
    },
    outcomes: {
      kind: 'outcomes',
      format: definition.outcomes.format,
      header: definition.outcomes.format === 'csv',
      specs: outcomeFile(definition, NO_FILE).specs,
    },
  };
}

/** Whether the hash of each record's unit is needed: where a stage gives the challenger some of the units. */
export const needsArms = ({ policy }: Definition): boolean => cutsOf(policy).length > 0;

/** Hive types whose text is the same in every engine. */
const TEXTUAL = /^(string|boolean|tinyint|smallint|int|bigint)$/;
const NUMERIC = /^(boolean|tinyint|smallint|int|bigint|float|double|decimal\(\d+,\d+\))$/;

/**
 * The columns of a day's files, by one file of each kind: of a CSV its header (the file's first megabyte does), of a
 * Parquet file its schema. A kind without a file has the columns of the definition.
 */
export async function columnsOfDay(
  db: Connecting,
  definition: Definition,
  sample: SampleFiles,
): Promise<Result<DayColumns>> {
  const kinds = kindsOf(definition);
  const problems: Problem[] = [];
  const columns = async (of: KindOfFile): Promise<readonly SqlColumn[]> => {
    const file = sample[of.kind];
    const read = file ? await columnsOf(db, of, file) : success(plainColumns(of));
    if (!read.ok) {
      problems.push(...read.problems);
      return [];
    }
    problems.push(...misfits(definition, of, read.value, file?.name ?? of.kind));
    return read.value;
  };
  const found: DayColumns = {
    records: await columns(kinds.records),
    outcomes: await columns(kinds.outcomes),
    ...(definition.predictions ? { predictions: await columns(kinds.predictions) } : {}),
  };
  return problems.length > 0 ? { ok: false, problems } : success(found);
}

const plainColumns = ({ format, specs }: KindOfFile): SqlColumn[] =>
  specs.map(({ name, type }) => ({
    name,
    type: format === 'parquet' && type !== 'text' ? 'double' : 'string',
  }));

async function columnsOf(
  db: Connecting,
  of: KindOfFile,
  file: NamedFile,
): Promise<Result<readonly SqlColumn[]>> {
  if (of.format === 'csv') {
    const header = await readHeader(file);
    return header.ok ? success(header.value.map((name) => ({ name, type: 'string' }))) : header;
  }
  if (of.format !== 'parquet') return success(plainColumns(of));
  const connection = await db.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${literal(file.path)}))`,
    );
    const held = new Map(reader.getRowsJS() as [string, string][]);
    return success(
      of.specs.flatMap(({ name }) => {
        const type = held.get(name);
        return type === undefined ? [] : [{ name, type: hiveType(type) }];
      }),
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      ok: false,
      problems: [
        {
          where: file.name,
          what: `the file is no Parquet that can be read: ${error.message.split('\n')[0]?.replaceAll(file.path, file.name)}`,
          remedy: 'Write it again as Parquet, compressed with snappy or zstd or not at all',
        },
      ],
    };
  } finally {
    connection.closeSync();
  }
}

const HIVE: Readonly<Record<string, string>> = {
  VARCHAR: 'string',
  BOOLEAN: 'boolean',
  TINYINT: 'tinyint',
  SMALLINT: 'smallint',
  INTEGER: 'int',
  BIGINT: 'bigint',
  FLOAT: 'float',
  DOUBLE: 'double',
};

/** The Hive type of a DuckDB type; what Hive has no type for keeps its name, and is refused where it is used. */
const hiveType = (type: string): string =>
  HIVE[type] ?? (type.startsWith('DECIMAL') ? type.toLowerCase().replaceAll(' ', '') : type);

function misfits(
  definition: Definition,
  { kind, format, specs }: KindOfFile,
  columns: readonly SqlColumn[],
  where: string,
): Problem[] {
  const known = new Map(columns.map(({ name, type }) => [name, type]));
  return specs.flatMap(({ name, type: wanted, optional }): Problem[] => {
    const held = known.get(name);
    if (held === undefined) {
      const names = [...known.keys()].map((column) => JSON.stringify(column)).join(', ');
      return [
        {
          where,
          column: name,
          what: 'the definition asks for this column and the file does not have it',
          remedy: `Add it or correct the definition; the file has ${names}`,
        },
      ];
    }
    // Other formats hold texts, which SQL turns into numbers as far as they are.
    if (format !== 'parquet') return [];
    const byNumber =
      kind === 'records' &&
      optional === true &&
      fieldUse(definition.slices, name) === 'numbers' &&
      NUMERIC.test(held);
    if (wanted === 'text' ? TEXTUAL.test(held) || byNumber : NUMERIC.test(held)) return [];
    return [
      {
        where,
        column: name,
        what:
          wanted === 'text'
            ? `the column holds ${held}, whose text depends on the engine`
            : `the column holds ${held}, not numbers`,
        remedy:
          wanted === 'text'
            ? 'Write it as a column of text or of whole numbers, or use evaluation.engine lambda'
            : 'Write it as a column of numbers',
      },
    ];
  });
}

/** What the athena engine refuses of a definition that the other one takes. */
export function unfitForAthena(definition: Definition): Problem[] {
  const kinds = Object.values(kindsOf(definition));
  const of = (kind: string, field: string) => `definition: ${kind}.${field}`;
  const problems = kinds.flatMap(({ kind, format, specs }): Problem[] => {
    if (format === 'arrow') {
      return [
        {
          where: of(kind, 'format'),
          what: 'Athena does not read Arrow IPC files',
          remedy: 'Write Parquet, JSON lines or CSV, or use evaluation.engine lambda',
        },
      ];
    }
    return specs.flatMap(({ name }): Problem[] => {
      const fits =
        format === 'parquet'
          ? /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
          : !(format === 'jsonl' && name.includes('.'));
      if (fits) return [];
      return [
        {
          where: of(kind, 'format'),
          column: name,
          what:
            format === 'parquet'
              ? 'Athena finds columns of Parquet files only by names of letters, digits and underscores'
              : 'Athena does not find fields of JSON lines whose names hold a point',
          remedy: 'Give the column another name, or use evaluation.engine lambda',
        },
      ];
    });
  });
  for (const { kind, format, specs } of kinds) {
    const lower = specs.map(({ name }) => name.toLowerCase());
    if (format === 'parquet' && new Set(lower).size !== lower.length) {
      problems.push({
        where: of(kind, 'format'),
        what: 'two columns differ in upper and lower case alone, which Athena takes for one',
        remedy: 'Give one of them another name, or use evaluation.engine lambda',
      });
    }
  }
  if (definition.records.format === 'csv') {
    for (const field of sliceFields(definition.slices)) {
      if (fieldUse(definition.slices, field) !== 'empty') continue;
      problems.push({
        where: 'definition: slices',
        column: field,
        what: 'a slice asks for an empty text, which Athena does not tell from a missing one in a CSV',
        remedy: 'Write a word for it in the records, or use evaluation.engine lambda',
      });
    }
  }
  return problems;
}
