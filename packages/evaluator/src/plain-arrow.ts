import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DataType, type Field, type Message, MessageHeader, MessageReader, type Schema } from 'apache-arrow';
import type { ColumnBatch, TextColumn } from './column-batch.ts';
import type { ColumnSpec, NamedFile } from './column-spec.ts';
import { addressIn, BATCH_ROWS, type Kernel } from './kernel.ts';

/** Most bytes of the texts of one column in one batch. */
const TEXT_BYTES = 1 << 20;
const MAGIC = 'ARROW1';
const CONTINUATION = 0xffffffff;
/** Longest header of a message; more columns than that are for the full reader. */
const MOST_METADATA = 1 << 24;

/** Where a buffer of a record batch stands in the file. */
interface Region {
  readonly at: number;
  readonly length: number;
}

interface Column {
  readonly spec: ColumnSpec;
  /** Number of the column's first buffer, and of its node, in a record batch. */
  readonly buffer: number;
  readonly node: number;
  readonly read: (regions: readonly Region[], from: number, rows: number) => boolean;
  readonly text: TextColumn | undefined;
  readonly values: Float64Array | undefined;
}

/**
 * The rows of an Arrow IPC file or stream of flat columns: UTF-8 texts, doubles and whole numbers of up to 32 bits,
 * without nulls, dictionaries or compression. Only the columns asked for are read, some thousand rows at a time, to
 * where the kernel works on them. Answers the number of rows given where the full reader must go on: a column is of
 * another kind, or something is not as it should be.
 */
export function* plainArrowBatches(
  kernel: Kernel,
  fd: number,
  schema: Schema,
  specs: readonly ColumnSpec[],
): Generator<ColumnBatch, 'read' | number, void> {
  const { size } = fstatSync(fd);
  const columns = columnsOf(kernel, fd, schema, specs);
  if (!columns) return 0;
  let at = startOf(fd);
  let first = 0;
  for (;;) {
    const next = messageAt(fd, at, size);
    if (!next) return first;
    if (next.kind === 'end') return 'read';
    const { message, body } = next;
    at = body + message.bodyLength;
    if (message.headerType === MessageHeader.Schema) continue;
    if (message.headerType !== MessageHeader.RecordBatch || body + message.bodyLength > size) return first;
    const header = message.header() as unknown as RecordBatchHeader;
    if (header.compression || columns.some(({ node }) => Number(header.nodes[node]?.nullCount ?? 1) > 0)) {
      return first;
    }
    const regions = header.buffers.map(({ offset, length }) => ({
      at: body + Number(offset),
      length: Number(length),
    }));
    const total = Number(header.length);
    for (let from = 0; from < total; from += BATCH_ROWS) {
      const rows = Math.min(BATCH_ROWS, total - from);
      if (!columns.every(({ buffer, read }) => read(regions.slice(buffer, buffer + 3), from, rows))) {
        return first + from;
      }
      yield batchOf(columns, rows, first + from);
    }
    first += total;
  }
}

/** Rows of an Arrow IPC file or stream, by the headers of its record batches, as far as they can be read. */
export function arrowRows({ path }: NamedFile): number {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    let rows = 0;
    for (let at = startOf(fd); ; ) {
      const next = messageAt(fd, at, size);
      if (next?.kind !== 'message') return rows;
      const { message, body } = next;
      at = body + message.bodyLength;
      if (message.headerType !== MessageHeader.RecordBatch) continue;
      rows += Number((message.header() as unknown as RecordBatchHeader).length);
    }
  } catch {
    // A file that is none is told about by the reader, with its name.
    return 0;
  } finally {
    closeSync(fd);
  }
}

/** What apache-arrow calls RecordBatch in a message; it exports no type of it. */
interface RecordBatchHeader {
  readonly length: number | bigint;
  readonly nodes: readonly { readonly nullCount: number | bigint }[];
  readonly buffers: readonly { readonly offset: number | bigint; readonly length: number | bigint }[];
  readonly compression: unknown;
}

function batchOf(columns: readonly Column[], rows: number, first: number): ColumnBatch {
  const text = new Map<string, TextColumn>();
  const numbers = new Map<string, Float64Array>();
  for (const column of columns) {
    if (column.text) text.set(column.spec.name, column.text);
    if (column.values) numbers.set(column.spec.name, column.values.subarray(0, rows));
  }
  return { rows, first, text, numbers };
}

/** A file starts with a word and padding before what a stream starts with. */
function startOf(fd: number): number {
  const opening = Buffer.alloc(8);
  readSync(fd, opening, 0, 8, 0);
  return opening.toString('latin1', 0, 6) === MAGIC ? 8 : 0;
}

type MessageAt =
  | { readonly kind: 'end' }
  | { readonly kind: 'message'; readonly message: Message; readonly body: number };

/** The message at a place of the file; undefined where there is none that can be read. */
function messageAt(fd: number, at: number, size: number): MessageAt | undefined {
  const prefix = Buffer.alloc(8);
  const bytes = readSync(fd, prefix, 0, 8, at);
  if (bytes === 0) return { kind: 'end' };
  if (bytes < 8 || prefix.readUInt32LE(0) !== CONTINUATION) return undefined;
  const length = prefix.readUInt32LE(4);
  if (length === 0) return { kind: 'end' };
  if (length > MOST_METADATA || at + 8 + length > size) return undefined;
  const framed = Buffer.alloc(8 + length);
  readSync(fd, framed, 0, framed.length, at);
  const message = new MessageReader(framed).readMessage();
  return message ? { kind: 'message', message, body: at + 8 + length } : undefined;
}

/** The columns asked for, in place; undefined where one is not for this reader. */
function columnsOf(
  kernel: Kernel,
  fd: number,
  schema: Schema,
  specs: readonly ColumnSpec[],
): Column[] | undefined {
  const columns: Column[] = [];
  let buffer = 0;
  for (const [node, field] of schema.fields.entries()) {
    const buffers = buffersOf(field);
    if (buffers === undefined) return undefined;
    const spec = specs.find(({ name }) => name === field.name);
    if (spec) {
      const column = columnOf(kernel, fd, field, spec);
      if (!column) return undefined;
      columns.push({ ...column, spec, buffer, node });
    }
    buffer += buffers;
  }
  return columns.length === specs.length ? columns : undefined;
}

/** Buffers that a column has in a record batch; undefined for nested ones, which have more nodes than one. */
function buffersOf({ type }: Field): number | undefined {
  if (DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isLargeUtf8(type)) return 3;
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isBool(type)) return 2;
  return DataType.isTimestamp(type) || DataType.isDate(type) ? 2 : undefined;
}

type Reading = Pick<Column, 'read' | 'text' | 'values'>;

function columnOf(kernel: Kernel, fd: number, { type }: Field, spec: ColumnSpec): Reading | undefined {
  if (spec.type === 'text') return DataType.isUtf8(type) ? textColumn(kernel, fd) : undefined;
  if (DataType.isFloat(type) && type.ArrayType === Float64Array) return doubles(kernel, fd);
  if (!DataType.isInt(type) || type.bitWidth > 32) return undefined;
  return integers(kernel, fd, type.ArrayType as typeof Int32Array);
}

function textColumn(kernel: Kernel, fd: number): Reading | undefined {
  const { arena } = kernel;
  const bytes = arena.bytes(TEXT_BYTES);
  const offsets = arena.int32(BATCH_ROWS + 1);
  const starts = arena.uint32(BATCH_ROWS);
  const lengths = arena.int32(BATCH_ROWS);
  const at = [bytes, offsets, starts, lengths].map((array) => addressIn(kernel, array));
  const [bytesAt, offsetsAt, startsAt, lengthsAt] = at;
  if (bytesAt === undefined || offsetsAt === undefined || startsAt === undefined || lengthsAt === undefined) {
    return undefined;
  }
  return {
    text: { bytes, starts, lengths },
    values: undefined,
    read: ([, spans, texts], from, rows) => {
      if (!spans || !texts || !readInto(fd, offsets, spans, from * 4, (rows + 1) * 4)) return false;
      if (kernel.calls.spans(offsetsAt, rows, startsAt, lengthsAt) === 0) return false;
      const start = offsets[0] as number;
      const length = (offsets[rows] as number) - start;
      return length <= TEXT_BYTES && readInto(fd, bytes, texts, start, length);
    },
  };
}

function doubles(kernel: Kernel, fd: number): Reading {
  const values = kernel.arena.float64(BATCH_ROWS);
  return {
    text: undefined,
    values,
    read: ([, data], from, rows) => data !== undefined && readInto(fd, values, data, from * 8, rows * 8),
  };
}

function integers(kernel: Kernel, fd: number, IntegerArray: typeof Int32Array): Reading {
  const values = kernel.arena.float64(BATCH_ROWS);
  const read = new IntegerArray(BATCH_ROWS);
  const size = IntegerArray.BYTES_PER_ELEMENT;
  return {
    text: undefined,
    values,
    read: ([, data], from, rows) => {
      if (data === undefined || !readInto(fd, read, data, from * size, rows * size)) return false;
      values.set(read.subarray(0, rows));
      return true;
    },
  };
}

/** Reads part of a region; false where it is not there. */
function readInto(
  fd: number,
  into: NodeJS.ArrayBufferView,
  region: Region,
  from: number,
  length: number,
): boolean {
  if (from + length > region.length) return false;
  return length === 0 || readSync(fd, into, 0, length, region.at + from) === length;
}
