import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { murmur3 } from '@penumbra/core/bucketing';
import type { DaySummary } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileFormat } from '../column-spec.ts';
import type { DayMetrics } from '../day-metrics.ts';
import { distinctUnits } from '../distinct-units.ts';
import { type DuckDb, openDuckDb } from '../duckdb.ts';
import { evaluateDay } from '../evaluate-day.ts';
import { summarize } from '../finalize.ts';
import { COUNTS, POSITIVES_AT } from '../metric-layout.ts';
import { anyDay, largeDay } from '../testing/day-arbitrary.ts';
import { type DayData, dayDefinition, SLICES, writeDay } from '../testing/day-data.ts';
import { evaluateBySql, landings, rowsBySql } from '../testing/sql-day.ts';
import { keptSample } from './arms-from-rows.ts';
import { SAMPLES, sampleColumn } from './result-columns.ts';

const FORMATS = ['csv', 'jsonl', 'parquet'] as const satisfies readonly FileFormat[];
const TASKS = ['binary-classification', 'regression'] as const;
type Task = (typeof TASKS)[number];

let db: DuckDb;
let folder: string;
beforeAll(async () => {
  db = await openDuckDb();
  folder = await mkdtemp(join(tmpdir(), 'penumbra-engines-'));
});
afterAll(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

let runs = 0;
interface Evaluated {
  readonly metrics: DayMetrics;
  readonly summary: DaySummary;
}

/** Athena reads no CSV with line breaks in its cells. */
function withoutLineBreaks({ records, predictions, outcomes }: DayData): DayData {
  const renamed = <Row extends { readonly id: string }>(parts: readonly (readonly Row[])[]) =>
    parts.map((rows) => rows.map((row) => ({ ...row, id: row.id.replaceAll(/[\r\n]/g, '⏎') })));
  return { records: renamed(records), predictions: renamed(predictions), outcomes: renamed(outcomes) };
}

/** The same files by both engines; each outcome of a record landed later than the one before. */
async function byBoth(
  data: DayData,
  definition: Definition,
  recordsFirst = false,
): Promise<{ lambda: Evaluated; athena: Evaluated }> {
  runs += 1;
  const dir = join(folder, String(runs));
  const files = await writeDay(db, dir, definition.records.format, {
    ...data,
    outcomes: landings(data.outcomes),
  });
  const lambda = await evaluateDay(db, definition, files);
  const landed = files.outcomes.map((file, day) => ({ day, file }));
  const athena = await evaluateBySql(
    db,
    definition,
    { ...files, outcomes: landed },
    { folder: dir, recordsFirst },
  );
  if (!lambda.ok) throw new Error(JSON.stringify(lambda.problems));
  if (!athena.ok) throw new Error(JSON.stringify(athena.problems));
  const complete = ({ metrics, arms }: typeof lambda | typeof athena): Evaluated => ({
    metrics,
    summary: arms.complete(summarize(metrics)),
  });
  return { lambda: complete(lambda), athena: complete(athena) };
}

/** Whole numbers are equal, histograms byte for byte; sums within 1e-12, relative. */
function expectSame({ lambda, athena }: { lambda: Evaluated; athena: Evaluated }): void {
  expect([...athena.metrics.slices.keys()]).toEqual([...lambda.metrics.slices.keys()]);
  for (const [name, numbers] of lambda.metrics.slices) {
    const found = athena.metrics.slices.get(name);
    expect(found?.subarray(0, COUNTS.length), `counts of ${name}`).toEqual(
      numbers.subarray(0, COUNTS.length),
    );
    expect(found?.subarray(POSITIVES_AT), `histograms of ${name}`).toEqual(numbers.subarray(POSITIVES_AT));
  }
  expectNear(athena.summary, lambda.summary, 'summary');
}

function expectNear(found: unknown, wanted: unknown, path: string): void {
  if (typeof wanted === 'number' && typeof found === 'number') {
    expect(Math.abs(found - wanted), `${path}: ${found}, lambda ${wanted}`).toBeLessThanOrEqual(
      1e-12 * Math.abs(wanted),
    );
  } else if (typeof wanted === 'object' && wanted !== null && typeof found === 'object' && found !== null) {
    expect(Object.keys(found), path).toEqual(Object.keys(wanted));
    for (const [name, value] of Object.entries(wanted)) {
      expectNear((found as Record<string, unknown>)[name], value, `${path}.${name}`);
    }
  } else {
    expect(found, path).toEqual(wanted);
  }
}

describe.each(TASKS)('a day of %s by the evaluator and by SQL', (task: Task) => {
  it.each(FORMATS)('hostile small days, as %s', async (format) => {
    await fc.assert(
      fc.asyncProperty(anyDay(task), fc.boolean(), async (data, recordsFirst) => {
        const day = format === 'csv' ? withoutLineBreaks(data) : data;
        expectSame(await byBoth(day, dayDefinition(format, task), recordsFirst));
      }),
      { numRuns: 3, seed: 2003, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('of many batches, with outcomes looked up among the records first', async () => {
    expectSame(await byBoth(largeDay(task, 5000), dayDefinition('parquet', task), true));
  });
});

const one = (id: string, row: Partial<DayData['records'][number][number]> = {}) => ({
  id,
  tier: SLICES[0],
  incumbent: 0,
  amount: 1,
  ...row,
});

describe('what only some definitions have', () => {
  const scored = (ids: readonly string[]) => [ids.map((id, row) => ({ id, score: (row % 8) / 8 }))];

  it.each(['acted', 'not-acted'] as const)('outcomes that are seen where a decision %s', async (shows) => {
    const ids = Array.from({ length: 40 }, (_, row) => `r${row}`);
    const payoff = {
      currency: 'USD',
      truePositive: { fixed: -80, perAmount: 0.1 },
      falsePositive: { fixed: -60.01 },
      falseNegative: { fixed: -320 },
      trueNegative: { perAmount: 0.01 },
    };
    const definition = dayDefinition('csv', 'binary-classification', {
      task: { type: 'binary-classification', threshold: 0.25, payoff },
      outcomeObservableWhen: shows,
    });
    const data: DayData = {
      records: [ids.map((id, row) => one(id, { incumbent: Math.floor(row / 3) % 2, amount: row + 0.1 }))],
      predictions: scored(ids),
      outcomes: [ids.filter((_, row) => row % 5 > 1).map((id, row) => ({ id, label: row % 2, money: 0 }))],
    };
    const both = await byBoth(data, definition);
    expectSame(both);
    const selective = Object.values(both.athena.summary.slices).flatMap((slice) => slice.selective ?? []);
    expect(
      selective.some(
        ({ identified, worstCase }) => identified.rows > 0 && (worstCase?.rows ?? 0) > identified.rows,
      ),
    ).toBe(true);
  });

  it('units whose hashes collide, which count once', async () => {
    const definition = dayDefinition('csv');
    const [first, second] = collidingUnits(definition.deployment);
    const data: DayData = {
      records: [[one(first), one(second), one('another')]],
      predictions: scored([first, second, 'another']),
      outcomes: [[{ id: first, label: 1, money: 3 }]],
    };
    const both = await byBoth(data, definition);
    expectSame(both);
    const strata = both.athena.summary.slices['slice-0']?.strata ?? [];
    expect(strata.reduce((sum, { units }) => sum + units, 0)).toBe(2);
  });

  it('no arms, where the policy serves all or nothing', async () => {
    const definition = dayDefinition('csv', 'regression', { policy: { stages: [{ percent: 100 }] } });
    const both = await byBoth(largeDay('regression', 50), definition);
    expectSame(both);
    expect(both.athena.summary.slices['slice-0']?.strata).toBeUndefined();
  });

  it('slices by numbers, also by a column that is compared', async () => {
    const definition = dayDefinition('csv', 'binary-classification', {
      slices: [
        {
          slice: 'small',
          when: [
            { field: 'amount', below: 200 },
            { field: 'incumbent', equals: 1 },
          ],
        },
        { slice: 'some', when: [{ field: 'tier', oneOf: ['regional', 7] }] },
        { slice: 'large', when: [{ field: 'amount', atLeast: 500.5 }] },
      ],
    });
    expectSame(await byBoth(largeDay('binary-classification', 300), definition));
  });
});

/** Two units of a deployment that murmur3 takes for one. */
function collidingUnits(deployment: string): [string, string] {
  const seen = new Map<number, string>();
  for (let number = 0; ; number += 1) {
    const unit = `unit-${number}`;
    const hash = murmur3(`${deployment}${unit}`);
    const before = seen.get(hash);
    if (before !== undefined) return [before, unit];
    seen.set(hash, unit);
  }
}

it('the units of a slice are counted in every sample of them, by SQL', async () => {
  const definition = dayDefinition('csv');
  const ids = Array.from({ length: 600 }, (_, row) => `unit-${row}`);
  const data: DayData = {
    records: [ids.map((id) => one(id))],
    predictions: [ids.map((id) => ({ id, score: 0.5 }))],
    outcomes: [],
  };
  const dir = join(folder, 'samples');
  const files = await writeDay(db, dir, 'csv', data);
  const rows = await rowsBySql(db, definition, { ...files, outcomes: [] }, { folder: dir });
  const hashes = ids.map((id) => murmur3(`${definition.deployment}${id}`));
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const counted = rows.reduce((sum, row) => sum + Number(row[sampleColumn(sample)] ?? 0), 0);
    expect(counted, `1 in ${2 ** sample}`).toBe(hashes.filter((hash) => hash % 2 ** sample === 0).length);
  }
});

it('the sample of the units is the one that the evaluator keeps', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(5000), { maxLength: 300 }),
      fc.integer({ min: 1, max: 40 }),
      (hashes, most) => {
        const kept = distinctUnits(most);
        for (const hash of hashes) kept.add(hash);
        const counted = Array.from(
          { length: SAMPLES },
          (_, sample) => hashes.filter((hash) => hash % 2 ** sample === 0).length,
        );
        expect(counted[keptSample(counted, most)]).toBe([...kept.hashes()].length);
      },
    ),
  );
});
