import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDefinition } from '@penumbra/core/definition';
import { type DuckDb, literal, openDuckDb } from '@penumbra/evaluator/duckdb';
import { evaluateDay } from '@penumbra/evaluator/evaluate-day';
import { finalize, summarize } from '@penumbra/evaluator/finalize';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { prepare } from '../examples/flight-delays/src/prepare.ts';

/*
 * The evaluator on real flights, against SQL that knows the example's pay-off and nothing of the evaluator. Two days
 * by default; the whole of February with PENUMBRA_FLIGHT_DAYS=28.
 */
const DAYS = Number(process.env.PENUMBRA_FLIGHT_DAYS ?? 2);
const dateOf = (day: number) => `2001-02-${String(day).padStart(2, '0')}`;

let db: DuckDb;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-flights-'));
  db = await openDuckDb();
  await prepare({ folder, from: dateOf(1), to: dateOf(DAYS) });
}, 300_000);
afterAll(async () => {
  db.close();
  await rm(folder, { recursive: true, force: true });
});

async function definition() {
  const example = new URL('../examples/flight-delays/penumbra.json', import.meta.url);
  const { model: _, ...input } = JSON.parse(await readFile(example, 'utf8'));
  const parsed = parseDefinition({ ...input, predictions: { format: 'csv', id: 'flight', score: 'score' } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

async function oracle(records: string, predictions: string, outcomes: readonly string[]) {
  const worth = (acts: string) =>
    `CASE WHEN late IS NULL THEN NULL WHEN ${acts} THEN CASE late WHEN 1 THEN -80 ELSE -60 END WHEN late = 1 THEN -320 ELSE 0 END`;
  const reader = await db.connection.runAndReadAll(`
    WITH landed AS (SELECT flight, max(late) AS late FROM read_csv([${outcomes.map(literal).join(', ')}]) GROUP BY flight),
      day AS (SELECT tier, late, score, ${worth('score >= 0.2')} AS gained, ${worth('rule_rebooks = 1')} AS earned
        FROM read_csv(${literal(records)}) AS records JOIN read_csv(${literal(predictions)}) AS predictions USING (flight) LEFT JOIN landed USING (flight))
    SELECT CASE WHEN grouping(tier) = 1 THEN '*' ELSE tier END AS tier, count(*) AS rows, count(late) AS labelled,
      sum(gained) AS gained, sum(earned) AS earned, sum(gained - earned) AS difference, sum((gained - earned) ** 2) AS squares,
      count(*) FILTER (score >= 0.2 AND late = 1) AS hits, sum((score - late) ** 2) AS brier
    FROM day GROUP BY GROUPING SETS ((tier), ())`);
  return reader
    .getRowObjectsJS()
    .map((row) => ({ ...row, tier: String(row.tier) }) as Record<string, unknown> & { tier: string });
}

it.each(Array.from({ length: DAYS }, (_, index) => dateOf(index + 1)))(
  'the flights of %s',
  async (date) => {
    const records = join(folder, 'records', `date=${date}`, 'flights.csv');
    const predictions = join(folder, `predictions-${date}.csv`);
    await db.connection.run(
      `COPY (SELECT flight, (hash(flight) % 100000) / 100000 AS score FROM read_csv(${literal(records)}) ORDER BY hash(flight)) TO ${literal(predictions)} (HEADER)`,
    );
    const landings = (await readdir(join(folder, 'outcomes'))).sort();
    const outcomes = landings.map((landing) => join(folder, 'outcomes', landing, 'outcomes.csv'));
    const file = (path: string) => ({ name: path, path });
    const files = {
      records: [file(records)],
      predictions: [file(predictions)],
      outcomes: outcomes.map(file),
    };
    const evaluation = await evaluateDay(db, await definition(), files);
    if (!evaluation.ok) throw new Error(JSON.stringify(evaluation.problems));
    const { overall, slices } = finalize(evaluation.metrics);
    const found = new Map([['*', overall], ...slices]);
    const expected = await oracle(records, predictions, outcomes);
    expect(expected.length).toBe(5);
    for (const { tier, ...numbers } of expected) {
      const of = found.get(tier);
      expect([of?.rows, of?.labelled, of?.challenger.truePositive]).toEqual(
        [numbers.rows, numbers.labelled, numbers.hits].map(Number),
      );
      // Whole dollars: exact.
      expect([of?.challenger.value, of?.incumbent.value, of?.difference, of?.differenceSquared]).toEqual(
        [numbers.gained, numbers.earned, numbers.difference, numbers.squares].map(Number),
      );
      expect(of?.brier).toBeCloseTo(Number(numbers.brier), 6);
    }
    expect(summarize(evaluation.metrics).overall.labelled).toBeGreaterThan(10_000);
  },
  60_000,
);
