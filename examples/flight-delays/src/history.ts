import type { DuckDBConnection } from '@duckdb/node-api';

/** The look-backs, in days before the flight's own day. */
export const lookBacks = [1, 3, 7, 28] as const;

/**
 * What is counted: for each group, the flights (`n7`, for the last seven days) and the late ones (`l7`).
 * A destination's flights are those that arrive there.
 */
export const groups = {
  nation: [],
  origin: ['origin'],
  destination: ['destination'],
  route: ['route'],
  origin_part: ['origin', 'part'],
  destination_part: ['destination', 'part'],
} as const satisfies Record<string, readonly string[]>;

export type Group = keyof typeof groups;

/**
 * Creates one table `past_<group>` for each group, with one row for each day on which the group flies. Every
 * window ends on the day before, so nothing of the day itself, nor of a later one, is in it.
 */
export async function createHistories(database: DuckDBConnection): Promise<void> {
  for (const [group, keys] of Object.entries(groups)) {
    const columns = ['day_number', ...keys].join(', ');
    const partition = keys.length === 0 ? '' : `PARTITION BY ${keys.join(', ')}`;
    const sums = lookBacks.map(
      (days) => `
        coalesce(sum(n) OVER last${days}, 0)::INTEGER AS n${days}, coalesce(sum(l) OVER last${days}, 0)::INTEGER AS l${days}`,
    );
    const windows = lookBacks.map(
      (days) =>
        `last${days} AS (${partition} ORDER BY day_number RANGE BETWEEN ${days} PRECEDING AND 1 PRECEDING)`,
    );
    await database.run(`
      CREATE OR REPLACE TABLE past_${group} AS
      SELECT ${columns}, ${sums.join(',')}
      FROM (SELECT ${columns}, count(late) AS n, sum(late) AS l FROM flights GROUP BY ${columns})
      WINDOW ${windows.join(', ')}`);
  }
}

/** The joins that put every history beside its flight `f`. */
// LEFT, although every flight has its rows: it keeps the planner from hashing the flights, which takes seven times as long.
export function historyJoins(): string {
  return Object.entries(groups)
    .map(([group, keys]) => `LEFT JOIN past_${group} USING (${['day_number', ...keys].join(', ')})`)
    .join('\n');
}

// As many flights at the nation's share are added to each group: a lone late flight is no evidence of an airport.
const PRIOR_FLIGHTS = 20;

/**
 * SQL for the share of late flights in a group over the days before, drawn towards the nation's share over
 * the same days where the group has few flights; null without any history.
 */
export function lateShare(group: Group, days: (typeof lookBacks)[number]): string {
  return drawnShare(`past_${group}.l${days}`, `past_${group}.n${days}`, days);
}

/** The same for the flight's own itinerary over 28 days, which schedule.ts counted on its way. */
export function itineraryLateShare(): string {
  return drawnShare('f.l28', 'f.n28', 28);
}

function drawnShare(late: string, all: string, days: number): string {
  const nation = `past_nation.l${days} / nullif(past_nation.n${days}, 0)`;
  return `round((${late} + ${PRIOR_FLIGHTS} * ${nation}) / (${all} + ${PRIOR_FLIGHTS}), 3)`;
}
