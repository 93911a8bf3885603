import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parquetMetadata, parquetSchema } from 'hyparquet/src/metadata.js';
import type { RowGroup, SchemaElement } from 'hyparquet/src/types.js';
import type { ColumnSpec, NamedFile } from './column-spec.ts';

/** Longest footer, in bytes; more columns and row groups than that holds are for the full reader. */
const MOST_FOOTER = 1 << 24;
const ENDING = 8;

/** How a column's numbers are to be read: their kind on disk, and what decimals are divided by. */
export type ColumnKind =
  | { readonly type: 'text' }
  | { readonly type: 'boolean' }
  | { readonly type: 'double' | 'float' | 'int32' | 'int64' | 'uint32'; readonly divisor: number };

/** A column's pages of one row group: where they stand in the file, in bytes. */
export interface Chunk {
  readonly at: number;
  readonly end: number;
  readonly codec: string;
}

/** The columns asked for, and where their pages are, row group by row group; `chunks` in the order of `columns`. */
export interface ParquetLayout {
  readonly columns: readonly {
    readonly spec: ColumnSpec;
    readonly kind: ColumnKind;
    readonly optional: boolean;
  }[];
  readonly groups: readonly { readonly rows: number; readonly chunks: readonly Chunk[] }[];
}

type Metadata = ReturnType<typeof parquetMetadata>;

/** Where the columns stand; undefined where the file is none, or one of them is not for the plain reader. */
export function parquetLayout(fd: number, specs: readonly ColumnSpec[]): ParquetLayout | undefined {
  const metadata = footerOf(fd);
  if (!metadata) return undefined;
  const { size } = fstatSync(fd);
  const fields = parquetSchema(metadata).children.map(({ element }) => element);
  // To the full reader these are one name.
  if (new Set(fields.map(({ name }) => name.toLowerCase())).size < fields.length) return undefined;
  const columns: ParquetLayout['columns'][number][] = [];
  for (const spec of specs) {
    const element = fields.find(({ name }) => name === spec.name);
    const kind = element && kindOf(element, spec);
    if (!element || !kind || element.repetition_type === 'REPEATED') return undefined;
    columns.push({ spec, kind, optional: element.repetition_type === 'OPTIONAL' });
  }
  const groups: ParquetLayout['groups'][number][] = [];
  for (const group of metadata.row_groups) {
    const chunks = specs.flatMap(({ name }) => chunkOf(group, name, size) ?? []);
    if (chunks.length < specs.length) return undefined;
    groups.push({ rows: Number(group.num_rows), chunks });
  }
  return { columns, groups };
}

/** Rows of a Parquet file, by its footer; 0 where that cannot be read. */
export function parquetRows({ path }: NamedFile): number {
  const fd = openSync(path, 'r');
  try {
    return Number(footerOf(fd)?.num_rows ?? 0);
  } finally {
    closeSync(fd);
  }
}

function footerOf(fd: number): Metadata | undefined {
  const { size } = fstatSync(fd);
  const ending = Buffer.alloc(ENDING);
  if (size < ENDING || readSync(fd, ending, 0, ENDING, size - ENDING) < ENDING) return undefined;
  const length = ending.readUInt32LE(0) + ENDING;
  if (length > size || length > MOST_FOOTER) return undefined;
  const footer = new Uint8Array(length);
  if (readSync(fd, footer, 0, length, size - length) < length) return undefined;
  try {
    return parquetMetadata(footer, { geoparquet: false });
  } catch {
    // A file that is none is told about by the full reader, with its name.
    return undefined;
  }
}

function chunkOf({ columns }: RowGroup, name: string, size: number): Chunk | undefined {
  const column = columns.find(
    ({ meta_data: of }) => of?.path_in_schema.length === 1 && of.path_in_schema[0] === name,
  );
  const of = column?.meta_data;
  if (!of || column.file_path || column.crypto_metadata) return undefined;
  const data = Number(of.data_page_offset);
  // Some writers say 0 where there is no dictionary.
  const dictionary = Number(of.dictionary_page_offset ?? 0);
  const at = dictionary > 0 && dictionary < data ? dictionary : data;
  const end = at + Number(of.total_compressed_size);
  return at > 0 && end <= size ? { at, end, codec: of.codec } : undefined;
}

function kindOf(element: SchemaElement, { type }: ColumnSpec): ColumnKind | undefined {
  const { type: physical, converted_type: converted, logical_type: logical } = element;
  if (type === 'text') {
    const isText = converted === 'UTF8' || (converted === undefined && logical?.type === 'STRING');
    return physical === 'BYTE_ARRAY' && isText ? { type: 'text' } : undefined;
  }
  const annotated = converted !== undefined || logical !== undefined;
  if (physical === 'BOOLEAN') return annotated ? undefined : { type: 'boolean' };
  if (physical === 'DOUBLE' || physical === 'FLOAT') {
    return annotated ? undefined : { type: physical === 'DOUBLE' ? 'double' : 'float', divisor: 1 };
  }
  if (physical !== 'INT32' && physical !== 'INT64') return undefined;
  const integer = physical === 'INT32' ? 'int32' : 'int64';
  if (!annotated) return { type: integer, divisor: 1 };
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return decimal(integer, element);
  if (logical && logical.type !== 'INTEGER') return undefined;
  const [, unsigned, bits] = /^(U?)INT_(\d+)$/.exec(converted ?? '') ?? [
    '',
    logical?.isSigned === false ? 'U' : '',
    logical?.bitWidth,
  ];
  if (bits === undefined) return undefined;
  if (!unsigned || Number(bits) < 32) return { type: integer, divisor: 1 };
  return integer === 'int32' ? { type: 'uint32', divisor: 1 } : undefined;
}

/** Powers of ten up to this are doubles. */
const EXACT_POWER = 22;

function decimal(
  type: 'int32' | 'int64',
  { scale, logical_type: logical }: SchemaElement,
): ColumnKind | undefined {
  const places = scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0);
  return places >= 0 && places <= EXACT_POWER ? { type, divisor: 10 ** places } : undefined;
}
