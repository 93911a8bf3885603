import { gunzipSync } from 'node:zlib';
import { type AthenaClient, paginateGetQueryResults } from '@aws-sdk/client-athena';
import type { ObjectStore } from '@penumbra/core/pipeline/ports';
import type { ResultRow } from '@penumbra/evaluator/sql/result-rows';

/** The rows of a query, a thousand a request; `missing` where Athena keeps no result of it. */
export async function fetchRows(
  client: AthenaClient,
  queryExecutionId: string,
): Promise<ResultRow[] | 'missing'> {
  const rows: ResultRow[] = [];
  let isHeader = true;
  try {
    const pages = paginateGetQueryResults({ client }, { QueryExecutionId: queryExecutionId });
    for await (const { ResultSet } of pages) {
      const names = (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '' }) => Name);
      for (const { Data = [] } of ResultSet?.Rows ?? []) {
        // The first row of the first page tells the names of the columns once more.
        if (!isHeader)
          rows.push(Object.fromEntries(names.map((name, at) => [name, Data[at]?.VarCharValue ?? null])));
        isHeader = false;
      }
    }
  } catch (error) {
    if ((error as Error).name === 'InvalidRequestException') return 'missing';
    throw error;
  }
  return rows;
}

/** What UNLOAD wrote below a prefix: JSON lines, compressed or not. A result always has rows: no file, no result. */
export async function readUnloaded(
  bucket: ObjectStore & { read(key: string): Promise<Uint8Array> },
  prefix: string,
): Promise<ResultRow[] | 'missing'> {
  const files = await bucket.list(prefix);
  if (files.length === 0) return 'missing';
  const rows: ResultRow[] = [];
  for (const { key } of files) {
    const bytes = await bucket.read(key);
    const text = new TextDecoder().decode(isGzip(bytes) ? gunzipSync(bytes) : bytes);
    for (const line of text.split('\n')) if (line !== '') rows.push(JSON.parse(line) as ResultRow);
  }
  return rows;
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * The same rows in one order, whatever order the engine found them in: sums add up in it, and the same data is to give
 * the same bytes.
 */
export function inOneOrder(rows: readonly ResultRow[]): ResultRow[] {
  const keyed = rows.map((row) => ({ row, text: JSON.stringify(row) }));
  return keyed.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ row }) => row);
}
