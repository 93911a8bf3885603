/*
 * One generated day by both engines: the function's evaluator, and Athena's statement run by DuckDB in its place; each
 * in a process of its own. Prints what each took, and fails where they do not agree.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import cliProgress from 'cli-progress';
import type { BenchFormat, EngineRun, GeneratedDay } from './engines/day.ts';
import { generateDay } from './engines/generate.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '50000000' },
    format: { type: 'string', default: 'parquet' },
    /** Where the day is generated, or was before; a folder of its own that is removed afterwards, unless given. */
    folder: { type: 'string' },
    /** Of DuckDB; what is more goes to disk. */
    memory: { type: 'string', default: '12GB' },
  },
});
const rows = Number(values.rows);
const format = values.format as BenchFormat;
/** Relative, of sums that both engines round in their own way. */
const TOLERATED = 1e-12;
const ENGINES = { lambda: 'lambda (the evaluator)', athena: 'athena (its SQL, by DuckDB)' } as const;

const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'penumbra-engines-')));
mkdirSync(folder, { recursive: true });
try {
  const day = generatedBefore() ?? (await generated());
  const bytes = [...day.records, ...day.predictions, ...day.outcomes].reduce(
    (sum, { path }) => sum + statSync(path).size,
    0,
  );
  console.log(
    `${rows.toLocaleString('en')} records as ${format}: ${(bytes / 1e9).toFixed(2)} GB, on ${availableParallelism()} cores`,
  );
  const lambda = await run('lambda', day, bytes);
  const athena = await run('athena', day, bytes);
  process.exitCode = compared(lambda, athena) ? 0 : 1;
} finally {
  if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
}

function generated(): Promise<GeneratedDay> {
  return withBar(`generating ${rows.toLocaleString('en')} records`, (step) =>
    generateDay(folder, rows, format, step),
  );
}

function generatedBefore(): GeneratedDay | undefined {
  const path = join(folder, 'day.json');
  if (!existsSync(path)) return undefined;
  const day = JSON.parse(readFileSync(path, 'utf8')) as GeneratedDay;
  if (day.rows === rows && day.format === format) return day;
  throw new Error(`${folder} holds ${day.rows} records as ${day.format}: give another folder`);
}

function compared(lambda: EngineRun, athena: EngineRun): boolean {
  const worst = lambda.sums.reduce((most, sum, index) => {
    const other = athena.sums[index] ?? Number.NaN;
    const apart = sum === other ? 0 : Math.abs(sum - other) / Math.abs(sum);
    return apart > most || Number.isNaN(apart) ? apart : most;
  }, 0);
  const same = lambda.digest === athena.digest;
  console.log(
    `counts, histograms and units: ${same ? `the same (SHA-256 ${lambda.digest.slice(0, 16)}…)` : 'DIFFERENT'}; ` +
      `sums: at most ${worst.toExponential(1)} apart, relative (${TOLERATED} tolerated)`,
  );
  return same && worst <= TOLERATED;
}

/** Runs an engine, with a bar by the bytes that its process has read. */
async function run(engine: keyof typeof ENGINES, day: GeneratedDay, bytes: number): Promise<EngineRun> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      fileURLToPath(new URL('./engines/evaluate.ts', import.meta.url)),
      engine,
      folder,
      values.memory,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const code = await withBar(ENGINES[engine], async (step) => {
    const timer = setInterval(() => step(Math.min(bytesRead(child.pid), bytes), bytes), 500);
    try {
      return await ended;
    } finally {
      clearInterval(timer);
    }
  });
  if (code !== 0) throw new Error(`${engine} ended with ${code}`);
  const found = JSON.parse(output) as EngineRun;
  console.log(
    `${ENGINES[engine].padEnd(28)} ${found.seconds.toFixed(1).padStart(7)} s ${found.peakMegabytes.toFixed(0).padStart(7)} MB peak ` +
      `${Math.round(day.rows / found.seconds)
        .toLocaleString('en')
        .padStart(
          11,
        )} records/s; ${found.overall.labelled.toLocaleString('en')} with an outcome, difference ${found.overall.difference.toFixed(2)}`,
  );
  return found;
}

/** Where the system tells it; elsewhere the bar stands still. */
function bytesRead(pid: number | undefined): number {
  try {
    return Number(/^rchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function withBar<Value>(
  what: string,
  work: (step: (done: number, of: number) => void) => Promise<Value>,
): Promise<Value> {
  const bar = new cliProgress.SingleBar(
    {
      format: `${what} {bar} {percentage} % {duration_formatted}`,
      clearOnComplete: true,
      stopOnComplete: false,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(1000, 0);
  try {
    return await work((done, of) => bar.update(Math.round((1000 * done) / of)));
  } finally {
    bar.stop();
  }
}
