/* One engine on a generated day, in a process of its own: what it found, and what it took, as one line of JSON. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays } from '@penumbra/core/calendar';
import type { DaySummary } from '@penumbra/core/day-events';
import { total } from '@penumbra/evaluator/compensated-sum';
import type { DayMetrics } from '@penumbra/evaluator/day-metrics';
import { openDuckDb } from '@penumbra/evaluator/duckdb';
import { evaluateDay } from '@penumbra/evaluator/evaluate-day';
import { finalize, summarize } from '@penumbra/evaluator/finalize';
import { COUNTS, POSITIVES_AT, SUMS_AT } from '@penumbra/evaluator/metric-layout';
import { dayStatement } from '@penumbra/evaluator/sql/day-statement';
import { duckDbViews } from '@penumbra/evaluator/sql/duckdb-views';
import { metricsFromRows } from '@penumbra/evaluator/sql/metrics-from-rows';
import type { ResultRow } from '@penumbra/evaluator/sql/result-rows';
import { columnsOfDay } from '@penumbra/evaluator/sql/sql-columns';
import { athenaTables } from '@penumbra/evaluator/sql/tables';
import { benchDefinition, DATE, type EngineRun, type GeneratedDay, LANDING_DAYS } from './day.ts';

/** For ids, in bytes, of which a table has half: less than 2 GiB. The evaluator's default is less, and more passes. */
const ID_MEMORY = 3.5 * 2 ** 30;
const BUCKET = 'bench';
const DATABASE = 'bench';
const [engine = '', folder = '', memoryLimit = '12GB'] = process.argv.slice(2);
const day = JSON.parse(readFileSync(join(folder, 'day.json'), 'utf8')) as GeneratedDay;
const definition = benchDefinition(day.format);

const begin = performance.now();
const { metrics, summary } = engine === 'lambda' ? await byLambda() : await bySql();
const seconds = (performance.now() - begin) / 1000;
const { rows, labelled, difference } = finalize(metrics).overall;
const run: EngineRun = {
  seconds,
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
  ...exactly(metrics, summary),
  overall: { rows, labelled, difference },
};
process.stdout.write(`${JSON.stringify(run)}\n`);

interface Evaluated {
  readonly metrics: DayMetrics;
  readonly summary: DaySummary;
}

async function byLambda(): Promise<Evaluated> {
  const db = await openDuckDb();
  const evaluation = await evaluateDay(db, definition, day, { memoryLimit: ID_MEMORY });
  db.close();
  if (!evaluation.ok) throw new Error(JSON.stringify(evaluation.problems));
  return { metrics: evaluation.metrics, summary: evaluation.arms.complete(summarize(evaluation.metrics)) };
}

/** The statement of Athena, in DuckDB; what does not fit `memoryLimit` it puts on disk. */
async function bySql(): Promise<Evaluated> {
  const db = await openDuckDb({ threads: 2, memoryLimit });
  const [records] = day.records;
  const [predictions] = day.predictions;
  const [outcomes] = day.outcomes;
  const columns = await columnsOfDay(db, definition, { records, predictions, outcomes });
  if (!columns.ok) throw new Error(JSON.stringify(columns.problems));
  const tables = athenaTables(definition, { bucket: BUCKET, columns: columns.value });
  const objectsOf = (kind: keyof typeof tables) => day[kind].map(({ name, path }) => ({ key: name, path }));
  await db.connection.run(
    duckDbViews(DATABASE, Object.values(tables), ({ kind }) => objectsOf(kind), BUCKET),
  );
  await db.connection.run('SET preserve_insertion_order = false');
  const statement = dayStatement(definition, {
    database: DATABASE,
    tables,
    date: DATE,
    landedThrough: addDays(DATE, LANDING_DAYS),
  });
  const reader = await db.connection.runAndReadAll(statement);
  const evaluation = metricsFromRows(definition, reader.getRowObjectsJson() as readonly ResultRow[], {
    bucket: BUCKET,
    files: {
      records: day.records.length,
      predictions: day.predictions.length,
      outcomes: day.outcomes.length,
    },
  });
  db.close();
  if (!evaluation.ok) throw new Error(JSON.stringify(evaluation.problems));
  return { metrics: evaluation.metrics, summary: evaluation.arms.complete(summarize(evaluation.metrics)) };
}

function exactly(of: DayMetrics, { slices }: DaySummary): Pick<EngineRun, 'digest' | 'sums'> {
  const hash = createHash('sha256');
  const sums: number[] = [];
  hash.update(`${of.duplicateOutcomes} ${of.unmatchedOutcomes} ${of.badRows}`);
  for (const [name, numbers] of of.slices) {
    hash.update(
      `${name} ${numbers.subarray(0, COUNTS.length).join(' ')} ${numbers.subarray(POSITIVES_AT).join(' ')}`,
    );
    for (let at = SUMS_AT; at < POSITIVES_AT; at += 2) sums.push(total(numbers, at));
    for (const { upTo, units, rows: labelledRows, challenger, incumbent } of slices[name]?.strata ?? []) {
      hash.update(`${upTo} ${units} ${labelledRows}`);
      sums.push(challenger.sum, challenger.sumOfSquares, incumbent.sum, incumbent.sumOfSquares);
    }
  }
  return { digest: hash.digest('hex'), sums };
}
