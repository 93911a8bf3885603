import type { TextColumn } from './column-batch.ts';
import { addressIn, BATCH_ROWS, type Kernel } from './kernel.ts';
import type { Chunk, ColumnKind } from './parquet-footer.ts';
import { type Growing, growing, type Page, type PageSource, PLAIN, pageAt } from './parquet-pages.ts';

const PLAIN_DICTIONARY = 2;
const RLE = 3;
const RLE_DICTIONARY = 8;
const NUMBER_KINDS = { double: 0, float: 1, int32: 2, int64: 3, uint32: 4 } as const;
const WIDEST_CODE = 32;

/** One column of a Parquet file, page by page, read to where the kernel works on it. */
export interface ParquetColumn {
  /** Goes to the column's pages of a row group. */
  open(chunk: Chunk): void;
  /** Rows of the page at hand that are left, of the next one where there are none; 0 at the end of the pages. */
  ready(): number | 'irregular';
  /** Reads rows, no more than are ready, and no more than a batch has; false where that cannot be done. */
  read(rows: number): boolean;
  /** What was read last. */
  readonly text: () => TextColumn | undefined;
  readonly values: Float64Array | undefined;
}

type NumberKind = Exclude<ColumnKind, { readonly type: 'text' }>;

/** Undefined where the kernel's memory has no room. */
export function parquetColumn(
  source: PageSource,
  kind: ColumnKind,
  optional: boolean,
): ParquetColumn | undefined {
  const { kernel } = source;
  const { arena, calls } = kernel;
  const pageBytes = growing(kernel);
  const dictionaryBytes = growing(kernel);
  const present = arena.uint32(BATCH_ROWS);
  const codes = arena.uint32(BATCH_ROWS);
  const levelRuns = runReader(kernel);
  const codeRuns = runReader(kernel);
  const decoded = kind.type === 'text' ? textDecoder(kernel) : numberDecoder(kernel, kind);
  if (!levelRuns || !codeRuns || !decoded || addressIn(kernel, codes) === undefined) return undefined;

  let chunk: Chunk | undefined;
  let at = 0;
  let page: Page | undefined;
  let left = 0;
  let value = 0;
  let coded = false;
  let hasDictionary = false;

  /** Whether the values of a page are of an encoding that is read here; `value` is then where they start. */
  const begin = (next: Page): boolean => {
    page = next;
    left = next.values;
    value = next.at;
    coded = next.encoding === PLAIN_DICTIONARY || next.encoding === RLE_DICTIONARY;
    if (next.levels) levelRuns.start(next.levels.at, next.levels.end, 1);
    if (kind.type === 'boolean') {
      if (next.encoding === PLAIN) codeRuns.startPacked(value, next.end);
      else if (next.encoding === RLE) codeRuns.start(value + 4, next.end, 1);
      return next.encoding === PLAIN || next.encoding === RLE;
    }
    if (!coded) return next.encoding === PLAIN;
    if (!hasDictionary) return false;
    const width = next.at < next.end ? (next.bytes[next.at - next.bytes.byteOffset] as number) : 0;
    codeRuns.start(Math.min(value + 1, next.end), next.end, width);
    return width <= WIDEST_CODE;
  };

  return {
    text: decoded.text,
    values: decoded.values,
    open(of) {
      chunk = of;
      at = of.at;
      left = 0;
      hasDictionary = false;
    },
    ready() {
      while (left === 0) {
        if (!chunk || at >= chunk.end) return 0;
        const found = pageAt(source, chunk, at, optional, pageBytes, dictionaryBytes);
        if (!found) return 'irregular';
        at = found.next;
        if (found.page === 'other') continue;
        if (found.page.type === 'data') {
          if (!begin(found.page)) return 'irregular';
        } else {
          const plain = found.page.encoding === PLAIN || found.page.encoding === PLAIN_DICTIONARY;
          if (kind.type === 'boolean' || !plain || !decoded.takeDictionary(found.page)) return 'irregular';
          hasDictionary = true;
        }
      }
      return left;
    },
    read(rows) {
      if (!page) return false;
      left -= rows;
      const held = page.levels ? calls.levels(levelRuns.at, rows, present.byteOffset) : rows;
      if (held < 0) return false;
      const presentAt = held === rows ? 0 : present.byteOffset;
      if (coded || kind.type === 'boolean') {
        if (calls.runs(codeRuns.at, held, codes.byteOffset) === 0) return false;
        return decoded.readCodes(codes.byteOffset, rows, presentAt);
      }
      const next = decoded.readPlain(page, value, rows, presentAt);
      if (next === 0) return false;
      value = next;
      return true;
    },
  };
}

interface Decoder {
  readonly text: () => TextColumn | undefined;
  readonly values: Float64Array | undefined;
  takeDictionary(page: Page): boolean;
  /** Where the next values stand, or 0. */
  readPlain(page: Page, at: number, rows: number, present: number): number;
  readCodes(codes: number, rows: number, present: number): boolean;
}

function textDecoder(kernel: Kernel): Decoder | undefined {
  const { arena, calls } = kernel;
  const starts = arena.uint32(BATCH_ROWS);
  const lengths = arena.int32(BATCH_ROWS);
  if (addressIn(kernel, starts) === undefined || addressIn(kernel, lengths) === undefined) return undefined;
  const [startsAt, lengthsAt] = [starts.byteOffset, lengths.byteOffset];
  const placeBytes: readonly [Growing, Growing] = [growing(kernel), growing(kernel)];
  let bytes: Uint8Array = new Uint8Array(0);
  let dictionary: {
    readonly bytes: Uint8Array;
    readonly size: number;
    readonly starts: number;
    readonly lengths: number;
  };
  return {
    values: undefined,
    text: () => ({ bytes, starts, lengths }),
    takeDictionary(page) {
      const [places, sizes] = placeBytes.map((room) => room(page.values * 4));
      if (!places || !sizes) return false;
      const at = page.bytes.byteOffset;
      const size = page.values;
      dictionary = { bytes: page.bytes, size, starts: places.byteOffset, lengths: sizes.byteOffset };
      const { starts: to, lengths: and } = dictionary;
      const end = calls.plainTexts(page.at, page.end, size, 0, at, to, and);
      return end !== 0 && (calls.ascii(page.at, end) !== 0 || calls.utf8Texts(at, to, and, size) !== 0);
    },
    readPlain(page, at, rows, present) {
      bytes = page.bytes;
      const start = bytes.byteOffset;
      const end = calls.plainTexts(at, page.end, rows, present, start, startsAt, lengthsAt);
      if (end === 0) return 0;
      return calls.ascii(at, end) !== 0 || calls.utf8Texts(start, startsAt, lengthsAt, rows) !== 0 ? end : 0;
    },
    readCodes(codes, rows, present) {
      bytes = dictionary.bytes;
      const { size, starts: from, lengths: and } = dictionary;
      return calls.codedTexts(codes, rows, present, size, from, and, startsAt, lengthsAt) !== 0;
    },
  };
}

function numberDecoder(kernel: Kernel, kind: NumberKind): Decoder | undefined {
  const { arena, calls } = kernel;
  const values = arena.float64(BATCH_ROWS);
  const into = addressIn(kernel, values);
  if (into === undefined) return undefined;
  const entries = growing(kernel);
  const [type, divisor] = kind.type === 'boolean' ? [-1, 1] : [NUMBER_KINDS[kind.type], kind.divisor];
  let dictionary: { readonly size: number; readonly at: number };
  return {
    values,
    text: () => undefined,
    takeDictionary(page) {
      const room = entries(page.values * 8);
      if (!room) return false;
      dictionary = { size: page.values, at: room.byteOffset };
      return calls.plainNumbers(page.at, page.end, page.values, 0, type, divisor, room.byteOffset) !== 0;
    },
    readPlain: (page, at, rows, present) =>
      calls.plainNumbers(at, page.end, rows, present, type, divisor, into),
    readCodes(codes, rows, present) {
      if (kind.type === 'boolean') {
        calls.bitNumbers(codes, rows, present, into);
        return true;
      }
      return calls.codedNumbers(codes, rows, present, dictionary.size, dictionary.at, into) !== 0;
    },
  };
}

/** What the kernel's `runs` reads by; see ../kernel/parquet.ts. */
interface RunReader {
  readonly at: number;
  start(at: number, end: number, width: number): void;
  /** Bits, one after another without runs. */
  startPacked(at: number, end: number): void;
}

function runReader(kernel: Kernel): RunReader | undefined {
  const words = kernel.arena.uint32(8);
  const address = addressIn(kernel, words);
  if (address === undefined) return undefined;
  return {
    at: address,
    start(at, end, width) {
      words.set([at, end, width, 0, 0, 0, 0, 0]);
    },
    startPacked(at, end) {
      words.set([end, end, 1, (end - at) * 8, 0, at, 0, 0]);
    },
  };
}
