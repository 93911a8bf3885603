import type { Problem } from '@penumbra/core/problem';
import type { ColumnBatch } from './column-batch.ts';
import type { DayArms } from './day-arms.ts';
import { type DayMetrics, initialize } from './day-metrics.ts';
import { type Connecting, type ConnectionOnDemand, connectionOnDemand } from './duckdb.ts';
import type { DayPlan, Step } from './evaluate-day.ts';
import { arenaFor, createIdTable, type IdTable } from './id-table.ts';
import { indexRecords } from './index-records.ts';
import { ARENA_BYTES } from './kernel.ts';
import { type OutcomeColumns, type OutcomeCounts, takeOutcomes } from './outcome-table.ts';
import type { Pass } from './pass.ts';
import { indexPredictions, leftOverPrediction, type PredictionIndex } from './prediction-index.ts';
import { type ColumnFile, type Locate, openColumns } from './read-columns.ts';
import { compareRecords } from './record-rows.ts';
import { worthOfTask } from './worth.ts';

/** What one pass works with. */
export interface PassContext {
  readonly plan: DayPlan;
  readonly pass: Pass;
  readonly connection: ConnectionOnDemand;
  /** For the predictions, which are read beside the records. */
  readonly second: ConnectionOnDemand;
  readonly table: IdTable;
  /** The cells of the rows of the batch of records that was looked up last. */
  readonly lookup: { found: Int32Array };
  readonly metrics: DayMetrics;
  readonly arms: DayArms;
  readonly predictions: PredictionIndex | undefined;
}

/** One pass's share of a day. */
export type Compared = Stopped | { readonly ok: true; readonly metrics: DayMetrics };
export type Stopped = { readonly ok: false; readonly step: Step; readonly problems: readonly Problem[] };
export const stopped = (step: Step, ...problems: readonly Problem[]): Stopped => ({
  ok: false,
  step,
  problems,
});

/** Compares the records of one share of the ids. Throws TableFull. */
export async function comparePass(
  db: Connecting,
  plan: DayPlan,
  pass: Pass,
  arms: DayArms,
): Promise<Compared | 'unordered'> {
  const connection = connectionOnDemand(db);
  const second = connectionOnDemand(db);
  try {
    return await compareWith(connection, second, plan, pass, arms);
  } finally {
    await connection.close();
    await second.close();
  }
}

async function compareWith(
  connection: ConnectionOnDemand,
  second: ConnectionOnDemand,
  plan: DayPlan,
  pass: Pass,
  arms: DayArms,
): Promise<Compared | 'unordered'> {
  const { definition, hashMask, tableLimit, recordsFirst, kernel } = plan;
  const expected = Math.ceil(plan.ids / pass.count);
  const table = createIdTable({
    expected,
    hashMask,
    limitBytes: tableLimit,
    kernel,
    arenaBytes: ARENA_BYTES,
  });
  const context: PassContext = {
    plan,
    pass,
    connection,
    second,
    table,
    lookup: { found: new Int32Array(0) },
    metrics: initialize(
      definition.task.type,
      definition.slices.map(({ slice }) => slice),
      arenaFor(table).float64,
    ),
    arms,
    predictions: undefined,
  };
  if (recordsFirst) {
    const wrong = await indexRecords(context);
    if (wrong) return wrong;
  }
  const counts: OutcomeCounts = { rows: 0, duplicates: 0, unmatched: 0 };
  const wrong = await indexOutcomes(context, counts);
  if (wrong) return wrong;
  const indexed = plan.paired ? undefined : await indexPredictions(context);
  if (indexed && 'ok' in indexed) return indexed;
  const compared = { ...context, predictions: indexed };
  const ended = await compareRecords(compared, worthOfTask(definition.task), counts);
  if (ended) return ended;
  const leftOver = indexed && (await leftOverPrediction(compared, indexed));
  if (leftOver) return leftOver;
  context.metrics.duplicateOutcomes = counts.duplicates;
  context.metrics.unmatchedOutcomes = counts.unmatched;
  return { ok: true, metrics: context.metrics };
}

async function indexOutcomes(context: PassContext, counts: OutcomeCounts): Promise<Stopped | undefined> {
  const { plan, pass, table } = context;
  const { id, label, money } = plan.definition.outcomes;
  const regression = plan.definition.task.type === 'regression';
  const columns: OutcomeColumns = { id, label, money, regression };
  for (const file of plan.outcomes) {
    const problems = await eachBatch(context, file, (batch) => {
      takeOutcomes(table, batch, columns, pass, plan.recordsFirst, counts);
      return undefined;
    });
    if (problems.length > 0) return stopped('outcomes', ...problems);
  }
  return undefined;
}

/** Gives every batch of a file to `take` until that finds problems; those, or the file's, or none. */
export async function eachBatch(
  { connection, table, plan }: PassContext,
  file: ColumnFile,
  take: (batch: ColumnBatch, locate: Locate) => Promise<readonly Problem[] | undefined> | undefined,
): Promise<readonly Problem[]> {
  const arena = arenaFor(table);
  const mark = arena.mark();
  const { batches, locate } = openColumns(connection, file, plan.bad, table.kernel);
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done) return next.value;
      const wrong = await take(next.value, locate);
      if (wrong) return wrong;
    }
  } finally {
    await batches.return([]);
    arena.release(mark);
  }
}
