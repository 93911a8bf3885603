import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The flights: 3,000,000 US domestic flights that flew from 2001-01-01 to 2001-07-01, as reported to the US
 * Bureau of Transportation Statistics under 14 CFR Part 234 and packaged by vega-datasets 3.2.1.
 * Columns: `date` TIMESTAMP (the minute of the *actual* departure, see schedule.ts), `delay` BIGINT (arrival
 * delay in minutes, negative when early), `distance` BIGINT (miles), `origin` and `destination` (IATA codes).
 */
export function flightsFile(): string {
  // The package exports code only, so its data is found beside the code; hoisting by npm must not matter.
  const code = createRequire(import.meta.url).resolve('vega-datasets');
  return join(dirname(code), '..', 'data', 'flights-3m.parquet');
}

/** The first and last days of the data that are learned from, and the days that production is played with. */
export const calendar = {
  trainingFrom: '2001-01-01',
  trainingTo: '2001-01-31',
  productionFrom: '2001-02-01',
  productionTo: '2001-07-01',
} as const;
