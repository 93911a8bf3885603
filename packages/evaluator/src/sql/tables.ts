import { canonicalSha256 } from '@penumbra/core/canonical-json';
import type { Definition } from '@penumbra/core/definition';
import type { FileFormat } from '../column-spec.ts';
import { type DayColumns, type KindOfFile, kindsOf, needsArms, type SqlColumn } from './sql-columns.ts';

/** A folder of files as an external table, in the shape of Glue's TableInput. */
export interface AthenaTable {
  readonly kind: 'records' | 'predictions' | 'outcomes' | 'arms';
  readonly name: string;
  readonly format: Exclude<FileFormat, 'arrow'>;
  readonly columns: readonly SqlColumn[];
  /** The name in the files of each of the columns. */
  readonly sources: readonly string[];
  readonly partitionKeys: readonly SqlColumn[];
  readonly location: string;
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serde: { readonly library: string; readonly parameters: Readonly<Record<string, string>> };
  readonly parameters: Readonly<Record<string, string>>;
}

export interface DayTables {
  readonly records: AthenaTable;
  readonly predictions: AthenaTable;
  readonly outcomes: AthenaTable;
  /** The hash of each record's unit, where a stage gives the challenger some of them: see arm-lines.ts. */
  readonly arms?: AthenaTable;
}

/** Names of the partition keys, which no column of a file is likely to have. */
export const PARTITION = { date: 'penumbra_date', landed: 'penumbra_landed', job: 'penumbra_job' } as const;

/** Where the object that a row comes from is told; Athena and the views of duckdb-views.ts have it alike. */
export const PATH_COLUMN = '$path';

const ARMS: readonly SqlColumn[] = [
  { name: 'id', type: 'string' },
  { name: 'hash', type: 'string' },
];

/**
 * The tables that a day of a deployment is read from. Their names hold a hash of all that makes them, so that another
 * definition, or another order of columns, has tables of its own and none is ever altered.
 */
export function athenaTables(
  definition: Definition,
  { bucket, columns }: { readonly bucket: string; readonly columns: DayColumns },
): DayTables {
  const kinds = kindsOf(definition);
  const { deployment } = definition;
  const at = (folder: string) => `s3://${bucket}/${deployment}/${folder}/`;
  const joined: readonly SqlColumn[] = kinds.predictions.specs.map(({ name }) => ({ name, type: 'string' }));
  const byDate = { [PARTITION.date]: 'date' };
  const table = (
    kind: AthenaTable['kind'],
    format: FileFormat,
    held: readonly SqlColumn[],
    parts: Readonly<Record<string, string>>,
  ) => named(deployment, tableOf(kind, format, held, at(kind), parts));
  return {
    records: table('records', kinds.records.format, used(kinds.records, columns.records), byDate),
    predictions: definition.predictions
      ? table(
          'predictions',
          kinds.predictions.format,
          used(kinds.predictions, columns.predictions ?? []),
          byDate,
        )
      : table('predictions', 'csv', joined, { ...byDate, [PARTITION.job]: '' }),
    outcomes: table('outcomes', kinds.outcomes.format, used(kinds.outcomes, columns.outcomes), {
      [PARTITION.landed]: 'landed',
    }),
    ...(needsArms(definition) ? { arms: table('arms', 'jsonl', ARMS, byDate) } : {}),
  };
}

/** A CSV has its columns by position, so all of them are needed; of other files those that are asked for. */
function used({ format, specs }: KindOfFile, columns: readonly SqlColumn[]): readonly SqlColumn[] {
  const asked = new Set(specs.map(({ name }) => name));
  return format === 'csv' ? columns : columns.filter(({ name }) => asked.has(name));
}

type Unnamed = Omit<AthenaTable, 'name'>;

function named(deployment: string, table: Unnamed): AthenaTable {
  const hash = canonicalSha256(table).slice(0, 16);
  return { ...table, name: `${deployment.replaceAll('-', '_')}_${table.kind}_${hash}` };
}

/** `parts`: the partition keys, and the word before `=` in the folder's name; none for a folder of that name itself. */
function tableOf(
  kind: AthenaTable['kind'],
  format: FileFormat,
  held: readonly SqlColumn[],
  location: string,
  parts: Readonly<Record<string, string>>,
): Unnamed {
  if (format === 'arrow')
    throw new Error(`Athena does not read Arrow IPC files: see unfitForAthena (${location})`);
  const template = Object.entries(parts).map(([key, word]) => `${word === '' ? '' : `${word}=`}\${${key}}/`);
  const projections = Object.entries(parts).flatMap(([key, word]): [string, string][] =>
    word === ''
      ? // A job is asked for by name: those of failed attempts lie beside it.
        [[`projection.${key}.type`, 'injected']]
      : [
          [`projection.${key}.type`, 'date'],
          [`projection.${key}.format`, 'yyyy-MM-dd'],
          [`projection.${key}.range`, '1970-01-01,2199-12-31'],
          [`projection.${key}.interval`, '1'],
          [`projection.${key}.interval.unit`, 'DAYS'],
        ],
  );
  // Names of columns in files may be anything; those of Parquet files are how Athena finds them.
  const columns = held.map(({ name, type }, index) => ({
    name: format === 'parquet' ? name.toLowerCase() : `c${index}`,
    type,
  }));
  const sources = held.map(({ name }) => name);
  return {
    kind,
    format,
    columns,
    sources,
    location,
    partitionKeys: Object.keys(parts).map((name) => ({ name, type: 'string' })),
    ...READERS[format](columns, sources),
    parameters: {
      EXTERNAL: 'TRUE',
      'projection.enabled': 'true',
      ...Object.fromEntries(projections),
      'storage.location.template': `${location}${template.join('')}`,
    },
  };
}

type Reader = Pick<AthenaTable, 'inputFormat' | 'outputFormat' | 'serde'>;

const TEXT = {
  inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
};

const READERS: Readonly<
  Record<AthenaTable['format'], (columns: readonly SqlColumn[], sources: readonly string[]) => Reader>
> = {
  csv: () => ({
    ...TEXT,
    serde: {
      library: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
      // Quotes are doubled; the escape character, a backslash by default, must be one that no text holds.
      parameters: { separatorChar: ',', quoteChar: '"', escapeChar: '\u0001' },
    },
  }),
  jsonl: (columns, sources) => ({
    ...TEXT,
    serde: {
      library: 'org.openx.data.jsonserde.JsonSerDe',
      parameters: {
        'case.insensitive': 'FALSE',
        // A line that is no JSON is a row without values: a bad row, which is counted.
        'ignore.malformed.json': 'TRUE',
        ...Object.fromEntries(columns.map(({ name }, index) => [`mapping.${name}`, sources[index] ?? name])),
      },
    },
  }),
  parquet: () => ({
    inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    serde: {
      library: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
      parameters: { 'serialization.format': '1' },
    },
  }),
};

const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\u0001', '\\u0001')}'`;

/** The table as a statement of Athena's DDL, which is Hive's. */
export function createTableStatement(table: AthenaTable, database: string): string {
  const list = (columns: readonly SqlColumn[]) =>
    columns.map(({ name, type }) => `\`${name}\` ${type}`).join(', ');
  const properties = (of: Readonly<Record<string, string>>) =>
    Object.entries(of)
      .map(([key, value]) => `${quoted(key)} = ${quoted(value)}`)
      .join(', ');
  const { EXTERNAL: _, ...parameters } = table.parameters;
  return `CREATE EXTERNAL TABLE IF NOT EXISTS \`${database}\`.\`${table.name}\` (${list(table.columns)})
PARTITIONED BY (${list(table.partitionKeys)})
ROW FORMAT SERDE ${quoted(table.serde.library)}
WITH SERDEPROPERTIES (${properties(table.serde.parameters)})
STORED AS INPUTFORMAT ${quoted(table.inputFormat)} OUTPUTFORMAT ${quoted(table.outputFormat)}
LOCATION ${quoted(table.location)}
TBLPROPERTIES (${properties(parameters)})`;
}
