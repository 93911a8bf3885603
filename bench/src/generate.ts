import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type DuckDb, openDuckDb } from '@penumbra/evaluator/duckdb';
import { Float64, makeVector, RecordBatchFileWriter, Table, Utf8, vectorFromArray } from 'apache-arrow';

const SEED = 0.20010203;
const COLUMNS = {
  records: ['id', 'unit', 'tier', 'rule', 'amount'],
  predictions: ['id', 'score'],
  outcomes: ['id', 'label', 'money'],
} as const;
const TEXT = new Set(['id', 'unit', 'tier']);
/** Of another name whenever the files are others. */
const COMPLETE = 'complete-2';
const ARROW_BATCH_ROWS = 65_536;

/** Files of one day of `rows` records in every format, the same for the same seed; returns their folder. */
export async function generate(base: string, rows: number): Promise<string> {
  const folder = join(base, `day-${rows}`);
  if (existsSync(join(folder, COMPLETE))) return folder;
  mkdirSync(folder, { recursive: true });
  const db = await openDuckDb({ threads: 1 });
  await db.connection.run(`
    SELECT setseed(${SEED});
    CREATE TEMP TABLE day AS SELECT md5(i::VARCHAR || 'penumbra') AS h, 'u' || (random() * 1e6)::INT AS unit,
      ['regional', 'midsize', 'large', 'hub'][1 + (random() * 4)::INT % 4] AS tier, (random() < .2)::INT AS rule,
      round(random() * 500, 2) AS amount, random() AS score, random() AS chance, round(random() * 300, 2) AS money,
      random() AS place, random() AS twice
      FROM range(${rows}) t(i);
    CREATE TEMP TABLE ids AS SELECT *, h[1:8] || '-' || h[9:12] || '-4' || h[14:16] || '-a' || h[18:20] || '-' || h[21:32] AS id FROM day;
    CREATE TEMP TABLE landed AS SELECT id, (chance < score)::INT AS "label", money, place FROM ids WHERE chance < .9
      UNION ALL SELECT id, (chance > score)::INT AS "label", money + 1 AS money, place + 2 AS place FROM ids WHERE chance < .9 AND twice < .01`);
  const queries = {
    records: 'SELECT id, unit, tier, rule, amount FROM ids',
    predictions: 'SELECT id, score FROM ids',
    outcomes: 'SELECT id, "label", money FROM landed ORDER BY place',
  };
  for (const [kind, query] of Object.entries(queries)) {
    const path = join(folder, kind);
    await db.connection.run(`CREATE OR REPLACE TEMP TABLE out AS ${query}`);
    for (const codec of ['snappy', 'zstd']) {
      await db.connection.run(
        `COPY out TO '${path}.${codec}.parquet' (FORMAT parquet, COMPRESSION ${codec})`,
      );
    }
    await db.connection.run(`COPY out TO '${path}.csv' (FORMAT csv, HEADER)`);
    await db.connection.run(`COPY out TO '${path}.jsonl' (FORMAT json)`);
    await writeArrow(db, `${path}.arrow`, COLUMNS[kind as keyof typeof COLUMNS]);
  }
  db.close();
  createWriteStream(join(folder, COMPLETE)).end('complete\n');
  return folder;
}

async function writeArrow({ connection }: DuckDb, path: string, columns: readonly string[]): Promise<void> {
  const result = await connection.stream(
    `SELECT ${columns.map((name) => (TEXT.has(name) ? `"${name}"` : `"${name}"::DOUBLE`)).join(', ')} FROM out`,
  );
  const writer = new RecordBatchFileWriter();
  const written = pipeline(writer.toNodeStream(), createWriteStream(path));
  let pending: unknown[][] = columns.map(() => []);
  const flush = () => {
    const vectors = columns.map((name, index) => {
      const values = pending[index] ?? [];
      return [
        name,
        TEXT.has(name)
          ? vectorFromArray(values as string[], new Utf8())
          : makeVector({ data: Float64Array.from(values as number[]), type: new Float64() }),
      ];
    });
    for (const batch of new Table(Object.fromEntries(vectors)).batches) writer.write(batch);
    pending = columns.map(() => []);
  };
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    for (const [index, values] of chunk.getColumns().entries())
      for (const value of values) pending[index]?.push(value);
    if ((pending[0]?.length ?? 0) >= ARROW_BATCH_ROWS) flush();
  }
  if ((pending[0]?.length ?? 0) > 0) flush();
  writer.close();
  await written;
}
