import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileFormat } from './column-spec.ts';
import type { DayMetrics } from './day-metrics.ts';
import { type DuckDb, openDuckDb } from './duckdb.ts';
import { type EvaluateOptions, evaluateDay } from './evaluate-day.ts';
import { finalize, type SliceTotals } from './finalize.ts';
import { anyDay, largeDay } from './testing/day-arbitrary.ts';
import { type DayData, dayDefinition, SLICES, writeDay } from './testing/day-data.ts';
import {
  classificationOracle,
  histogramOracle,
  loadDay,
  type OracleNumbers,
  outcomeOracle,
  regressionOracle,
} from './testing/sql-oracle.ts';

const FORMATS: readonly FileFormat[] = ['csv', 'jsonl', 'parquet', 'arrow'];
const TASKS = ['binary-classification', 'regression'] as const;

let db: DuckDb;
let folder: string;
beforeAll(async () => {
  db = await openDuckDb();
  folder = await mkdtemp(join(tmpdir(), 'penumbra-oracle-'));
});
afterAll(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

let runs = 0;
async function evaluated(
  data: DayData,
  format: FileFormat,
  task: (typeof TASKS)[number] = 'binary-classification',
  options: EvaluateOptions = {},
): Promise<DayMetrics> {
  runs += 1;
  const files = await writeDay(db, join(folder, String(runs)), format, data);
  const evaluation = await evaluateDay(db, dayDefinition(format, task), files, options);
  if (!evaluation.ok) throw new Error(JSON.stringify(evaluation.problems));
  return evaluation.metrics;
}

const classification = ({ challenger, incumbent, ...of }: SliceTotals): Omit<OracleNumbers, 'slice'> => ({
  rows: of.rows,
  labelled: of.labelled,
  challenger_tp: challenger.truePositive,
  challenger_fp: challenger.falsePositive,
  challenger_fn: challenger.falseNegative,
  challenger_tn: challenger.trueNegative,
  incumbent_tp: incumbent.truePositive,
  incumbent_fp: incumbent.falsePositive,
  incumbent_fn: incumbent.falseNegative,
  incumbent_tn: incumbent.trueNegative,
  challenger_value: challenger.value,
  incumbent_value: incumbent.value,
  difference: of.difference,
  difference_squared: of.differenceSquared,
  brier: of.brier,
  log_loss: of.logLoss,
});
const regression = ({ challenger, incumbent, ...of }: SliceTotals): Omit<OracleNumbers, 'slice'> => ({
  rows: of.rows,
  labelled: of.labelled,
  challenger_value: challenger.value,
  incumbent_value: incumbent.value,
  difference: of.difference,
  difference_squared: of.differenceSquared,
  challenger_absolute: challenger.absoluteError,
  challenger_squared: challenger.squaredError,
  incumbent_absolute: incumbent.absoluteError,
  incumbent_squared: incumbent.squaredError,
});

const COUNT = /^(rows|labelled|.*_(tp|fp|fn|tn))$/;

/** Counts are equal; sums are as close as SQL's own plain doubles allow, relative to the sizes that were added. */
function expectSame(metrics: DayMetrics, oracle: readonly OracleNumbers[], size: number): void {
  const { overall, slices } = finalize(metrics);
  const numbersOf = metrics.task === 'regression' ? regression : classification;
  const found = new Map([['*', overall], ...slices]);
  for (const { slice, ...expected } of oracle) {
    const of = found.get(slice);
    if (slice === 'null') continue;
    expect(of, slice).toBeDefined();
    if (!of) continue;
    for (const [name, value] of Object.entries(numbersOf(of))) {
      if (COUNT.test(name)) expect(value, `${slice} ${name}`).toBe(expected[name]);
      else {
        const wanted = Number(expected[name]);
        const slack = 1e-12 * Math.max(Math.abs(wanted), size * (/squared/.test(name) ? size : 1));
        expect(
          Math.abs(Number(value) - wanted),
          `${slice} ${name}: ${value}, SQL ${wanted}`,
        ).toBeLessThanOrEqual(slack);
      }
    }
  }
  const known = new Set(oracle.map(({ slice }) => slice));
  for (const [slice, { rows }] of slices) if (!known.has(slice)) expect(rows, slice).toBe(0);
}

const sizeOf = ({ outcomes, records }: DayData): number =>
  [...outcomes.flat().map(({ money }) => money), ...records.flat().map(({ amount }) => amount), 400].reduce(
    (sum, value) => sum + Math.abs(value),
    0,
  );

async function expectOracle(metrics: DayMetrics, data: DayData, task: (typeof TASKS)[number]): Promise<void> {
  await loadDay(db, folder, data);
  expectSame(
    metrics,
    task === 'regression' ? await regressionOracle(db) : await classificationOracle(db),
    sizeOf(data),
  );
  const { duplicates, unmatched } = await outcomeOracle(db);
  expect(metrics.duplicateOutcomes).toBe(duplicates);
  expect(metrics.unmatchedOutcomes).toBe(unmatched);
  if (task === 'regression') return;
  const { positives, negatives } = finalize(metrics).overall;
  for (const [histogram, label] of [
    [positives, 1],
    [negatives, 0],
  ] as const) {
    const counts = [...histogram.entries()].filter(([, count]) => count > 0);
    expect(new Map(counts)).toEqual(await histogramOracle(db, label));
  }
}

describe.each(TASKS)('a day of %s, by an independent SQL', (task) => {
  it.each(FORMATS)('hostile small days, as %s', async (format) => {
    await fc.assert(
      fc.asyncProperty(anyDay(task), async (data) => {
        await expectOracle(await evaluated(data, format, task), data, task);
      }),
      { numRuns: 12, seed: 2001 },
    );
  });

  it.each(FORMATS)('a day of many batches in files of their own order, as %s', async (format) => {
    const data = largeDay(task, 7000);
    await expectOracle(await evaluated(data, format, task), data, task);
  });

  it('whose ids hardly differ in their hash', async () => {
    await fc.assert(
      fc.asyncProperty(anyDay(task), fc.constantFrom(0, 1, 0x80000000, 3), async (data, hashMask) => {
        await expectOracle(await evaluated(data, 'csv', task, { hashMask }), data, task);
      }),
      { numRuns: 12, seed: 2002 },
    );
  });

  it('too big for the memory it is given, in passes', async () => {
    const data = largeDay(task, 7000);
    for (const memoryLimit of [300_000, 600_000]) {
      await expectOracle(await evaluated(data, 'parquet', task, { memoryLimit }), data, task);
    }
  });
});

describe('the slices', () => {
  it('have names in the oracle and the definition alike', () => {
    expect(dayDefinition('csv').slices).toHaveLength(SLICES.length);
  });
});
