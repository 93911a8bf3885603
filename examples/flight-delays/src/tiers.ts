import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './database.ts';
import { calendar } from './source.ts';

/**
 * Groups of origin airports by the business at stake, least first: the slices, in the order in which the
 * challenger may be let into them. `minimum` is in departures a day, averaged over January.
 */
export const tiers = [
  { tier: 'regional', minimum: 0 },
  { tier: 'midsize', minimum: 50 },
  { tier: 'large', minimum: 200 },
  { tier: 'hub', minimum: 350 },
] as const;

/**
 * Creates the table `airport_tiers` (`origin`, `tier`) from the departures of January alone, so that no later
 * traffic moves an airport. An airport without a departure in January is not in it and counts as regional.
 */
export async function createTiers(database: DuckDBConnection, source: string): Promise<void> {
  const cases = tiers
    .toReversed()
    .map(({ tier, minimum }) => `WHEN count(*) / 31 >= ${minimum} THEN ${literal(tier)}`);
  await database.run(`
    CREATE OR REPLACE TABLE airport_tiers AS
    SELECT origin, CASE ${cases.join(' ')} END AS tier
    FROM read_parquet(${literal(source)})
    WHERE date >= DATE ${literal(calendar.trainingFrom)} AND date < DATE ${literal(calendar.trainingTo)} + 1
    GROUP BY origin`);
}
