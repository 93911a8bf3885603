import { compileSlices } from '@penumbra/core/match-slices';
import { type Slice, sliceFields } from '@penumbra/core/slices';
import { type ColumnBatch, fieldAt, MISSING, type TextColumn } from './column-batch.ts';
import type { Kernel } from './kernel.ts';
import { kernelSliceCodes } from './kernel-slice-codes.ts';

/** Distinct values of a column that are remembered; a column with more is slower, and as right. */
const MOST_VALUES = 1 << 14;
/** Places of the cache in front of the map of texts. */
const CACHE = 1024;

/** Writes the slice of every row of a batch: the conditions run once for each combination of values. */
export function sliceCodes(
  slices: readonly Slice[],
  kernel?: Kernel,
): (batch: ColumnBatch, into: Int16Array) => void {
  const plainly = plainCodes(slices);
  const inKernel = kernel && kernelSliceCodes(kernel, slices);
  return (batch, into) => {
    if (!inKernel?.(batch, into)) plainly(batch, into);
  };
}

function plainCodes(slices: readonly Slice[]): (batch: ColumnBatch, into: Int16Array) => void {
  const fields = sliceFields(slices);
  const sliceOf = compileSlices(slices);
  let memory = remember(fields.length);
  const combinationOf = (columns: readonly CodedColumn[], row: number): number => {
    let combination = 0;
    for (let index = 0; index < columns.length; index += 1) {
      const { column, codes } = columns[index] as CodedColumn;
      const code = codes.codeOf(column, row);
      combination = index === 0 ? code : pair(memory, index, combination, code);
    }
    return combination;
  };
  return (batch, into) => {
    let columns = coded(batch, fields, memory);
    for (let row = 0; row < batch.rows; row += 1) {
      const combination = combinationOf(columns, row);
      let slice = memory.slices[combination];
      if (slice === undefined) {
        const values = new Map(fields.map((field) => [field, fieldAt(batch, field, row)]));
        slice = sliceOf((field) => values.get(field));
        memory.slices[combination] = slice;
      }
      into[row] = slice;
      if (memory.combinations > MOST_VALUES || columns.some(({ codes }) => codes.count() > MOST_VALUES)) {
        memory = remember(fields.length);
        columns = coded(batch, fields, memory);
      }
    }
  };
}

interface CodedColumn {
  readonly column: TextColumn | Float64Array;
  readonly codes: ValueCodes;
}

interface Memory {
  readonly codes: readonly ValueCodes[];
  /** By field after the first: the combination that a combination and one more code make. */
  readonly pairs: readonly Map<number, number>[];
  combinations: number;
  /** The slice of each combination. */
  readonly slices: (number | undefined)[];
}

const remember = (fields: number): Memory => ({
  codes: Array.from({ length: fields }, valueCodes),
  pairs: Array.from({ length: fields }, () => new Map()),
  combinations: 0,
  slices: [],
});

function pair(memory: Memory, index: number, combination: number, code: number): number {
  const pairs = memory.pairs[index] as Map<number, number>;
  const key = combination * MOST_VALUES * 2 + code;
  const known = pairs.get(key);
  if (known !== undefined) return known;
  memory.combinations += 1;
  pairs.set(key, memory.combinations);
  return memory.combinations;
}

function coded(batch: ColumnBatch, fields: readonly string[], memory: Memory): CodedColumn[] {
  return fields.map((field, index) => {
    // A column that is compared too was read as a number.
    const column = batch.text.get(field) ?? batch.numbers.get(field);
    if (!column) throw new Error(`internal: the slice field ${field} was not read`);
    return { column, codes: memory.codes[index] as ValueCodes };
  });
}

interface ValueCodes {
  /** A small whole number for the value of a row; the same one for the same value. */
  codeOf(column: TextColumn | Float64Array, row: number): number;
  count(): number;
}

function valueCodes(): ValueCodes {
  const stored: Uint8Array[] = [];
  const byHash = new Map<number, number[]>();
  const cache = new Int32Array(CACHE);
  const byNumber = new Map<number, number>();
  let count = 1;
  const textCode = ({ bytes, starts, lengths }: TextColumn, row: number): number => {
    const length = lengths[row] as number;
    if (length === MISSING) return 0;
    const start = starts[row] as number;
    let hash = length;
    for (let byte = start; byte < start + length; byte += 1) {
      hash = Math.imul(hash ^ (bytes[byte] as number), 0x01000193);
    }
    const place = (hash ^ (hash >>> 15)) & (CACHE - 1);
    const cached = cache[place] as number;
    if (cached !== 0 && same(stored[cached] as Uint8Array, bytes, start, length)) return cached;
    const candidates = byHash.get(hash) ?? [];
    let code = candidates.find((candidate) => same(stored[candidate] as Uint8Array, bytes, start, length));
    if (code === undefined) {
      code = count;
      count += 1;
      stored[code] = bytes.slice(start, start + length);
      byHash.set(hash, [...candidates, code]);
    }
    cache[place] = code;
    return code;
  };
  const numberCode = (value: number): number => {
    const known = byNumber.get(value);
    if (known !== undefined) return known;
    byNumber.set(value, count);
    count += 1;
    return count - 1;
  };
  return {
    codeOf: (column, row) =>
      column instanceof Float64Array ? numberCode(column[row] as number) : textCode(column, row),
    count: () => count,
  };
}

function same(stored: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (stored.length !== length) return false;
  for (let byte = 0; byte < length; byte += 1) if (stored[byte] !== bytes[start + byte]) return false;
  return true;
}
