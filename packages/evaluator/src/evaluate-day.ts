import type { Definition } from '@penumbra/core/definition';
import type { Problem } from '@penumbra/core/problem';
import { type BadRows, badRows, countBadRows } from './bad-rows.ts';
import { comparePass } from './compare-pass.ts';
import { type DayArms, dayArms } from './day-arms.ts';
import {
  type DayFiles,
  outcomeFile,
  type PredictionFile,
  pairedPredictions,
  predictionFile,
  recordFile,
} from './day-files.ts';
import { combine, type DayMetrics, initialize } from './day-metrics.ts';
import type { Connecting } from './duckdb.ts';
import { TableFull, tableBytes } from './id-table.ts';
import type { ColumnFile } from './read-columns.ts';
import { estimateRows } from './row-estimate.ts';

export type { DayFiles } from './day-files.ts';

export type Step = 'records' | 'predictions' | 'outcomes';

export type DayEvaluation =
  | { readonly ok: true; readonly metrics: DayMetrics; readonly arms: DayArms }
  | { readonly ok: false; readonly step: Step; readonly problems: readonly Problem[] };

export interface EvaluateOptions {
  /** Most memory for ids, in bytes: what does not fit is done in passes over shares of the ids. */
  readonly memoryLimit?: number;
  /** Bits of the hash that are used; fewer than all only in tests. */
  readonly hashMask?: number;
  /** plain: without WebAssembly, which gives the same numbers. */
  readonly kernel?: 'wasm' | 'plain';
}

/** What a day's passes share. */
export interface DayPlan {
  readonly definition: Definition;
  readonly records: readonly ColumnFile[];
  readonly predictions: readonly PredictionFile[];
  /** In the order of the records, where scores go by position. */
  readonly paired: readonly PredictionFile[] | undefined;
  readonly outcomes: readonly ColumnFile[];
  /** Whether the records' ids are kept rather than the outcomes': fewer, where outcomes of many dates land together. */
  readonly recordsFirst: boolean;
  /** Ids to expect in the table. */
  readonly ids: number;
  readonly hashMask: number;
  readonly kernel: 'wasm' | 'plain';
  readonly tableLimit: number;
  readonly bad: BadRows;
}

export const DEFAULT_MEMORY = 2 ** 30;
/** A share of the ids smaller than this is not worth a pass. */
const MOST_PASSES = 4096;

/**
 * One day compared: records joined to predictions and outcomes by id, folded per slice. A function of the files
 * alone, whole each time, so that corrections and redelivery need no bookkeeping.
 */
export async function evaluateDay(
  db: Connecting,
  definition: Definition,
  files: DayFiles,
  options: EvaluateOptions = {},
): Promise<DayEvaluation> {
  let plan = await planDay(definition, files, options);
  let passes = Math.max(1, Math.ceil(tableBytes(plan.ids) / plan.tableLimit));
  for (;;) {
    const result = await inPasses(db, plan, passes);
    if (result === 'full') {
      passes *= 2;
      if (passes > MOST_PASSES) {
        throw new Error(
          `the ids of a day do not fit ${plan.tableLimit} bytes in ${MOST_PASSES} passes: give more memory`,
        );
      }
    } else if (result === 'unordered') {
      plan = { ...plan, paired: undefined };
    } else {
      return result;
    }
  }
}

async function planDay(
  definition: Definition,
  files: DayFiles,
  { memoryLimit = DEFAULT_MEMORY, hashMask = 0xffffffff, kernel = 'wasm' }: EvaluateOptions,
): Promise<DayPlan> {
  const records = files.records.map((file) => recordFile(definition, file, 'compared'));
  const outcomes = files.outcomes.map((file) => outcomeFile(definition, file));
  const predictions: PredictionFile[] = [];
  for (const file of files.predictions) predictions.push(await predictionFile(definition, file));
  const recordRows = await estimateRows(records);
  const outcomeRows = await estimateRows(outcomes);
  const recordsFirst = outcomeRows > 1.5 * recordRows;
  return {
    definition,
    records,
    predictions,
    paired: pairedPredictions(files.records, predictions),
    outcomes,
    recordsFirst,
    ids: Math.min(recordRows, outcomeRows) + Math.max(0, recordRows - outcomeRows),
    hashMask,
    kernel,
    // Records, and predictions that go by id, have a table each.
    tableLimit: memoryLimit / 2,
    bad: badRows(definition.toleratedBadRows),
  };
}

async function inPasses(
  db: Connecting,
  plan: DayPlan,
  count: number,
): Promise<DayEvaluation | 'full' | 'unordered'> {
  const names = plan.definition.slices.map(({ slice }) => slice);
  let metrics = initialize(plan.definition.task.type, names);
  const arms = dayArms(plan.definition);
  try {
    for (let index = 0; index < count; index += 1) {
      const compared = await comparePass(db, plan, { index, count }, arms);
      if (compared === 'unordered' || !compared.ok) return compared;
      metrics = combine(metrics, compared.metrics);
    }
  } catch (error) {
    if (error instanceof TableFull) return 'full';
    throw error;
  }
  metrics.badRows = countBadRows(plan.bad);
  return { ok: true, metrics, arms };
}
