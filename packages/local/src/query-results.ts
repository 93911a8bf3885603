import { parse } from 'csv-parse/sync';
import { awsError } from './aws-error.ts';
import type { Column, QueryExecution } from './query-execution.ts';

/** Values as text, or null: Athena knows them apart by their quotes. */
export type Row = (string | null)[];

const MOST_ROWS = 1000;

/** A result as Athena writes it: every value in quotes, and nothing where there is none. */
export function writeResult(columns: readonly Column[], rows: readonly Row[]): string {
  const line = (row: Row) =>
    row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',');
  return `${[columns.map(({ name }) => name), ...rows].map(line).join('\n')}\n`;
}

export function readResult(text: string): Row[] {
  const options = {
    cast: (value: string, { quoting }: { quoting: boolean }) => (quoting ? value : null),
  };
  return parse(text, options) as unknown as Row[];
}

/** A page of GetQueryResults; the first one tells the names of the columns in a row of their own. */
export function pageOfResult(
  { columns = [] }: QueryExecution,
  rows: readonly Row[],
  { NextToken, MaxResults = MOST_ROWS }: Record<string, unknown>,
): object {
  if (!Number.isInteger(MaxResults) || Number(MaxResults) < 1 || Number(MaxResults) > MOST_ROWS) {
    throw awsError('InvalidRequestException', `MaxResults is more than maximum allowed length ${MOST_ROWS}.`);
  }
  const from = NextToken === undefined ? 0 : Number(NextToken);
  if (!Number.isInteger(from) || from < 0) throw awsError('InvalidRequestException', 'Invalid NextToken');
  const to = from + Number(MaxResults);
  return {
    ResultSet: {
      Rows: rows.slice(from, to).map((row) => ({
        Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
      })),
      ResultSetMetadata: {
        ColumnInfo: columns.map(({ name, type }) => ({
          CatalogName: 'hive',
          SchemaName: '',
          TableName: '',
          Name: name,
          Label: name,
          Type: type,
          Nullable: 'UNKNOWN',
          CaseSensitive: type === 'varchar',
        })),
      },
    },
    UpdateCount: 0,
    ...(to < rows.length ? { NextToken: String(to) } : {}),
  };
}
