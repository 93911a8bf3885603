import { identifier, literal } from '../duckdb.ts';
import { type AthenaTable, PATH_COLUMN } from './tables.ts';

/** An object of a table: its key in the bucket, and where it lies on disk. */
export interface LocalObject {
  readonly key: string;
  readonly path: string;
}

/**
 * Statements that give DuckDB a schema with the tables as views over local files, so that it runs what Athena runs.
 * What Athena's readers do with a file is done here too: a CSV's header is a row, an empty cell an empty text, a missing
 * one NULL, a line that is no JSON a row without values.
 */
export function duckDbViews(
  database: string,
  tables: readonly AthenaTable[],
  objectsOf: (table: AthenaTable) => readonly LocalObject[],
  bucket: string,
): string {
  const views = tables.map(
    (table) =>
      `CREATE OR REPLACE VIEW ${identifier(database)}.${identifier(table.name)} AS ${viewOf(table, objectsOf(table), bucket)}`,
  );
  return [`CREATE SCHEMA IF NOT EXISTS ${identifier(database)}`, ...views].join(';\n');
}

function viewOf(table: AthenaTable, objects: readonly LocalObject[], bucket: string): string {
  const partitions = new Map<
    string,
    { readonly values: readonly string[]; readonly objects: LocalObject[] }
  >();
  for (const object of objects) {
    const values = partitionOf(table, object.key, bucket);
    if (!values) continue;
    const name = JSON.stringify(values);
    const partition = partitions.get(name) ?? { values, objects: [] };
    partition.objects.push(object);
    partitions.set(name, partition);
  }
  const selects = [...partitions.values()].map((partition) =>
    selectOf(table, partition.values, partition.objects, bucket),
  );
  return selects.length > 0 ? selects.join('\nUNION ALL ') : emptyOf(table);
}

/** The values of the partition keys in an object's key; undefined where it is in no partition, or hidden from Hive. */
function partitionOf(
  { parameters, partitionKeys }: AthenaTable,
  key: string,
  bucket: string,
): string[] | undefined {
  if (/^[_.]/.test(key.slice(key.lastIndexOf('/') + 1))) return undefined;
  const template = parameters['storage.location.template'] ?? '';
  const names = partitionKeys.map(({ name }) => name);
  const pattern = template
    .split(/\$\{(\w+)\}/)
    .map((part, index) => (index % 2 === 0 ? part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&') : '([^/]+)'));
  const inTemplate = [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  const match = new RegExp(`^${pattern.join('')}`).exec(`s3://${bucket}/${key}`);
  return match ? names.map((name) => match[1 + inTemplate.indexOf(name)] ?? '') : undefined;
}

const DUCKDB_TYPES: Readonly<Record<string, string>> = { string: 'VARCHAR', int: 'INTEGER', float: 'FLOAT' };
const duckType = (hive: string): string => DUCKDB_TYPES[hive] ?? hive.toUpperCase();

function selectOf(
  table: AthenaTable,
  values: readonly string[],
  objects: readonly LocalObject[],
  bucket: string,
): string {
  const keys = table.partitionKeys.map(
    ({ name }, index) => `${literal(values[index] ?? '')} AS ${identifier(name)}`,
  );
  const urls = objects.map(({ key, path }) => `${literal(path)}: ${literal(`s3://${bucket}/${key}`)}`);
  const columns = table.columns.map(({ name, type }, index) => {
    const inFile = table.format === 'csv' ? name : (table.sources[index] ?? name);
    return `CAST(${identifier(inFile)} AS ${duckType(type)}) AS ${identifier(name)}`;
  });
  return `SELECT ${[...columns, ...keys, `MAP {${urls.join(', ')}}[filename] AS ${identifier(PATH_COLUMN)}`].join(', ')}
  FROM ${sourceOf(table, objects)}`;
}

function sourceOf({ format, columns, sources }: AthenaTable, objects: readonly LocalObject[]): string {
  const files = `[${objects.map(({ path }) => literal(path)).join(', ')}]`;
  if (format === 'parquet') return `read_parquet(${files}, filename = true)`;
  const texts = (names: readonly string[]) => names.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ');
  if (format === 'jsonl') {
    return `read_json(${files}, format = 'newline_delimited', ignore_errors = true, filename = true, columns = {${texts(sources)}})`;
  }
  const names = columns.map(({ name }) => name);
  return `read_csv(${files}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
    strict_mode = false, null_padding = true, parallel = false, ignore_errors = true, filename = true, force_not_null = [${names.map(literal).join(', ')}],
    columns = {${texts(names)}})`;
}

/** A table without objects. */
function emptyOf({ columns, partitionKeys }: AthenaTable): string {
  const all = [...columns, ...partitionKeys, { name: PATH_COLUMN, type: 'string' }];
  return `SELECT ${all.map(({ name, type }) => `CAST(NULL AS ${duckType(type)}) AS ${identifier(name)}`).join(', ')} WHERE 1 = 0`;
}
