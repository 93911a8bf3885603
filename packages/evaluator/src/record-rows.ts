import type { ColumnBatch } from './column-batch.ts';
import { type PassContext, type Stopped, stopped } from './compare-pass.ts';
import type { PredictionFile } from './day-files.ts';
import { arenaFor, findIds, foundFor } from './id-table.ts';
import { idsOf, markRecords, repeated } from './index-records.ts';
import { type Landed, rowJoiner } from './join-rows.ts';
import { BATCH_ROWS } from './kernel.ts';
import type { OutcomeCounts } from './outcome-table.ts';
import { OTHER_PASS } from './pass.ts';
import { positionalScores, type Taken } from './positional-scores.ts';
import { scoresOf } from './prediction-index.ts';
import { type ColumnFile, openColumns } from './read-columns.ts';
import { sliceCodes } from './slice-codes.ts';
import { unitHasher } from './unit-hash.ts';
import { update } from './update.ts';
import type { Worth } from './worth.ts';

/** Joins every record to its score and its outcome, and folds it into the state. */
export async function compareRecords(
  context: PassContext,
  worth: Worth,
  counts: OutcomeCounts,
): Promise<Stopped | 'unordered' | undefined> {
  const { plan } = context;
  const { kernel } = context.table;
  const join = rowJoiner(context, sliceCodes(plan.definition.slices, kernel));
  const unitsOf = unitHashes(context);
  const landed: Landed = { outcomes: 0, records: 0 };
  for (const [index, file] of plan.records.entries()) {
    const paired = plan.paired?.[index];
    const ended = await compareFile(context, file, paired, (batch, scores) => {
      const twice = plan.recordsFirst
        ? find(context, batch)
        : markRecords(context, batch, plan.definition.records.id);
      if (twice !== undefined) return twice;
      const rows = join(batch, scores, landed);
      update(context.metrics, worth, rows, kernel);
      context.arms.add(rows, unitsOf(batch));
      return undefined;
    });
    if (ended) return ended;
  }
  if (!plan.recordsFirst) {
    counts.duplicates = landed.outcomes - landed.records;
    counts.unmatched = counts.rows - landed.outcomes;
  }
  return undefined;
}

/** Hashes of the units of the rows of this pass, beside what `fill` wrote; undefined where no arm can be served. */
function unitHashes({
  plan,
  arms,
  lookup,
  table,
  pass,
}: PassContext): (batch: ColumnBatch) => Uint32Array | undefined {
  if (!arms.needsUnits) return () => undefined;
  const { deployment, records } = plan.definition;
  const hash = unitHasher(deployment, table.kernel);
  let hashes = arenaFor(table).uint32(BATCH_ROWS);
  return (batch) => {
    const units = batch.text.get(records.unit);
    if (!units) throw new Error('internal: the units were not read');
    if (hashes.length < batch.rows) hashes = new Uint32Array(batch.rows);
    hash(units, batch.rows, hashes);
    if (pass.count === 1) return hashes;
    let kept = 0;
    for (let row = 0; row < batch.rows; row += 1) {
      if (lookup.found[row] === OTHER_PASS) continue;
      hashes[kept] = hashes[row] as number;
      kept += 1;
    }
    return hashes;
  };
}

function find({ table, lookup, pass, plan }: PassContext, batch: ColumnBatch): undefined {
  const { id } = plan.definition.records;
  lookup.found = foundFor(table, batch.rows);
  findIds(table, idsOf(batch, id), batch.rows, pass, lookup.found);
}

/** Reads a file of records beside its predictions; `take` answers the first row whose id was there before. */
async function compareFile(
  context: PassContext,
  file: ColumnFile,
  paired: PredictionFile | undefined,
  take: (batch: ColumnBatch, scores: Float64Array) => number | undefined,
): Promise<Stopped | 'unordered' | undefined> {
  const { plan, connection, second, table, predictions } = context;
  const { id } = plan.definition.records;
  const { kernel } = table;
  const arena = arenaFor(table);
  const mark = arena.mark();
  const { batches, locate } = openColumns(connection, file, plan.bad, kernel);
  const scores = paired && positionalScores(openColumns(second, paired, plan.bad, kernel), paired, kernel);
  let into = arena.float64(BATCH_ROWS);
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) {
        if (next.value.length > 0) return stopped('records', ...next.value);
        return scores && outOfOrder(await scores.finish(), paired);
      }
      const batch = next.value;
      if (into.length < batch.rows) into = new Float64Array(batch.rows);
      const ended = scores && outOfOrder(await scores.take(batch, idsOf(batch, id), into), paired);
      if (ended) return ended;
      if (predictions) scoresOf(predictions, context.pass, idsOf(batch, id), batch.rows, into);
      const twice = take(batch, into);
      if (twice !== undefined) return stopped('records', await repeated(file, locate, batch, id, twice));
    }
  } finally {
    await batches.return([]);
    await scores?.close();
    arena.release(mark);
  }
}

function outOfOrder(taken: Taken, file: PredictionFile): Stopped | 'unordered' | undefined {
  if (taken.kind === 'ordered') return undefined;
  if (taken.kind === 'wrong') return stopped('predictions', ...taken.problems);
  if (file.id !== undefined) return 'unordered';
  return stopped('predictions', {
    where: file.file.name,
    what: `the scores go by position, and the file does not fit its records: ${taken.why}`,
    remedy:
      'Let the model answer one line for each line that it is sent, or join the record id to the output',
  });
}
