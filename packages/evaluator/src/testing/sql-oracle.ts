import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDb } from '../duckdb.ts';
import { type DayData, type Kind, loadTable, SLICES } from './day-data.ts';

/** What SQL finds of one slice; `*` is everything together. */
export interface OracleNumbers {
  readonly slice: string;
  readonly [number: string]: number | string;
}

/** Loads a day into the tables records, predictions and outcomes; the latter with `landed`, the order of landing. */
export async function loadDay(db: DuckDb, folder: string, data: DayData): Promise<void> {
  for (const kind of ['records', 'predictions', 'outcomes'] as const satisfies readonly Kind[]) {
    const path = join(folder, `oracle-${kind}.jsonl`);
    await writeFile(
      path,
      data[kind]
        .flat()
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    );
    await loadTable(db, kind, kind, path);
  }
  await db.connection.run(
    'CREATE OR REPLACE TEMP TABLE landings AS SELECT *, row_number() OVER () AS landed FROM outcomes',
  );
}

const SLICE_CASE = `CASE tier ${SLICES.map((tier, index) => `WHEN '${tier}' THEN 'slice-${index}'`).join(' ')} END`;

const JOINED = `
  latest AS (SELECT id, arg_max(label, landed) AS label, arg_max(money, landed) AS money FROM landings GROUP BY id),
  joined AS (
    SELECT ${SLICE_CASE} AS slice, incumbent, amount, score, latest.label, money
    FROM records JOIN predictions USING (id) LEFT JOIN latest USING (id))`;

/** Every number of a classification day, written against the definition of dayDefinition and nothing else. */
export function classificationOracle(db: DuckDb): Promise<OracleNumbers[]> {
  const worth = (acts: string) => `CASE WHEN label IS NULL THEN NULL
      WHEN ${acts} AND label = 1 THEN -80 + 0.1 * amount WHEN ${acts} THEN -60.01
      WHEN label = 1 THEN -320 - money ELSE 0.01 * amount END`;
  const cell = (acts: string, label: number) => `count(*) FILTER (${acts} AND label = ${label})`;
  const confusion = (arm: string, acts: string) => `
      ${cell(acts, 1)} AS ${arm}_tp, ${cell(acts, 0)} AS ${arm}_fp,
      ${cell(`NOT ${acts}`, 1)} AS ${arm}_fn, ${cell(`NOT ${acts}`, 0)} AS ${arm}_tn`;
  return query(
    db,
    `WITH ${JOINED}, valued AS (
       SELECT *, score >= 0.25 AS challenger_acts, incumbent = 1 AS incumbent_acts,
         ${worth('score >= 0.25')} AS challenger_value, ${worth('incumbent = 1')} AS incumbent_value,
         CASE label WHEN 1 THEN -ln(greatest(score, 1e-15)) WHEN 0 THEN -ln(greatest(1 - score, 1e-15)) END AS log_loss
       FROM joined)
     SELECT CASE WHEN grouping(slice) = 1 THEN '*' ELSE slice END AS slice,
       count(*) AS rows, count(label) AS labelled,
       ${confusion('challenger', 'challenger_acts')}, ${confusion('incumbent', 'incumbent_acts')},
       coalesce(fsum(challenger_value), 0) AS challenger_value, coalesce(fsum(incumbent_value), 0) AS incumbent_value,
       coalesce(fsum(challenger_value - incumbent_value), 0) AS difference,
       coalesce(fsum((challenger_value - incumbent_value) ** 2), 0) AS difference_squared,
       coalesce(fsum((score - label) ** 2), 0) AS brier, coalesce(fsum(log_loss), 0) AS log_loss
     FROM valued GROUP BY GROUPING SETS ((slice), ())`,
  );
}

export function regressionOracle(db: DuckDb): Promise<OracleNumbers[]> {
  const worth = (guess: string) =>
    `CASE WHEN ${guess} > label THEN -2 * (${guess} - label) ELSE -5 * (label - ${guess}) END`;
  return query(
    db,
    `WITH ${JOINED}
     SELECT CASE WHEN grouping(slice) = 1 THEN '*' ELSE slice END AS slice, count(*) AS rows, count(label) AS labelled,
       coalesce(fsum(${worth('score')}), 0) AS challenger_value, coalesce(fsum(${worth('incumbent')}), 0) AS incumbent_value,
       coalesce(fsum(${worth('score')} - ${worth('incumbent')}), 0) AS difference,
       coalesce(fsum((${worth('score')} - ${worth('incumbent')}) ** 2), 0) AS difference_squared,
       coalesce(fsum(abs(score - label)), 0) AS challenger_absolute, coalesce(fsum((score - label) ** 2), 0) AS challenger_squared,
       coalesce(fsum(abs(incumbent - label)), 0) AS incumbent_absolute,
       coalesce(fsum((incumbent - label) ** 2), 0) AS incumbent_squared
     FROM joined GROUP BY GROUPING SETS ((slice), ())`,
  );
}

/** Outcomes that repeat a record's, and outcomes of no record. */
export async function outcomeOracle(db: DuckDb): Promise<{ duplicates: number; unmatched: number }> {
  const [row] = await query(
    db,
    `SELECT '' AS slice, count(*) FILTER (id NOT IN (SELECT id FROM records)) AS unmatched,
       count(*) FILTER (id IN (SELECT id FROM records))
         - count(DISTINCT id) FILTER (id IN (SELECT id FROM records)) AS duplicates FROM landings`,
  );
  return { duplicates: Number(row?.duplicates), unmatched: Number(row?.unmatched) };
}

/** How many labelled rows of a class fall into each of 2,048 bins, as `bin: count`. */
export async function histogramOracle(db: DuckDb, label: 0 | 1): Promise<Map<number, number>> {
  const rows = await query(
    db,
    `WITH ${JOINED} SELECT '' AS slice, least(2047, floor(score * 2048)) AS bin, count(*) AS rows
     FROM joined WHERE label = ${label} GROUP BY bin`,
  );
  return new Map(rows.map(({ bin, rows: count }) => [Number(bin), Number(count)]));
}

async function query(db: DuckDb, sql: string): Promise<OracleNumbers[]> {
  const reader = await db.connection.runAndReadAll(sql);
  return reader.getRowObjectsJS().map((row) => {
    const numbers = Object.entries(row).map(([name, value]) => [
      name,
      name === 'slice' ? String(value) : Number(value),
    ]);
    return Object.fromEntries(numbers) as OracleNumbers;
  });
}
