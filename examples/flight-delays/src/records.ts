import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './database.ts';
import { features } from './features.ts';
import { createHistories, historyJoins } from './history.ts';
import { type Rule, ruleShare } from './rule.ts';
import { createFlights, SCHEDULE_DAYS } from './schedule.ts';
import { createTiers } from './tiers.ts';

/** The columns of a record, in the order of the files. */
export const recordColumns = [
  'flight',
  'itinerary',
  'tier',
  'origin',
  'rule_rebooks',
  ...features.map((feature) => feature.name),
];

// The longest look-back, and before it the days that give its flights their part of the day.
const HISTORY_DAYS = 28 + SCHEDULE_DAYS;

/**
 * Creates the table `records` for the flights from `from` to `to` (dates, inclusive): `day`, `landed` (the date
 * on which the outcome is reported, null if never), `late`, `delay` (minutes) and {@link recordColumns}.
 * A record is the same whatever the range.
 */
export async function createRecords(
  database: DuckDBConnection,
  { source, from, to, rule }: { source: string; from: string; to: string; rule: Rule },
): Promise<void> {
  const historyFrom = new Date(Date.parse(from) - HISTORY_DAYS * 86_400_000).toISOString().slice(0, 10);
  await createFlights(database, source, historyFrom, to);
  await createHistories(database);
  await createTiers(database, source);
  const columns = features.map(({ name, sql }) => `${sql} AS ${name}`);
  await database.run(`
    CREATE OR REPLACE TABLE records AS
    SELECT *, CASE WHEN late IS NULL OR lag IS NULL THEN NULL ELSE day + lag END AS landed
    FROM (
      SELECT *, ${reportingLag('flight')} AS lag
      FROM (
        SELECT f.day, f.late, f.delay,
          strftime(f.day, '%Y-%m-%d') || '-' || ${itinerary} AS flight,
          ${itinerary} AS itinerary,
          coalesce(airport_tiers.tier, 'regional') AS tier,
          f.origin AS origin,
          (${ruleShare(rule)} >= ${rule.limit})::INTEGER AS rule_rebooks,
          ${columns.join(', ')}
        FROM flights f ${historyJoins()}
        LEFT JOIN airport_tiers ON airport_tiers.origin = f.origin::VARCHAR
        WHERE f.day >= DATE ${literal(from)}
      )
    )`);
}

const itinerary = `f.origin || '-' || f.destination || '-' || format('{:02d}', f.ordinal)`;

/**
 * SQL for the days until a flight's outcome is reported, by a hash of its id and so of nothing that happened
 * to it: 90 % after one day, 7 % after two, 2.5 % after three, 0.5 % never (null). The source does not say
 * when outcomes were reported; this is an assumption.
 */
function reportingLag(flight: string): string {
  // The hash function hash() may change with DuckDB's version, MD5 does not.
  const draw = `(md5_number_lower(${flight}) % 1000)`;
  return `CASE WHEN ${draw} < 900 THEN 1 WHEN ${draw} < 970 THEN 2 WHEN ${draw} < 995 THEN 3 END`;
}
