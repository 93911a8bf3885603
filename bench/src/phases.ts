import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { arrowBatches } from '@penumbra/evaluator/arrow-batches';
import { type ColumnBatch, selectRows } from '@penumbra/evaluator/column-batch';
import { initialize } from '@penumbra/evaluator/day-metrics';
import { finalize } from '@penumbra/evaluator/finalize';
import { idKeys, packIds } from '@penumbra/evaluator/id-keys';
import {
  arenaFor,
  createIdTable,
  findIds,
  flagsAt,
  insertIds,
  numberAt,
  setFlags,
  setNumber,
} from '@penumbra/evaluator/id-table';
import { ARENA_BYTES, BATCH_ROWS, kernelPack } from '@penumbra/evaluator/kernel';
import { WHOLE } from '@penumbra/evaluator/pass';
import { update } from '@penumbra/evaluator/update';

/* One day, phase by phase, from Arrow files: ours with and without WebAssembly, and a plain C program. */

const TIERS = ['regional', 'midsize', 'large', 'hub'];
const CELLS = Float64Array.from([0, 0, 0, -320, 0, -1, -60, 0, 0, -80, 0.1, 0]);

export interface Phases {
  readonly read: number;
  readonly hash: number;
  readonly build: number;
  readonly fold: number;
  readonly labelled: number;
  readonly distinct: number;
  readonly difference: number;
}

async function readAll(folder: string, kind: string, text: readonly string[], numbers: readonly string[]) {
  const specs = [
    ...text.map((name) => ({ name, type: 'text' as const })),
    ...numbers.map((name) => ({ name, type: 'number' as const })),
  ];
  const path = join(folder, `${kind}.arrow`);
  const batches: ColumnBatch[] = [];
  for await (const batch of arrowBatches({ name: path, path }, specs)) batches.push(batch);
  return batches;
}

const column = (batch: ColumnBatch, name: string) => batch.numbers.get(name) ?? new Float64Array();
const texts = (batch: ColumnBatch, name: string) => {
  const of = batch.text.get(name);
  if (!of) throw new Error(`no ${name}`);
  return of;
};

export async function ourPhases(folder: string, kernel: 'wasm' | 'plain'): Promise<Phases> {
  const started = performance.now();
  const records = await readAll(folder, 'records', ['id', 'tier'], ['rule', 'amount']);
  const predictions = await readAll(folder, 'predictions', ['id'], ['score']);
  const outcomes = await readAll(folder, 'outcomes', ['id'], ['label', 'money']);
  const read = performance.now();

  const rows = outcomes.reduce((sum, batch) => sum + batch.rows, 0);
  const table = createIdTable({ expected: rows, kernel, arenaBytes: ARENA_BYTES });
  const keys = idKeys(4096);
  for (const batch of [...records, ...outcomes]) {
    if (table.kernel) kernelPack(table.kernel, texts(batch, 'id'), batch.rows, WHOLE, table.hashMask);
    else packIds(texts(batch, 'id'), batch.rows, keys, table.hashMask);
  }
  const hashed = performance.now();

  // The lookups hash once more: what that takes, measured above, is taken off.
  const found = new Int32Array(4096);
  for (const batch of outcomes) {
    insertIds(table, texts(batch, 'id'), batch.rows, WHOLE, found);
    const label = column(batch, 'label');
    const money = column(batch, 'money');
    for (let row = 0; row < batch.rows; row += 1) {
      const cell = found[row] as number;
      setFlags(table, cell, (flagsAt(table, cell) & 3) | (label[row] === 1 ? 12 : 4));
      setNumber(table, cell, money[row] as number);
    }
  }
  const built = performance.now();

  const arena = arenaFor(table);
  const metrics = initialize('binary-classification', TIERS, arena.float64);
  const slice = arena.int16(BATCH_ROWS);
  const label = arena.float64(BATCH_ROWS);
  const money = arena.float64(BATCH_ROWS);
  const scores = predictions.map((batch) => column(batch, 'score'));
  for (const [index, whole] of records.entries()) {
    const batch = whole.rows === scores[index]?.length ? whole : selectRows(whole, []);
    findIds(table, texts(batch, 'id'), batch.rows, WHOLE, found);
    const tier = texts(batch, 'tier');
    for (let row = 0; row < batch.rows; row += 1) {
      const cell = found[row] as number;
      const length = tier.lengths[row] as number;
      // The tiers' names differ in length.
      slice[row] = length === 8 ? 0 : length === 7 ? 1 : length === 5 ? 2 : 3;
      label[row] = cell < 0 ? Number.NaN : (flagsAt(table, cell) & 8) !== 0 ? 1 : 0;
      money[row] = cell < 0 ? 0 : numberAt(table, cell);
    }
    const compared = { rows: batch.rows, slice, label, money, score: scores[index] ?? new Float64Array() };
    update(
      metrics,
      { type: 'binary-classification', threshold: 0.2, cells: CELLS },
      { ...compared, incumbent: column(batch, 'rule'), amount: column(batch, 'amount') },
      table.kernel,
    );
  }
  const folded = performance.now();
  const { overall } = finalize(metrics);
  const all = records.reduce((sum, batch) => sum + batch.rows, 0);
  const hash = (hashed - read) / 1000;
  return {
    read: (read - started) / 1000,
    hash,
    build: (built - hashed) / 1000 - (hash * rows) / (rows + all),
    fold: (folded - built) / 1000 - (hash * all) / (rows + all),
    labelled: overall.labelled,
    distinct: table.ids,
    difference: Math.round(overall.difference * 1000) / 1000,
  };
}

/** Builds the C program and runs it on flat copies of the columns; undefined without a compiler. */
export async function nativePhases(folder: string, source: string): Promise<Phases | undefined> {
  const program = join(folder, 'phases');
  try {
    execFileSync('cc', ['-O3', '-march=native', '-o', program, source, '-lm'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const records = await readAll(folder, 'records', ['id', 'tier'], ['rule', 'amount']);
  const predictions = await readAll(folder, 'predictions', [], ['score']);
  const outcomes = await readAll(folder, 'outcomes', ['id'], ['label', 'money']);
  if (!existsSync(join(folder, 'money.bin'))) {
    await flat(folder, 'record-ids', records, idBytes);
    await flat(folder, 'outcome-ids', outcomes, idBytes);
    await flat(folder, 'tier', records, (batch) => {
      const { lengths } = texts(batch, 'tier');
      return doubles(
        Float64Array.from(lengths, (length) => (length === 8 ? 0 : length === 7 ? 1 : length === 5 ? 2 : 3)),
      );
    });
    for (const name of ['rule', 'amount'])
      await flat(folder, name, records, (batch) => doubles(column(batch, name)));
    await flat(folder, 'score', predictions, (batch) => doubles(column(batch, 'score')));
    for (const name of ['label', 'money'])
      await flat(folder, name, outcomes, (batch) => doubles(column(batch, name)));
  }
  const count = (batches: readonly ColumnBatch[]) =>
    String(batches.reduce((sum, batch) => sum + batch.rows, 0));
  return JSON.parse(execFileSync(program, [folder, count(records), count(outcomes)], { encoding: 'utf8' }));
}

const doubles = (values: Float64Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
const idBytes = (batch: ColumnBatch): Buffer => {
  const { bytes, starts } = texts(batch, 'id');
  const ids = Buffer.alloc(batch.rows * 36);
  for (let row = 0; row < batch.rows; row += 1) {
    const start = starts[row] as number;
    ids.set(bytes.subarray(start, start + 36), row * 36);
  }
  return ids;
};

async function flat(
  folder: string,
  name: string,
  batches: readonly ColumnBatch[],
  bytesOf: (batch: ColumnBatch) => Buffer,
) {
  const output = createWriteStream(join(folder, `${name}.bin`));
  for (const batch of batches) if (!output.write(bytesOf(batch))) await once(output, 'drain');
  output.end();
  await once(output, 'finish');
}
