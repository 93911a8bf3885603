import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal, withDatabase } from './database.ts';
import { createRecords, recordColumns } from './records.ts';
import type { Rule } from './rule.ts';
import { calendar, flightsFile } from './source.ts';

/** Raised with every change to what the files hold, so that older ones are written again. */
const FILES_VERSION = 1;

export type Preparation = {
  /** Where `records/` and `outcomes/` go. */
  readonly folder: string;
  /** First and last date of the flights, YYYY-MM-DD, inclusive; all from 2001-02-01 on by default. */
  readonly from?: string;
  readonly to?: string;
  /** Called after each file with the files written so far and their number. */
  readonly onProgress?: (progress: { done: number; total: number; file: string }) => void;
  /** A parquet file in the form of {@link flightsFile}, which is the default. */
  readonly source?: string;
};

export type Prepared = Range & {
  /** False if the folder already held these days and nothing was written. */
  readonly written: boolean;
};

type Range = { readonly from: string; readonly to: string };
type Marker = Range & { readonly version: number; readonly complete: boolean };

/**
 * Writes production's history as the data contract wants it: `records/date=…/flights.csv`, known before the
 * flights, and `outcomes/landed=…/outcomes.csv`, known after them. Idempotent: a folder that holds the days
 * already is left alone, one left half-way by a crash is written again.
 */
export async function prepare(preparation: Preparation): Promise<Prepared> {
  const { folder, source = flightsFile(), onProgress } = preparation;
  const asked = {
    from: preparation.from ?? calendar.productionFrom,
    to: preparation.to ?? calendar.productionTo,
  };
  checkRange(asked);
  const marker = await readMarker(folder);
  const usable = marker?.complete === true && marker.version === FILES_VERSION;
  if (usable && marker.from <= asked.from && marker.to >= asked.to) {
    return { from: marker.from, to: marker.to, written: false };
  }
  const range = usable ? union(marker, asked) : asked;
  // Without a marker the folders are not ours to remove.
  if (marker !== undefined) {
    await rm(join(folder, 'records'), { recursive: true, force: true });
    await rm(join(folder, 'outcomes'), { recursive: true, force: true });
  }
  await mkdir(folder, { recursive: true });
  await writeMarker(folder, { version: FILES_VERSION, ...range, complete: false });
  const rule = JSON.parse(await readFile(new URL('../rule.json', import.meta.url), 'utf8')) as Rule;
  await withDatabase(async (database) => {
    await createRecords(database, { source, ...range, rule });
    await writeFiles(database, folder, onProgress);
  });
  await writeMarker(folder, { version: FILES_VERSION, ...range, complete: true });
  return { ...range, written: true };
}

async function writeFiles(
  database: DuckDBConnection,
  folder: string,
  onProgress: Preparation['onProgress'],
): Promise<void> {
  const days = await dates(database, 'day');
  const landings = await dates(database, 'landed');
  const files = [
    ...days.map((day) => ({
      file: join('records', `date=${day}`, 'flights.csv'),
      rows: `SELECT ${recordColumns.join(', ')} FROM records WHERE day = DATE ${literal(day)}`,
    })),
    ...landings.map((landed) => ({
      file: join('outcomes', `landed=${landed}`, 'outcomes.csv'),
      rows: `SELECT flight, late, delay AS arrival_delay_minutes FROM records WHERE landed = DATE ${literal(landed)}`,
    })),
  ];
  for (const [index, { file, rows }] of files.entries()) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await database.run(`COPY (${rows} ORDER BY flight) TO ${literal(`${path}.part`)} (FORMAT csv, HEADER)`);
    // A reader that comes too early finds no file rather than half of one.
    await rename(`${path}.part`, path);
    onProgress?.({ done: index + 1, total: files.length, file });
  }
}

async function dates(database: DuckDBConnection, column: 'day' | 'landed'): Promise<string[]> {
  const result = await database.runAndReadAll(
    `SELECT DISTINCT ${column}::VARCHAR FROM records WHERE ${column} IS NOT NULL ORDER BY 1`,
  );
  return result.getRows().map(([date]) => String(date));
}

function union(a: Range, b: Range): Range {
  // As text, dates in this form sort by time.
  const [from = a.from] = [a.from, b.from].sort();
  const [to = a.to] = [a.to, b.to].sort().reverse();
  return { from, to };
}

function checkRange({ from, to }: Range): void {
  for (const date of [from, to]) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) {
      throw new Error(`"${date}" is no date: write it as YYYY-MM-DD.`);
    }
  }
  const { productionFrom, productionTo } = calendar;
  if (from < productionFrom || to > productionTo || from > to) {
    throw new Error(
      `No flights from ${from} to ${to}: choose dates from ${productionFrom} (January is for training) to ${productionTo}.`,
    );
  }
}

function markerPath(folder: string): string {
  return join(folder, '.prepared.json');
}

async function readMarker(folder: string): Promise<Marker | undefined> {
  let text: string;
  try {
    text = await readFile(markerPath(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return JSON.parse(text) as Marker;
}

async function writeMarker(folder: string, marker: Marker): Promise<void> {
  const path = markerPath(folder);
  await writeFile(`${path}.part`, `${JSON.stringify(marker)}\n`);
  await rename(`${path}.part`, path);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { folder: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' } },
  });
  const started = performance.now();
  const folder = values.folder ?? fileURLToPath(new URL('..', import.meta.url));
  const prepared = await prepare({
    folder,
    ...(values.from === undefined ? {} : { from: values.from }),
    ...(values.to === undefined ? {} : { to: values.to }),
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const what = prepared.written ? `written in ${seconds} s` : 'already there';
  console.log(`Flights from ${prepared.from} to ${prepared.to}: ${what}.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
