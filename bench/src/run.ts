import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import type { Run } from './contender-types.ts';
import { generate } from './generate.ts';
import type { Phases } from './phases.ts';
import { plotOf } from './plot.ts';
import { type Measured, medianOf, tableOf } from './table.ts';
import { FORMATS, type Format } from './workload.ts';

/*
 * Times every contender on the same files, in one run, one after another in turn (so that noise meets all alike), each
 * in a process of its own that is pinned to one processor. A contender that fails is told about and left out.
 *
 *   npm run bench:evaluator -- --rows 1000000 --rows 10000000 --runs 5
 *
 * `--node` is the Node.js that the contenders run with, where it is another than this one, and `--name` what the files
 * of the result are called.
 */
const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', multiple: true, default: ['1000000', '10000000'] },
    runs: { type: 'string', default: '5' },
    format: { type: 'string', multiple: true, default: [...FORMATS] },
    contender: { type: 'string', multiple: true },
    node: { type: 'string', default: process.execPath },
    name: { type: 'string', default: 'evaluator' },
    folder: { type: 'string', default: join(tmpdir(), 'penumbra-bench') },
    out: { type: 'string', default: fileURLToPath(new URL('../../docs/performance', import.meta.url)) },
  },
});
const CONTENDERS = ['penumbra', 'duckdb-natural', 'duckdb-hash', 'polars', 'naive'] as const;
/** A Map of objects of more rows than this takes more memory than most machines have. */
const NAIVE_ROWS = 1_000_000;

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const pinned = canPin();

function canPin(): boolean {
  try {
    execFileSync('taskset', ['-c', '0', 'true']);
    return true;
  } catch {
    return false;
  }
}

/*
 * Contenders run as they would on Lambda: bundled, so that no compiler is in their memory. Natively built packages stay
 * beside the bundle.
 */
const bundle = here('../dist/contender.mjs');
rmSync(here('../dist'), { recursive: true, force: true });
await build({
  entryPoints: [here('contender.ts')],
  outdir: here('../dist'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // Each contender loads what it imports, and nothing of the others.
  splitting: true,
  platform: 'node',
  format: 'esm',
  external: ['@duckdb/*', 'nodejs-polars'],
  banner: {
    js: "import { createRequire as requireOfBundle } from 'node:module'; const require = requireOfBundle(import.meta.url);",
  },
});

function inProcess<Value>(script: string, args: readonly string[]): Value | string {
  const command = [options.node, ...(script === bundle ? [] : ['--import', 'tsx']), script, ...args];
  const [file = '', ...rest] = pinned ? ['taskset', '-c', '0', ...command] : command;
  try {
    const printed = execFileSync(file, rest, {
      encoding: 'utf8',
      env: { ...process.env, POLARS_MAX_THREADS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 24,
    });
    return JSON.parse(printed.trim().split('\n').at(-1) ?? 'null') as Value;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return said.split('\n').find((line) => /Error/.test(line)) ?? said.slice(0, 200);
  }
}

function applies(contender: string, format: Format, rows: number): boolean {
  if (options.contender && !options.contender.includes(contender)) return false;
  if (contender !== 'naive') return true;
  return (format === 'csv' || format === 'jsonl') && rows <= NAIVE_ROWS;
}

const measured: Measured[] = [];
const phases: Record<string, Record<string, Phases | null>> = {};
for (const rows of options.rows.map(Number)) {
  const folder = await generate(options.folder, rows);
  const runs = new Map<string, Run[]>();
  for (let turn = 0; turn < Number(options.runs); turn += 1) {
    for (const format of options.format as Format[]) {
      for (const contender of CONTENDERS.filter((name) => applies(name, format, rows))) {
        const run = inProcess<Run>(bundle, [contender, folder, format, String(rows)]);
        if (typeof run === 'string') {
          if (turn === 0) console.log(`${contender}, ${format}, ${rows} rows: left out (${run})`);
          continue;
        }
        const key = `${format}/${contender}`;
        runs.set(key, [...(runs.get(key) ?? []), run]);
        console.log(`${rows} ${key} ${run.seconds.toFixed(2)} s, cpu ${run.cpuSeconds.toFixed(2)} s`);
      }
    }
  }
  for (const [key, all] of runs) {
    const [format, contender] = key.split('/') as [Format, string];
    measured.push({
      rows,
      format,
      contender,
      runs: all.length,
      seconds: medianOf(all.map((run) => run.seconds)),
      cpuSeconds: medianOf(all.map((run) => run.cpuSeconds)),
      peakBytes: medianOf(all.map((run) => run.peakBytes)),
      digests: [...new Set(all.map((run) => run.digest))],
    });
  }
  phases[rows] = phasesOf(folder);
}

function phasesOf(folder: string): Record<string, Phases | null> {
  const names = ['wasm', 'plain', 'c'] as const;
  const turns = Array.from({ length: Number(options.runs) }, () =>
    names.map((name) => inProcess<Phases | null>(here('run-phases.ts'), [name, folder])),
  );
  return Object.fromEntries(
    names.map((name, index) => {
      const all = turns.flatMap((turn) => {
        const phase = turn[index];
        return phase && typeof phase !== 'string' ? [phase] : [];
      });
      const [first] = all;
      if (!first) return [name, null];
      const median = (of: 'read' | 'hash' | 'build' | 'fold') => medianOf(all.map((phase) => phase[of]));
      return [
        name,
        {
          ...first,
          read: median('read'),
          hash: median('hash'),
          build: median('build'),
          fold: median('fold'),
        },
      ];
    }),
  );
}

const nodeVersion = execFileSync(options.node, ['--version'], { encoding: 'utf8' }).trim();
const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} processors, Node ${nodeVersion}`;
const disagreeing = measured.filter(
  (one) =>
    new Set(measured.filter(({ rows }) => rows === one.rows).flatMap(({ digests }) => digests)).size > 1,
);
const text = tableOf(measured, phases, machine, pinned);
console.log(`\n${text}`);
mkdirSync(options.out, { recursive: true });
writeFileSync(
  join(options.out, `${options.name}.json`),
  `${JSON.stringify({ machine, pinned, measured, phases }, null, 2)}\n`,
);
writeFileSync(join(options.out, `${options.name}.md`), `${text}\n`);
writeFileSync(join(options.out, `${options.name}.svg`), plotOf(measured));
if (disagreeing.length > 0) {
  console.error('The digests do not agree.');
  process.exitCode = 1;
} else console.log('All digests agree.');
