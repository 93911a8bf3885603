import { gzipSync } from 'node:zlib';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { AthenaTable } from '@penumbra/evaluator/sql/tables';
import { athenaTableOf, type GlueCatalog } from './glue-catalog.ts';
import type { Column, QueryExecution } from './query-execution.ts';
import { prunedBy } from './query-partitions.ts';
import { type Row, writeResult } from './query-results.ts';
import { parseS3Uri } from './s3-location.ts';
import type { StoredFile } from './stored-file.ts';

export type QueryEngineOptions = {
  catalog: GlueCatalog;
  s3: S3Client;
  /** Every object below a prefix of a bucket. */
  objectsIn(bucket: string, prefix: string): StoredFile[];
  /** Most bytes that a query of the workgroup may scan. */
  bytesCutoff?: number | undefined;
};

/** What a query has come to: the columns of its result, where that is handed out. */
export type Outcome = { columns?: Column[] };

/** A query that met the limit of its workgroup, which Athena counts as cancelled. */
export class BytesCutoff extends Error {}

const UNLOAD = /^\s*UNLOAD\s*\((?<select>.*)\)\s*TO\s*'(?<location>[^']+)'\s*WITH\s*\((?<options>[^)]*)\)/is;

const TYPES: Readonly<Record<string, string>> = {
  VARCHAR: 'varchar',
  BIGINT: 'bigint',
  HUGEINT: 'decimal',
  INTEGER: 'integer',
  DOUBLE: 'double',
  BOOLEAN: 'boolean',
};

/**
 * Runs a query's statement with DuckDB over the objects of its tables, and writes its result where Athena would.
 * `scanned` hears how many bytes that reads.
 *
 * @throws with the query's StateChangeReason.
 */
export async function runQuery(
  { id, request, output }: QueryExecution,
  { catalog, s3, objectsIn, bytesCutoff }: QueryEngineOptions,
  scanned: (bytes: number) => void,
): Promise<Outcome> {
  const { QueryString: statement, Database: database } = request;
  const tables = catalog
    .tables(database)
    .filter(({ Name }) => statement.includes(Name))
    .map(athenaTableOf);
  const files = new Map(
    tables.map((table) => {
      const { bucket, key } = parseS3Uri(table.location);
      return [table, objectsIn(bucket, key).filter(prunedBy(table, statement))];
    }),
  );
  const bytes = [...files.values()].flat().reduce((sum, file) => sum + file.bytes, 0);
  scanned(bytes);
  if (bytesCutoff !== undefined && bytes > bytesCutoff) {
    throw new BytesCutoff('Query cancelled! : Bytes scanned limit was exceeded');
  }

  const unload = UNLOAD.exec(statement)?.groups;
  const { columns, rows } = await select(unload?.select ?? statement, database, files);
  if (!unload) {
    await put(s3, output, Buffer.from(writeResult(columns, rows.map(asText))));
    return { columns };
  }
  await writeUnloaded(
    s3,
    objectsIn,
    { id, location: unload.location ?? '', options: unload.options ?? '' },
    columns,
    rows,
  );
  return {};
}

async function select(
  statement: string,
  database: string,
  files: ReadonlyMap<AthenaTable, StoredFile[]>,
): Promise<{ columns: Column[]; rows: unknown[][] }> {
  // Seventy megabytes of native library: only who queries pays for them.
  const [{ openDuckDb }, { duckDbViews }] = await Promise.all([
    import('@penumbra/evaluator/duckdb'),
    import('@penumbra/evaluator/sql/duckdb-views'),
  ]);
  const db = await openDuckDb({ threads: 2 });
  try {
    const [first] = files.keys();
    const { bucket } = parseS3Uri(first?.location ?? '');
    await db.connection.run(
      duckDbViews(database, [...files.keys()], (table) => files.get(table) ?? [], bucket),
    );
    const reader = await db.connection.runAndReadAll(statement).catch((error: Error) => {
      throw new Error(`GENERIC_USER_ERROR: ${error.message}`);
    });
    const types = reader.columnTypes().map(String);
    return {
      columns: reader.columnNames().map((name, at) => ({ name, type: TYPES[types[at] ?? ''] ?? 'varchar' })),
      rows: reader.getRowsJS() as unknown[][],
    };
  } finally {
    db.close();
  }
}

const asText = (row: unknown[]): Row => row.map((value) => (value === null ? null : String(value)));

async function writeUnloaded(
  s3: S3Client,
  objectsIn: QueryEngineOptions['objectsIn'],
  { id, location, options }: { id: string; location: string; options: string },
  columns: readonly Column[],
  rows: readonly unknown[][],
): Promise<void> {
  if (!/format\s*=\s*'JSON'/i.test(options)) {
    throw new Error('NOT_SUPPORTED: the local Athena unloads JSON only');
  }
  const isPlain = /compression\s*=\s*'NONE'/i.test(options);
  const key = `${location}${id}_0${isPlain ? '' : '.gz'}`;
  const { bucket, key: prefix } = parseS3Uri(location);
  // What this very query wrote before it was interrupted is no other's result.
  if (objectsIn(bucket, prefix).some((object) => !object.key.startsWith(`${prefix}${id}`))) {
    throw new Error(`HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: ${location}`);
  }
  const lines = rows.map((row) =>
    JSON.stringify(
      Object.fromEntries(columns.flatMap(({ name }, at) => (row[at] === null ? [] : [[name, row[at]]]))),
      (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value),
    ),
  );
  const text = lines.map((line) => `${line}\n`).join('');
  await put(s3, key, isPlain ? Buffer.from(text) : gzipSync(text));
}

async function put(s3: S3Client, uri: string, body: Uint8Array): Promise<void> {
  const { bucket, key } = parseS3Uri(uri);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}
