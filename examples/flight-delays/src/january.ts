import { withDatabase } from './database.ts';
import { features } from './features.ts';
import { createHistories, historyJoins } from './history.ts';
import type { Columns } from './model.ts';
import { candidates, ruleShare } from './rule.ts';
import { createFlights } from './schedule.ts';
import { calendar } from './source.ts';

/** Flights to learn from, in the order of day, route and ordinal. */
export type Flights = {
  /** Days since 2001-01-01. */
  readonly day: Float64Array;
  readonly late: Uint8Array;
  readonly features: Columns;
  /** For each of the rule's candidates, the share that it looks at. */
  readonly shares: Columns;
};

// The first week has no week behind it: its flights are the history of the others, and are not learned from.
const WARM_UP_DAYS = 7;

/** Reads January, the only month that anything here is learned from, less its first week. */
export async function readJanuary(source: string): Promise<Flights> {
  return withDatabase(async (database) => {
    await createFlights(database, source, calendar.trainingFrom, calendar.trainingTo);
    await createHistories(database);
    const sql = [...features.map((feature) => feature.sql), ...candidates.map(ruleShare)];
    const result = await database.runAndReadAll(`
      SELECT f.day_number::DOUBLE, f.late::DOUBLE, ${sql.map((expression) => `(${expression})::DOUBLE`).join(', ')}
      FROM flights f ${historyJoins()}
      WHERE f.late IS NOT NULL AND f.day_number >= ${WARM_UP_DAYS}
      ORDER BY f.day_number, f.route, f.ordinal`);
    const [day, late, ...rest] = result
      .getColumnsJS()
      .map((column) =>
        Float64Array.from(column, (value) => (typeof value === 'number' ? value : Number.NaN)),
      );
    if (day === undefined || late === undefined) throw new Error(`No flights of January in ${source}.`);
    return {
      day,
      late: Uint8Array.from(late),
      features: rest.slice(0, features.length),
      shares: rest.slice(features.length),
    };
  });
}

/** The flights of the days that `keep` wants. */
export function daysOf(flights: Flights, keep: (day: number) => boolean): Flights {
  const rows = Uint32Array.from(flights.day, (_, row) => row).filter((row) =>
    keep(flights.day[row] as number),
  );
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row] as number);
  return {
    day: pick(flights.day),
    late: Uint8Array.from(rows, (row) => flights.late[row] as number),
    features: flights.features.map(pick),
    shares: flights.shares.map(pick),
  };
}
