import type { DuckDBConnection } from '@duckdb/node-api';
import type { Problem } from '@penumbra/core/problem';
import type { ColumnBatch } from './column-batch.ts';
import type { DayArms } from './day-arms.ts';
import { type DayMetrics, initialize } from './day-metrics.ts';
import type { DuckDb } from './duckdb.ts';
import type { DayPlan, Step } from './evaluate-day.ts';
import { createIdTable, type IdTable } from './id-table.ts';
import { type Lookup, type OutcomeColumns, type OutcomeCounts, takeOutcomes } from './outcome-table.ts';
import type { Pass } from './pass.ts';
import { indexPredictions, leftOverPrediction, type PredictionIndex } from './prediction-index.ts';
import { type ColumnFile, openColumns } from './read-columns.ts';
import { compareRecords, indexRecords } from './record-rows.ts';
import { worthOfTask } from './worth.ts';

/** What one pass works with. */
export interface PassContext {
  readonly plan: DayPlan;
  readonly pass: Pass;
  readonly connection: DuckDBConnection;
  /** For the predictions, which are read beside the records. */
  readonly second: DuckDBConnection;
  readonly table: IdTable;
  readonly lookup: Lookup;
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
  db: DuckDb,
  plan: DayPlan,
  pass: Pass,
  arms: DayArms,
): Promise<Compared | 'unordered'> {
  const connection = await db.connect();
  const second = await db.connect();
  try {
    return await compareWith(connection, second, plan, pass, arms);
  } finally {
    connection.closeSync();
    second.closeSync();
  }
}

async function compareWith(
  connection: DuckDBConnection,
  second: DuckDBConnection,
  plan: DayPlan,
  pass: Pass,
  arms: DayArms,
): Promise<Compared | 'unordered'> {
  const { definition, hashMask, tableLimit, recordsFirst, kernel } = plan;
  const expected = Math.ceil(plan.ids / pass.count);
  const context: PassContext = {
    plan,
    pass,
    connection,
    second,
    table: createIdTable({ expected, hashMask, limitBytes: tableLimit, kernel }),
    lookup: { found: new Int32Array(2048) },
    metrics: initialize(
      definition.task.type,
      definition.slices.map(({ slice }) => slice),
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
  const { plan, pass, table, lookup } = context;
  const { id, label, money } = plan.definition.outcomes;
  const regression = plan.definition.task.type === 'regression';
  const columns: OutcomeColumns = { id, label, money, regression };
  for (const file of plan.outcomes) {
    const problems = await eachBatch(context.connection, file, plan, (batch) =>
      takeOutcomes(table, batch, columns, lookup, pass, plan.recordsFirst, counts),
    );
    if (problems.length > 0) return stopped('outcomes', ...problems);
  }
  return undefined;
}

/** Gives every batch of a file to `take`; what was wrong with the file, or nothing. */
export async function eachBatch(
  connection: DuckDBConnection,
  file: ColumnFile,
  plan: DayPlan,
  take: (batch: ColumnBatch) => void,
): Promise<readonly Problem[]> {
  const { batches } = openColumns(connection, file, plan.bad);
  for (;;) {
    const next = await batches.next();
    if (next.done) return next.value;
    take(next.value);
  }
}
