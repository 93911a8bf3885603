import { type FileHandle, open } from 'node:fs/promises';
import type { Problem } from '@penumbra/core/problem';
import {
  type Data,
  DataType,
  type RecordBatch,
  RecordBatchReader,
  type Schema,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { type ColumnBatch, MISSING, type TextColumn } from './column-batch.ts';
import type { ColumnSpec, NamedFile } from './column-spec.ts';
import { BATCH_ROWS, type Kernel } from './kernel.ts';
import { plainArrowBatches } from './plain-arrow.ts';

/**
 * The rows of an Arrow IPC file or stream: with a kernel as far as plain-arrow.ts goes, then one record batch in memory
 * at a time.
 */
export async function* arrowBatches(
  file: NamedFile,
  specs: readonly ColumnSpec[],
  kernel?: Kernel,
): AsyncGenerator<ColumnBatch, readonly Problem[], void> {
  const handle: FileHandle = await open(file.path);
  try {
    const reader = await RecordBatchReader.from(handle);
    await reader.open();
    const problems = columnProblems(file, reader.schema, specs);
    if (problems.length > 0) return problems;
    const given = kernel ? yield* plainArrowBatches(kernel, handle.fd, reader.schema, specs) : 0;
    if (given === 'read') return [];
    let first = 0;
    for await (const batch of reader) {
      yield* inParts(batch, specs, first, Math.min(batch.numRows, Math.max(0, given - first)));
      first += batch.numRows;
    }
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [
      {
        where: file.name,
        what: `the file is no Arrow IPC that can be read: ${error.message}`,
        remedy: 'Write it again as an uncompressed Arrow IPC file or stream (Feather version 2)',
      },
    ];
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** Columns that an Arrow file lacks or holds as something else than the definition asks for. */
function columnProblems(file: NamedFile, schema: Schema, specs: readonly ColumnSpec[]): Problem[] {
  const known = schema.fields.map(({ name }) => JSON.stringify(name)).join(', ');
  return specs.flatMap(({ name, type }): Problem[] => {
    const field = schema.fields.find((candidate) => candidate.name === name);
    if (!field) {
      return [
        {
          where: file.name,
          column: name,
          what: 'the definition asks for this column and the file does not have it',
          remedy: `Add it or correct the definition; the file has ${known}`,
        },
      ];
    }
    if (type === 'text' || isNumeric(field.type)) return [];
    return [
      {
        where: file.name,
        column: name,
        what: `the column holds ${field.type}, not numbers`,
        remedy: 'Write it as a column of numbers',
      },
    ];
  });
}

const isNumeric = (type: DataType): boolean =>
  DataType.isInt(type) || DataType.isFloat(type) || DataType.isBool(type);

function* inParts(
  batch: RecordBatch,
  specs: readonly ColumnSpec[],
  first: number,
  skip: number,
): Generator<ColumnBatch, void, void> {
  const columns = specs.map((spec) => ({ spec, vector: batch.getChild(spec.name) }));
  const text = new Map<string, TextColumn>();
  const numbers = new Map<string, Float64Array>();
  for (const { spec, vector } of columns) {
    if (!vector) continue;
    if (spec.type === 'text') text.set(spec.name, toText(vector, batch.numRows));
    else numbers.set(spec.name, toNumbers(vector, batch.numRows));
  }
  for (let from = skip; from < batch.numRows; from += BATCH_ROWS) {
    const to = Math.min(from + BATCH_ROWS, batch.numRows);
    yield {
      rows: to - from,
      first: first + from,
      text: new Map([...text].map(([name, column]) => [name, part(column, from, to)])),
      numbers: new Map([...numbers].map(([name, values]) => [name, values.subarray(from, to)])),
    };
  }
}

const part = ({ bytes, starts, lengths }: TextColumn, from: number, to: number): TextColumn => ({
  bytes,
  starts: starts.subarray(from, to),
  lengths: lengths.subarray(from, to),
});

function toText(vector: Vector, rows: number): TextColumn {
  const data = vector.data[0];
  if (data && DataType.isUtf8(data.type)) return utf8(data, rows);
  if (data && DataType.isDictionary(data.type) && data.dictionary) {
    const dictionary = data.dictionary;
    const values = toText(
      dictionary.data.length === 1 ? dictionary : asUtf8(dictionary, dictionary.length),
      dictionary.length,
    );
    return byCode(data, values, rows);
  }
  // Numbers, large texts and what else has a text form: rare as an id, so plainly.
  return toText(asUtf8(vector, rows), rows);
}

function asUtf8(vector: Vector, rows: number): Vector {
  const texts = Array.from({ length: rows }, (_, row): string | null => {
    const value: unknown = vector.get(row);
    return value === null || value === undefined ? null : String(value);
  });
  return vectorFromArray(texts, new Utf8());
}

function utf8(data: Data, rows: number): TextColumn {
  const offsets = data.valueOffsets as unknown as Int32Array;
  const starts = new Uint32Array(rows);
  const lengths = new Int32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const start = offsets[row] as number;
    starts[row] = start;
    lengths[row] = (offsets[row + 1] as number) - start;
  }
  if (data.nullCount > 0)
    for (let row = 0; row < rows; row += 1) if (!data.getValid(row)) lengths[row] = MISSING;
  return { bytes: data.values as unknown as Uint8Array, starts, lengths };
}

function byCode(data: Data, values: TextColumn, rows: number): TextColumn {
  const codes = data.values as unknown as Int32Array;
  const starts = new Uint32Array(rows);
  const lengths = new Int32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const code = Number(codes[row]);
    const valid = data.nullCount === 0 || data.getValid(row);
    starts[row] = valid ? (values.starts[code] as number) : 0;
    lengths[row] = valid ? (values.lengths[code] as number) : MISSING;
  }
  return { bytes: values.bytes, starts, lengths };
}

function toNumbers(vector: Vector, rows: number): Float64Array {
  const data = vector.data[0];
  if (data && data.nullCount === 0) {
    if (data.values instanceof Float64Array) return data.values.subarray(0, rows);
    if (DataType.isInt(data.type) && !(data.values instanceof BigInt64Array)) {
      const values = data.values as unknown;
      if (values instanceof Int8Array || values instanceof Uint8Array || values instanceof Int32Array) {
        return Float64Array.from(values.subarray(0, rows));
      }
    }
  }
  const numbers = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const value: unknown = vector.get(row);
    numbers[row] = value === null || value === undefined ? Number.NaN : Number(value);
  }
  return numbers;
}
