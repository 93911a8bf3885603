import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connecting, type DuckDb, openDuckDb } from './duckdb.ts';
import { evaluateDay } from './evaluate-day.ts';
import { finalize } from './finalize.ts';
import { largeDay } from './testing/day-arbitrary.ts';
import { dayDefinition, writeDay } from './testing/day-data.ts';

let db: DuckDb;
let folder: string;
beforeAll(async () => {
  db = await openDuckDb();
  folder = await mkdtemp(join(tmpdir(), 'penumbra-plain-days-'));
});
afterAll(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

const absent: Connecting = {
  connect: () => Promise.reject(new Error('a day of plain files needs no DuckDB')),
};

it.each(['csv', 'jsonl', 'parquet', 'arrow'] as const)(
  'a day of plain %s files is compared without DuckDB, and counts the same',
  async (format) => {
    const files = await writeDay(db, join(folder, format), format, largeDay('binary-classification', 3000));
    const [plain, full] = [
      await evaluateDay(absent, dayDefinition(format), files),
      await evaluateDay(db, dayDefinition(format), files, { kernel: 'plain' }),
    ].map((evaluation) => {
      if (!evaluation.ok) throw new Error(JSON.stringify(evaluation.problems));
      return [...finalize(evaluation.metrics).slices].map(([slice, { rows, labelled, challenger }]) => {
        const { truePositive, falsePositive } = challenger;
        return { slice, rows, labelled, truePositive, falsePositive };
      });
    });
    expect(plain).toEqual(full);
  },
);
