import { CreateTableCommand, type GlueClient, type TableInput } from '@aws-sdk/client-glue';
import type { AthenaTable } from '@penumbra/evaluator/sql/tables';

/** External tables in one database of the Glue catalog. */
export interface Tables {
  /** Sees to it that a table is there. Its name says all that it is, so that one of that name is the same one. */
  ensure(table: AthenaTable): Promise<void>;
}

export function glueTables(client: GlueClient, database: string): Tables {
  const known = new Set<string>();
  return {
    async ensure(table) {
      if (known.has(table.name)) return;
      try {
        await client.send(new CreateTableCommand({ DatabaseName: database, TableInput: inputFor(table) }));
      } catch (error) {
        if ((error as Error).name !== 'AlreadyExistsException') throw error;
      }
      known.add(table.name);
    },
  };
}

const columns = (of: AthenaTable['columns']) => of.map(({ name, type }) => ({ Name: name, Type: type }));

function inputFor(table: AthenaTable): TableInput {
  return {
    Name: table.name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { EXTERNAL: 'TRUE', ...table.parameters },
    PartitionKeys: columns(table.partitionKeys),
    StorageDescriptor: {
      Columns: columns(table.columns),
      Location: table.location,
      InputFormat: table.inputFormat,
      OutputFormat: table.outputFormat,
      SerdeInfo: { SerializationLibrary: table.serde.library, Parameters: { ...table.serde.parameters } },
    },
  };
}
