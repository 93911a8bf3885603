import { join } from 'node:path';
import type { AthenaTable } from '@penumbra/evaluator/sql/tables';
import { awsError } from './aws-error.ts';
import { openJsonFiles } from './json-files.ts';

type Input = Record<string, unknown>;
type Column = { Name: string; Type: string };

/** A table as Glue's CreateTable got it. */
export type TableInput = {
  Name: string;
  TableType?: string;
  Parameters?: Record<string, string>;
  PartitionKeys?: Column[];
  StorageDescriptor: {
    Columns: Column[];
    Location: string;
    InputFormat?: string;
    OutputFormat?: string;
    SerdeInfo: { SerializationLibrary: string; Parameters?: Record<string, string> };
  };
};

type StoredTable = { database: string; createdAt: number; input: TableInput };

export type GlueCatalog = {
  createTable(input: Input): object;
  getTable(input: Input): object;
  deleteTable(input: Input): object;
  /** The tables of a database. */
  tables(database: string): TableInput[];
};

const NAME = /^[a-z0-9_]{1,255}$/;

/** The tables of the Glue catalog, kept in files. Its databases are those that the start names. */
export function openGlueCatalog(directory: string, databases: readonly string[]): GlueCatalog {
  const files = openJsonFiles<StoredTable>(join(directory, 'tables'));
  const tables = new Map<string, StoredTable>();
  const place = (database: string, name: string) => `${database}.${name}`;
  for (const table of files.all()) tables.set(place(table.database, table.input.Name), table);

  function databaseOf({ DatabaseName }: Input): string {
    if (databases.includes(String(DatabaseName))) return String(DatabaseName);
    throw awsError('EntityNotFoundException', `Database ${DatabaseName} not found.`);
  }

  function find(input: Input): StoredTable {
    const table = tables.get(place(databaseOf(input), String(input.Name)));
    if (!table) throw awsError('EntityNotFoundException', `Table ${input.Name} not found.`);
    return table;
  }

  return {
    createTable(input) {
      const database = databaseOf(input);
      const table = input.TableInput as TableInput | undefined;
      if (!NAME.test(table?.Name ?? '') || !table?.StorageDescriptor?.Location) {
        throw awsError(
          'InvalidInputException',
          `Table ${table?.Name} needs a name of ${NAME.source} and a location.`,
        );
      }
      const at = place(database, table.Name);
      if (tables.has(at)) throw awsError('AlreadyExistsException', 'Table already exists.');
      const stored = { database, createdAt: Date.now(), input: table };
      files.write(at, stored);
      tables.set(at, stored);
      return {};
    },
    getTable(input) {
      const { database, createdAt, input: table } = find(input);
      return { Table: { ...table, DatabaseName: database, CreateTime: createdAt / 1000 } };
    },
    deleteTable(input) {
      const { database, input: table } = find(input);
      files.remove(place(database, table.Name));
      tables.delete(place(database, table.Name));
      return {};
    },
    tables: (database) =>
      [...tables.values()].filter((table) => table.database === database).map(({ input }) => input),
  };
}

const FORMATS: Readonly<Record<string, AthenaTable['format']>> = {
  'org.apache.hadoop.hive.serde2.OpenCSVSerde': 'csv',
  'org.openx.data.jsonserde.JsonSerDe': 'jsonl',
  'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe': 'parquet',
};

/** A stored table as the evaluator speaks of tables. @throws where its files are in no format that is read here. */
export function athenaTableOf({
  Name,
  Parameters = {},
  PartitionKeys = [],
  StorageDescriptor,
}: TableInput): AthenaTable {
  const {
    Columns,
    Location,
    InputFormat = '',
    OutputFormat = '',
    SerdeInfo: { SerializationLibrary: library, Parameters: parameters = {} },
  } = StorageDescriptor;
  const format = FORMATS[library];
  if (!format) throw new Error(`HIVE_UNSUPPORTED_FORMAT: ${library} is not read by the local Athena`);
  const columns = (of: Column[]) => of.map(({ Name: name, Type: type }) => ({ name, type }));
  return {
    // What the views of a table are made of does not tell the kinds apart.
    kind: 'records',
    name: Name,
    format,
    columns: columns(Columns),
    sources: Columns.map(({ Name: name }) => parameters[`mapping.${name}`] ?? name),
    partitionKeys: columns(PartitionKeys),
    location: Location,
    inputFormat: InputFormat,
    outputFormat: OutputFormat,
    serde: { library, parameters },
    parameters: Parameters,
  };
}
