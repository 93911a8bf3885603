import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NamedFile } from './column-spec.ts';
import type { DayFiles } from './day-files.ts';
import { type DuckDb, literal, openDuckDb } from './duckdb.ts';
import { evaluateDay } from './evaluate-day.ts';
import { serialize } from './metrics-file.ts';
import { largeDay } from './testing/day-arbitrary.ts';
import { dayDefinition, writeDay } from './testing/day-data.ts';

let db: DuckDb;
let folder: string;
beforeAll(async () => {
  db = await openDuckDb();
  folder = await mkdtemp(join(tmpdir(), 'penumbra-parquet-'));
});
afterAll(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

async function bytesOf(files: DayFiles): Promise<Buffer> {
  const evaluation = await evaluateDay(db, dayDefinition('parquet'), files);
  if (!evaluation.ok) throw new Error(JSON.stringify(evaluation.problems));
  return Buffer.from(serialize(evaluation.metrics));
}

/** The same rows, written with other options, or as columns of other types. */
async function written(files: DayFiles, name: string, options: string, columns = '*'): Promise<DayFiles> {
  const copy = async (given: readonly NamedFile[], select: string): Promise<NamedFile[]> => {
    const copies = given.map((file) => ({ ...file, path: `${file.path}.${name}` }));
    for (const [index, { path }] of given.entries()) {
      const to = literal(copies[index]?.path ?? '');
      await db.connection.run(
        `COPY (SELECT ${select} FROM ${literal(path)}) TO ${to} (FORMAT parquet, ${options})`,
      );
    }
    return copies;
  };
  return {
    records: await copy(files.records, '*'),
    predictions: await copy(files.predictions, '*'),
    outcomes: await copy(files.outcomes, columns),
  };
}

it('Parquet says the same however it is compressed, cut and encoded, and whatever its numbers are', async () => {
  const files = await writeDay(db, folder, 'parquet', largeDay('binary-classification', 7000));
  const expected = await bytesOf(files);
  const kinds: readonly (readonly [string, string, string?])[] = [
    ['snappy', 'COMPRESSION snappy'],
    ['plain', 'COMPRESSION uncompressed, ROW_GROUP_SIZE 2048'],
    ['gzip', 'COMPRESSION gzip'],
    ['second-version', 'COMPRESSION snappy, PARQUET_VERSION V2'],
    ['integers', 'COMPRESSION snappy', 'id, label::INTEGER AS label, money::DECIMAL(12, 2) AS money'],
    ['booleans', 'COMPRESSION zstd', 'id, (label = 1) AS label, money'],
  ];
  for (const [name, options, columns] of kinds) {
    expect((await bytesOf(await written(files, name, options, columns))).equals(expected), name).toBe(true);
  }
});
