import { readSync } from 'node:fs';
import zlib from 'node:zlib';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { addressIn, type Kernel } from './kernel.ts';
import type { Chunk } from './parquet-footer.ts';

/** Bytes that are read for a page's header: nearly always enough, and what is tried once more where not. */
const HEADER_BYTES = 1 << 12;
const MOST_HEADER = 1 << 20;
/** Numbers of page types and of encodings, as apache/parquet-format's parquet.thrift has them. */
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const DATA_PAGE_V2 = 3;
const RLE = 3;
export const PLAIN = 0;
/** Room that loops of the kernel may read beyond an end. */
const BEYOND = 32;

/** Scratch of the kernel's decompression. */
const WORK_BYTES = 1 << 18;

/** Largest page and dictionary, in bytes; what says that it is larger is left to the full reader. */
const MOST_BYTES = 1 << 25;

/** A decompressed page: places are addresses in the kernel's memory. */
export interface Page {
  readonly type: 'dictionary' | 'data';
  /** Values, null ones counted. */
  readonly values: number;
  readonly encoding: number;
  /** Where it is told which rows have a value; undefined where all have. */
  readonly levels: { readonly at: number; readonly end: number } | undefined;
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
}

/** Bytes of the kernel's memory, as many as asked for at least; undefined where it has no room. */
export type Growing = (length: number) => Uint8Array | undefined;

export function growing(kernel: Kernel): Growing {
  let held: Uint8Array = new Uint8Array(0);
  return (length) => {
    if (held.length >= length + BEYOND) return held;
    if (length > MOST_BYTES) return undefined;
    let room = 4096;
    while (room < length + BEYOND) room *= 2;
    const taken = kernel.arena.bytes(room);
    if (addressIn(kernel, taken) === undefined) return undefined;
    held = taken;
    return held;
  };
}

export interface PageSource {
  readonly kernel: Kernel;
  readonly fd: number;
  /** What was read of the file and is to be decompressed. */
  readonly input: Growing;
  /** Scratch of a decompression. */
  readonly work: Growing;
}

/**
 * The page at `at` of a column's chunk and where the next one starts: decompressed to `into`, dictionaries to
 * `dictionary`. Undefined where there is none that can be read here.
 */
export function pageAt(
  source: PageSource,
  chunk: Chunk,
  at: number,
  optional: boolean,
  into: Growing,
  dictionary: Growing,
): { readonly page: Page | 'other'; readonly next: number } | undefined {
  const header = headerAt(source.fd, at, chunk.end);
  if (!header) return undefined;
  const page =
    header.type === DICTIONARY_PAGE && header.dictionary
      ? dictionaryPage(source, chunk, header, header.dictionary, dictionary)
      : header.type === DATA_PAGE && header.first
        ? firstPage(source, chunk, header, header.first, optional, into)
        : header.type === DATA_PAGE_V2 && header.second
          ? secondPage(source, chunk, header, header.second, optional, into)
          : 'other';
  if (typeof page === 'object' && !(page.values >= 0)) return undefined;
  return page && { page, next: header.body + header.compressed };
}

function dictionaryPage(
  source: PageSource,
  { codec }: Chunk,
  { body, compressed, uncompressed }: PageHeader,
  { values, encoding }: DictionaryHeader,
  into: Growing,
): Page | undefined {
  const bytes = into(uncompressed);
  if (!bytes || !decompress(source, codec, body, compressed, bytes, 0, uncompressed)) return undefined;
  const at = bytes.byteOffset;
  return { type: 'dictionary', values, encoding, levels: undefined, bytes, at, end: at + uncompressed };
}

/** The levels of the first version stand in front of the values, with their length, and are compressed with them. */
function firstPage(
  source: PageSource,
  { codec }: Chunk,
  { body, compressed, uncompressed }: PageHeader,
  { values, encoding, levelEncoding }: FirstHeader,
  optional: boolean,
  into: Growing,
): Page | undefined {
  const bytes = into(uncompressed);
  if (!bytes || !decompress(source, codec, body, compressed, bytes, 0, uncompressed)) return undefined;
  const start = bytes.byteOffset;
  const end = start + uncompressed;
  if (!optional) return { type: 'data', values, encoding, levels: undefined, bytes, at: start, end };
  if (levelEncoding !== RLE || uncompressed < 4) return undefined;
  const length = new DataView(bytes.buffer, start, 4).getUint32(0, true);
  if (length > uncompressed - 4) return undefined;
  const levels = { at: start + 4, end: start + 4 + length };
  return { type: 'data', values, encoding, levels, bytes, at: levels.end, end };
}

/** Those of the second version are not compressed. */
function secondPage(
  source: PageSource,
  chunk: Chunk,
  { body, compressed, uncompressed }: PageHeader,
  { values, encoding, levelBytes, repetitionBytes, isCompressed }: SecondHeader,
  optional: boolean,
  into: Growing,
): Page | undefined {
  const rest = uncompressed - levelBytes;
  const packed = compressed - levelBytes;
  const bytes = into(uncompressed);
  if (!bytes || repetitionBytes !== 0 || levelBytes < 0 || rest < 0 || packed < 0) return undefined;
  if (!readAt(source.fd, bytes, 0, levelBytes, body)) return undefined;
  const codec = isCompressed ? chunk.codec : 'UNCOMPRESSED';
  if (rest > 0 && !decompress(source, codec, body + levelBytes, packed, bytes, levelBytes, rest)) {
    return undefined;
  }
  const start = bytes.byteOffset;
  const levels = optional ? { at: start, end: start + levelBytes } : undefined;
  return {
    type: 'data',
    values,
    encoding,
    levels,
    bytes,
    at: start + levelBytes,
    end: start + uncompressed,
  };
}

interface DictionaryHeader {
  readonly values: number;
  readonly encoding: number;
}
interface FirstHeader extends DictionaryHeader {
  readonly levelEncoding: number;
}
interface SecondHeader extends DictionaryHeader {
  readonly levelBytes: number;
  readonly repetitionBytes: number;
  readonly isCompressed: boolean;
}
interface PageHeader {
  readonly type: number;
  /** Where the page itself starts in the file. */
  readonly body: number;
  readonly compressed: number;
  readonly uncompressed: number;
  readonly dictionary: DictionaryHeader | undefined;
  readonly first: FirstHeader | undefined;
  readonly second: SecondHeader | undefined;
}

function headerAt(fd: number, at: number, end: number): PageHeader | undefined {
  for (const most of [HEADER_BYTES, MOST_HEADER]) {
    const bytes = Buffer.allocUnsafe(Math.min(most, end - at));
    if (!readAt(fd, bytes, 0, bytes.length, at)) return undefined;
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset: 0 };
    try {
      const fields = deserializeTCompactProtocol(reader);
      const header = namedFields(fields, at + reader.offset);
      return header.compressed >= 0 && header.uncompressed >= 0 && header.body + header.compressed <= end
        ? header
        : undefined;
    } catch {
      // It may go on beyond what was read.
    }
  }
  return undefined;
}

/** Field numbers as parquet.thrift has them. */
function namedFields(fields: ReturnType<typeof deserializeTCompactProtocol>, body: number): PageHeader {
  const { field_5: first, field_7: dictionary, field_8: second } = fields;
  return {
    type: Number(fields.field_1),
    body,
    uncompressed: Number(fields.field_2),
    compressed: Number(fields.field_3),
    first: first && { values: first.field_1, encoding: first.field_2, levelEncoding: first.field_3 },
    dictionary: dictionary && { values: dictionary.field_1, encoding: dictionary.field_2 },
    second: second && {
      values: second.field_1,
      encoding: second.field_4,
      levelBytes: second.field_5,
      repetitionBytes: second.field_6,
      isCompressed: second.field_7 !== false,
    },
  };
}

/** Decompresses part of the file to `size` bytes of `into` from `to` on; false where that does not come out. */
function decompress(
  source: PageSource,
  codec: string,
  at: number,
  length: number,
  into: Uint8Array,
  to: number,
  size: number,
): boolean {
  const { kernel, fd } = source;
  if (codec === 'UNCOMPRESSED') return length === size && readAt(fd, into, to, size, at);
  const input = source.input(length);
  if (!input || !readAt(fd, input, 0, length, at)) return false;
  const from = input.byteOffset;
  const target = into.byteOffset + to;
  const inKernel =
    codec === 'SNAPPY'
      ? kernel.calls.snappy
      : codec === 'ZSTD' && !zstdDecompress
        ? kernel.calls.zstd
        : undefined;
  if (inKernel) {
    const work = source.work(WORK_BYTES);
    return !!work && inKernel(from, from + length, target, target + size, work.byteOffset) !== 0;
  }
  const inflate = codec === 'GZIP' ? zlib.gunzipSync : codec === 'ZSTD' ? zstdDecompress : undefined;
  if (!inflate) return false;
  try {
    const inflated = inflate(input.subarray(0, length), {
      chunkSize: Math.max(64, size),
      maxOutputLength: Math.max(1, size),
    });
    if (inflated.length !== size) return false;
    into.set(inflated, to);
    return true;
  } catch {
    // What cannot be decompressed here is told about by the full reader.
    return false;
  }
}

/** In Node 22.15 and later, and faster than the kernel's. */
const { zstdDecompressSync: zstdDecompress } = zlib as { zstdDecompressSync?: typeof zlib.gunzipSync };

const readAt = (fd: number, into: Uint8Array, to: number, length: number, at: number): boolean =>
  length === 0 || readSync(fd, into, to, length, at) === length;
