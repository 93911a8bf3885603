import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet/src/metadata.js';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { describe, expect, it } from 'vitest';
import { plainReaders } from './testing/plain-readers.ts';

/* What DuckDB compresses, decompressed by the kernel, also where Node.js could do it. */

const readers = plainReaders();

/** The bodies of the first page of each column, as they stand in the file. */
async function bodies(select: string, options: string): Promise<Buffer[]> {
  const file = await readFile(await readers.copied(select, options));
  return (parquetMetadata(file).row_groups[0]?.columns ?? []).map(({ meta_data: of }) => {
    const at = Number(of?.dictionary_page_offset ?? of?.data_page_offset);
    const reader = { view: new DataView(file.buffer, file.byteOffset + at, file.length - at), offset: 0 };
    const header = deserializeTCompactProtocol(reader);
    return file.subarray(at + reader.offset, at + reader.offset + Number(header.field_3));
  });
}

const SELECT = `SELECT md5(i::VARCHAR) AS hexadecimal, i AS counted, random() AS chance, 'the same' AS same,
  repeat(chr(97 + (i % 7)::INT), (i % 300)::INT) AS repeated, (i % 5)::DOUBLE AS few, 'user ' || (i % 900) AS names
  FROM range(20000) t(i)`;
const GUARD = 256;
const GUARD_BYTE = 0xa5;

/** Decompresses to `size` bytes; undefined where that is refused. Throws where anything else was written to. */
function decompressed(codec: 'snappy' | 'zstd', compressed: Uint8Array, size: number): Buffer | undefined {
  const kernel = readers.kernel();
  const mark = kernel.arena.mark();
  const input = kernel.arena.bytes(compressed.length + 64);
  const work = kernel.arena.bytes(1 << 18);
  const room = kernel.arena.bytes(size + 2 * GUARD).fill(GUARD_BYTE);
  kernel.arena.release(mark);
  input.set(compressed);
  const to = room.byteOffset + GUARD;
  const done = kernel.calls[codec](
    ...[input.byteOffset, input.byteOffset + compressed.length, to, to + size, work.byteOffset],
  );
  const around = [...room.subarray(0, GUARD), ...room.subarray(GUARD + size)];
  if (around.some((byte) => byte !== GUARD_BYTE)) throw new Error('written beyond the page');
  return done === 0 ? undefined : Buffer.from(room.subarray(GUARD, GUARD + size));
}

describe.each(['snappy', 'zstd'] as const)('%s', (codec) => {
  const levels = codec === 'zstd' ? [', COMPRESSION_LEVEL 1', ', COMPRESSION_LEVEL 12', ''] : [''];

  it.each(levels)('gives back what was compressed%s', async (level) => {
    await readers.db().connection.run('SELECT setseed(0.5)');
    const plain = await bodies(SELECT, 'COMPRESSION uncompressed');
    await readers.db().connection.run('SELECT setseed(0.5)');
    const compressed = await bodies(SELECT, `COMPRESSION ${codec}${level}`);
    expect(compressed).toHaveLength(plain.length);
    for (const [index, body] of plain.entries()) {
      const given = decompressed(codec, compressed[index] as Buffer, body.length);
      expect(given?.equals(body), `column ${index}`).toBe(true);
    }
  });

  it('refuses another size, and writes nothing beyond the page whatever the bytes are', async () => {
    const plain = await bodies(SELECT, 'COMPRESSION uncompressed');
    const compressed = await bodies(SELECT, `COMPRESSION ${codec}`);
    for (const [index, body] of compressed.entries()) {
      const size = (plain[index] as Buffer).length;
      expect(decompressed(codec, body, size - 1)).toBeUndefined();
      expect(decompressed(codec, body, size + 1)).toBeUndefined();
      expect(decompressed(codec, body.subarray(0, -1), size)).toBeUndefined();
    }
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(
        fc.nat(compressed.length - 1),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (index, changes, cut) => {
          const body = Buffer.from(compressed[index] as Buffer);
          // Most of what tells how the rest is to be read stands in front.
          for (const [nth, by] of changes) {
            const at = nth % Math.min(body.length, nth % 2 === 0 ? 200 : body.length);
            body[at] = (body[at] as number) ^ by;
          }
          const length = cut % 3 === 0 ? cut % body.length : body.length;
          decompressed(codec, body.subarray(0, length), (plain[index] as Buffer).length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
