import type { Problem } from '@penumbra/core/problem';
import { type ColumnBatch, placeOf, type TextColumn, textAt } from './column-batch.ts';
import { type PassContext, type Stopped, stopped } from './compare-pass.ts';
import type { PredictionFile } from './day-files.ts';
import { countAt, findIds, flagsAt, insertIds, setFlags } from './id-table.ts';
import { foundFor, HAS_OUTCOME, IS_RECORD, type OutcomeCounts, POSITIVE } from './outcome-table.ts';
import { OTHER_PASS } from './pass.ts';
import { positionalScores, type Taken } from './positional-scores.ts';
import { scoresOf } from './prediction-index.ts';
import { type ColumnFile, type Locate, openColumns, rowProblem } from './read-columns.ts';
import { sliceCodes } from './slice-codes.ts';
import { unitHasher } from './unit-hash.ts';
import { type ComparedRows, update } from './update.ts';
import type { Worth } from './worth.ts';

/** Takes the ids of the records into the table; a record that is there twice is a problem. */
export async function indexRecords(context: PassContext): Promise<Stopped | undefined> {
  const { plan, connection } = context;
  const { id } = plan.definition.records;
  for (const whole of plan.records) {
    const file = { ...whole, specs: whole.specs.filter(({ name }) => name === id) };
    const { batches, locate } = openColumns(connection, whole, plan.bad);
    for (;;) {
      const next = await batches.next();
      if (next.done) {
        if (next.value.length > 0) return stopped('records', ...next.value);
        break;
      }
      const twice = markRecords(context, next.value, id);
      if (twice === undefined) continue;
      const problem = await repeated(file, locate, next.value, id, twice);
      await batches.return([]);
      return stopped('records', problem);
    }
  }
  return undefined;
}

/** Marks the ids of a batch as records'; the first row that was marked before, if any. */
function markRecords(context: PassContext, batch: ColumnBatch, id: string): number | undefined {
  const { table, lookup, pass } = context;
  const text = idsOf(batch, id);
  const found = foundFor(lookup, batch);
  insertIds(table, text, batch.rows, pass, found);
  for (let row = 0; row < batch.rows; row += 1) {
    const cell = found[row] as number;
    if (cell === OTHER_PASS) continue;
    const flags = flagsAt(table, cell);
    if ((flags & IS_RECORD) !== 0) return row;
    setFlags(table, cell, flags | IS_RECORD);
  }
  return undefined;
}

function idsOf(batch: ColumnBatch, id: string): TextColumn {
  const text = batch.text.get(id);
  if (!text) throw new Error('internal: the record ids were not read');
  return text;
}

async function repeated(
  file: ColumnFile,
  locate: Locate,
  batch: ColumnBatch,
  id: string,
  row: number,
): Promise<Problem> {
  const name = JSON.stringify(textAt(idsOf(batch, id), row));
  return rowProblem(file, locate, placeOf(batch, row), {
    column: id,
    what: `the record id ${name} is there twice`,
    remedy: 'Give every record of a date an id of its own, or remove the repeated row',
  });
}

/** Joins every record to its score and its outcome, and folds it into the state. */
export async function compareRecords(
  context: PassContext,
  worth: Worth,
  counts: OutcomeCounts,
): Promise<Stopped | 'unordered' | undefined> {
  const { plan } = context;
  const codesOf = sliceCodes(plan.definition.slices);
  const unitsOf = unitHashes(context);
  const rows = compared();
  const landed: Landed = { outcomes: 0, records: 0 };
  for (const [index, file] of plan.records.entries()) {
    const paired = plan.paired?.[index];
    const ended = await compareFile(context, file, paired, (batch, scores) => {
      const twice = plan.recordsFirst
        ? find(context, batch)
        : markRecords(context, batch, plan.definition.records.id);
      if (twice !== undefined) return twice;
      fill(context, batch, scores, rows, codesOf, landed);
      update(context.metrics, worth, rows);
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
function unitHashes({ plan, arms, lookup }: PassContext): (batch: ColumnBatch) => Uint32Array | undefined {
  if (!arms.needsUnits) return () => undefined;
  const { deployment, records } = plan.definition;
  const hash = unitHasher(deployment);
  let hashes = new Uint32Array(2048);
  return (batch) => {
    const units = batch.text.get(records.unit);
    if (!units) throw new Error('internal: the units were not read');
    if (hashes.length < batch.rows) hashes = new Uint32Array(batch.rows);
    hash(units, batch.rows, hashes);
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
  findIds(table, idsOf(batch, id), batch.rows, pass, foundFor(lookup, batch));
}

/** Reads a file of records beside its predictions; `take` answers the first row whose id was there before. */
async function compareFile(
  context: PassContext,
  file: ColumnFile,
  paired: PredictionFile | undefined,
  take: (batch: ColumnBatch, scores: Float64Array | undefined) => number | undefined,
): Promise<Stopped | 'unordered' | undefined> {
  const { plan, connection, second } = context;
  const { id } = plan.definition.records;
  const { batches, locate } = openColumns(connection, file, plan.bad);
  const scores = paired && positionalScores(openColumns(second, paired, plan.bad), paired);
  let into = new Float64Array(2048);
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
      const twice = take(batch, scores && into);
      if (twice !== undefined) return stopped('records', await repeated(file, locate, batch, id, twice));
    }
  } finally {
    await batches.return([]);
    await scores?.close();
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

/** Records that have an outcome, and the outcomes of them. */
interface Landed {
  outcomes: number;
  records: number;
}

type Buffers = { -readonly [Name in keyof ComparedRows]: ComparedRows[Name] };

function compared(capacity = 2048): Buffers {
  return {
    rows: 0,
    slice: new Int16Array(capacity),
    incumbent: new Float64Array(capacity),
    score: new Float64Array(capacity),
    label: new Float64Array(capacity),
    amount: new Float64Array(capacity),
    money: new Float64Array(capacity),
  };
}

/** The rows of this pass, side by side with their scores and outcomes. */
function fill(
  context: PassContext,
  batch: ColumnBatch,
  positional: Float64Array | undefined,
  into: Buffers,
  codesOf: (batch: ColumnBatch, into: Int16Array) => void,
  landed: Landed,
): void {
  if (into.slice.length < batch.rows) Object.assign(into, compared(batch.rows));
  const { table, lookup, plan, predictions } = context;
  const { incumbent: incumbentName, amount: amountName, id } = plan.definition.records;
  const incumbents = batch.numbers.get(incumbentName) as Float64Array;
  const amounts = amountName === undefined ? undefined : batch.numbers.get(amountName);
  const regression = plan.definition.task.type === 'regression';
  const hasMoney = !regression && plan.definition.outcomes.money !== undefined;
  const { words, values } = table;
  const { found } = lookup;
  codesOf(batch, into.slice);
  let kept = 0;
  for (let row = 0; row < batch.rows; row += 1) {
    const cell = found[row] as number;
    if (cell === OTHER_PASS) continue;
    const flags = cell < 0 ? 0 : (words[cell * 8 + 6] as number);
    const known = (flags & HAS_OUTCOME) !== 0;
    const value = known ? (values[cell * 4 + 2] as number) : 0;
    into.slice[kept] = into.slice[row] as number;
    into.incumbent[kept] = incumbents[row] as number;
    into.amount[kept] = amounts ? (amounts[row] as number) : 0;
    into.label[kept] = !known ? Number.NaN : regression ? value : (flags & POSITIVE) !== 0 ? 1 : 0;
    into.money[kept] = hasMoney ? value : 0;
    if (positional) into.score[kept] = positional[row] as number;
    kept += 1;
    if (!known) continue;
    landed.records += 1;
    landed.outcomes += countAt(table, cell);
  }
  into.rows = kept;
  if (!positional && predictions) {
    const scores = new Float64Array(batch.rows);
    scoresOf(predictions, context.pass, idsOf(batch, id), batch.rows, found, scores);
    let at = 0;
    for (let row = 0; row < batch.rows; row += 1) {
      if (found[row] === OTHER_PASS) continue;
      into.score[at] = scores[row] as number;
      at += 1;
    }
  }
}
