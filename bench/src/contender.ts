import type { Contender, Run } from './contender-types.ts';
import { digestOf, type Format } from './workload.ts';

/** Runs one contender once, in a process of its own, and prints what it took. */
const CONTENDERS: Readonly<Record<string, () => Promise<Contender>>> = {
  penumbra: async () => (await import('./penumbra.ts')).penumbra,
  'duckdb-natural': async () => (await import('./duckdb-sql.ts')).natural,
  'duckdb-hash': async () => (await import('./duckdb-sql.ts')).byHash,
  polars: async () => (await import('./polars.ts')).polars,
  naive: async () => (await import('./naive.ts')).naive,
};

const [name = '', folder = '', format = '', rows = ''] = process.argv.slice(2);
const contender = await CONTENDERS[name]?.();
if (!contender) throw new Error(`no contender ${name}`);
const started = performance.now();
const before = process.cpuUsage();
const answer = await contender({ folder, format: format as Format, rows: Number(rows) });
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
const cpuSeconds = (user + system) / 1e6;
const run: Run = {
  cpuSeconds,
  digest: digestOf(answer),
  seconds,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(`${JSON.stringify(run)}\n`);
process.exit(0);
