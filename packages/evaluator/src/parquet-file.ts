import type { DuckDBConnection } from '@duckdb/node-api';
import type { Problem } from '@penumbra/core/problem';
import type { ColumnSpec, NamedFile } from './column-spec.ts';
import { identifier, literal } from './duckdb.ts';

const NUMERIC =
  /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|BOOLEAN|DECIMAL.*)$/;

export function parquetQuery(file: NamedFile, specs: readonly ColumnSpec[]): string {
  const columns = specs.map(
    ({ name, type }) => `CAST(${identifier(name)} AS ${type === 'text' ? 'VARCHAR' : 'DOUBLE'})`,
  );
  return `SELECT ${columns.join(', ')} FROM read_parquet(${literal(file.path)})`;
}

/** Columns that a Parquet file lacks or holds as something else than the definition asks for. */
export async function parquetProblems(
  connection: DuckDBConnection,
  file: NamedFile,
  specs: readonly ColumnSpec[],
): Promise<Problem[]> {
  let columns: Map<string, string>;
  try {
    const reader = await connection.runAndReadAll(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${literal(file.path)}))`,
    );
    columns = new Map(reader.getRowsJS() as [string, string][]);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [
      {
        where: file.name,
        what: `the file is no Parquet that can be read: ${error.message.split('\n')[0]?.replaceAll(file.path, file.name)}`,
        remedy: 'Write it again as Parquet, compressed with snappy or zstd or not at all',
      },
    ];
  }
  const known = [...columns.keys()].map((name) => JSON.stringify(name)).join(', ');
  return specs.flatMap(({ name, type }): Problem[] => {
    const held = columns.get(name);
    if (held === undefined) {
      return [
        {
          where: file.name,
          column: name,
          what: 'the definition asks for this column and the file does not have it',
          remedy: `Add it or correct the definition; the file has ${known}`,
        },
      ];
    }
    if (type === 'text' || NUMERIC.test(held)) return [];
    return [
      {
        where: file.name,
        column: name,
        what: `the column holds ${held}, not numbers`,
        remedy: 'Write it as a column of numbers',
      },
    ];
  });
}
