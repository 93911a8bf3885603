import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDb, literal, openDuckDb } from '@penumbra/evaluator/duckdb';

/** Columns of an exported log; `data` and `actor` are JSON text, so that no number or field order is lost. */
const COLUMNS = {
  deployment: 'VARCHAR',
  stream: 'VARCHAR',
  version: 'INTEGER',
  eventId: 'VARCHAR',
  causationId: 'VARCHAR',
  correlationId: 'VARCHAR',
  actor: 'VARCHAR',
  at: 'VARCHAR',
  type: 'VARCHAR',
  schemaVersion: 'INTEGER',
  data: 'VARCHAR',
} as const;
const NAMES = Object.keys(COLUMNS);
const AS_TEXT = ['actor', 'data'];

/** Names in SQL: of the folder that a file lies in nothing may be taken for a pattern. */
async function inFolder<Value>(work: (folder: string, db: DuckDb) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'penumbra-parquet-'));
  const db = await openDuckDb({ threads: 1 });
  try {
    return await work(folder, db);
  } finally {
    db.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes lines of JSON as a Parquet file, in their order. */
export async function linesToParquet(lines: AsyncIterable<string>, path: string): Promise<void> {
  await inFolder(async (folder, { connection }) => {
    const columns = NAMES.map((name) => `"${name}" ${COLUMNS[name as keyof typeof COLUMNS]}`);
    await connection.run(`CREATE TABLE log (${columns.join(', ')})`);
    const appender = await connection.createAppender('log');
    for await (const line of lines) {
      const fields: Record<string, unknown> = JSON.parse(line);
      for (const name of NAMES) {
        const value = fields[name];
        if (AS_TEXT.includes(name)) appender.appendVarchar(JSON.stringify(value));
        else if (typeof value === 'number') appender.appendInteger(value);
        else appender.appendVarchar(String(value));
      }
      appender.endRow();
    }
    appender.closeSync();
    const written = join(folder, 'log.parquet');
    await connection.run(`COPY log TO ${literal(written)} (FORMAT parquet, COMPRESSION zstd)`);
    await copyFile(written, path);
  });
}

/** The rows of such a file as lines of JSON; a file of another shape throws, and says why. */
export async function linesFromParquet(path: string): Promise<string[]> {
  return inFolder(async (folder, { connection }) => {
    const copy = join(folder, 'log.parquet');
    await copyFile(path, copy);
    const wanted = NAMES.map((name) => `"${name}"::${COLUMNS[name as keyof typeof COLUMNS]} AS "${name}"`);
    const reader = await connection.runAndReadAll(
      `SELECT ${wanted.join(', ')} FROM read_parquet(${literal(copy)})`,
    );
    return reader.getRowObjectsJS().map((row) => {
      const fields = NAMES.map((name) => `${JSON.stringify(name)}:${fieldText(name, row[name])}`);
      return `{${fields.join(',')}}`;
    });
  });
}

/** JSON text goes in as it is; what is none is found when the line is read. */
const fieldText = (name: string, value: unknown): string =>
  AS_TEXT.includes(name) ? String(value) : JSON.stringify(value);
