import type { Problem } from '@penumbra/core/problem';
import { placeOf, type TextColumn, textAt } from './column-batch.ts';
import { type PassContext, type Stopped, stopped } from './compare-pass.ts';
import type { PredictionFile } from './day-files.ts';
import {
  ABSENT,
  countUp,
  createIdTable,
  findIds,
  flagsAt,
  foundFor,
  type IdTable,
  insertIds,
  numberAt,
  setFlags,
  setNumber,
} from './id-table.ts';
import { ARENA_BYTES } from './kernel.ts';
import { IS_RECORD } from './outcome-table.ts';
import { OTHER_PASS, type Pass } from './pass.ts';
import { openColumns, rowProblem } from './read-columns.ts';

/** Scores by record id, for predictions that are not in the records' order. */
export interface PredictionIndex {
  readonly table: IdTable;
  /** Scores that a record has asked for, and records without one. */
  used: number;
  missing: number;
  firstMissing: string | undefined;
}

export async function indexPredictions(context: PassContext): Promise<PredictionIndex | Stopped> {
  const { plan, pass } = context;
  const table = createIdTable({
    arenaBytes: ARENA_BYTES,
    expected: Math.ceil(plan.ids / pass.count),
    hashMask: plan.hashMask,
    limitBytes: plan.tableLimit,
    kernel: plan.kernel,
  });
  for (const file of plan.predictions) {
    if (file.id === undefined) return stopped('predictions', unnamedScores(file));
    const twice = await eachPrediction(context, table, file, (cell, score) => {
      if (countUp(table, cell) > 1) return 'twice';
      setNumber(table, cell, score);
      return undefined;
    });
    if (twice) return twice;
  }
  return { table, used: 0, missing: 0, firstMissing: undefined };
}

/** After the records: scores of no record, or records without a score. */
export async function leftOverPrediction(
  context: PassContext,
  index: PredictionIndex,
): Promise<Stopped | undefined> {
  const { plan } = context;
  if (index.used < index.table.ids) {
    for (const file of plan.predictions) {
      const foreign = await eachPrediction(context, index.table, file, (cell) =>
        (flagsAt(index.table, cell) & IS_RECORD) === 0 ? 'foreign' : undefined,
      );
      if (foreign) return foreign;
    }
  }
  const unreadable = plan.predictions.reduce(
    (sum, { file }) => sum + (plan.bad.found.get(file.name) ?? 0),
    0,
  );
  if (index.missing <= unreadable) return undefined;
  return stopped('predictions', {
    where: plan.predictions[0]?.file.name ?? 'predictions',
    what: `${index.used} scores for ${index.used + index.missing} records; the first record without one is ${JSON.stringify(index.firstMissing)}`,
    remedy: plan.definition.predictions
      ? 'Write one score for each record'
      : 'Let the model answer one line for each line that it is sent',
  });
}

/** Looks every prediction of this pass up, adding it where it is new, and stops at the first one that is wrong. */
async function eachPrediction(
  { plan, pass, connection }: PassContext,
  table: IdTable,
  file: PredictionFile,
  look: (cell: number, score: number) => 'twice' | 'foreign' | undefined,
): Promise<Stopped | undefined> {
  const { batches, locate } = openColumns(connection, file, plan.bad, table.kernel);
  const id = file.id ?? '';
  for (;;) {
    const next = await batches.next();
    if (next.done) return next.value.length > 0 ? stopped('predictions', ...next.value) : undefined;
    const batch = next.value;
    const text = batch.text.get(id);
    const scores = batch.numbers.get(file.score);
    if (!text || !scores) throw new Error('internal: the prediction columns were not read');
    const found = foundFor(table, batch.rows);
    insertIds(table, text, batch.rows, pass, found);
    for (let row = 0; row < batch.rows; row += 1) {
      const cell = found[row] as number;
      if (cell === OTHER_PASS) continue;
      const wrong = look(cell, scores[row] as number);
      if (!wrong) continue;
      const name = JSON.stringify(textAt(text, row));
      const place = placeOf(batch, row);
      await batches.return([]);
      const said =
        wrong === 'twice'
          ? { what: `the record ${name} is scored twice`, remedy: 'Write one score for each record' }
          : { what: `no record has the id ${name}`, remedy: 'Score the records of this date only' };
      return stopped('predictions', await rowProblem(file, locate, place, { column: id, ...said }));
    }
  }
}

const unnamedScores = (file: PredictionFile): Problem => ({
  where: file.file.name,
  what: 'the scores name no record, and are not one for each row of a record file of the same name',
  remedy:
    'Let the transform join the record id to its output, or the model answer one line for each line that it is sent',
});

/** The scores of a batch of records, NaN where there is none. */
export function scoresOf(
  index: PredictionIndex,
  pass: Pass,
  text: TextColumn,
  rows: number,
  into: Float64Array,
): void {
  const found = foundFor(index.table, rows);
  findIds(index.table, text, rows, pass, found);
  for (let row = 0; row < rows; row += 1) {
    const cell = found[row] as number;
    if (cell === OTHER_PASS) continue;
    if (cell === ABSENT) {
      index.missing += 1;
      index.firstMissing ??= textAt(text, row) ?? '';
      into[row] = Number.NaN;
      continue;
    }
    into[row] = numberAt(index.table, cell);
    setFlags(index.table, cell, flagsAt(index.table, cell) | IS_RECORD);
    index.used += 1;
  }
}
