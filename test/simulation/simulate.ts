import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { program } from '@penumbra/program';
import { CELLS, type Cell } from './cells.ts';
import { falsePromotionPlot, powerPlot, rollbackPlot } from './plots.ts';
import { type CellResult, type Outcome, summarizeCell } from './run-cell.ts';
import { markdownTable, textTable } from './table.ts';
import type { Task } from './worker.ts';

/*
 * `npm run simulate`: every cell at full size, on all processors. Prints the table; with --write it also renews the
 * table and the plots of docs/evidence.md, with --plots the plots alone. Ends with 1 where a cell misses its target.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5000' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    plots: { type: 'boolean', default: false },
  },
});
const RUNS = Number(values.runs);
/** Runs that a worker does before it asks for more. */
const BATCH = 250;
const DOCS = new URL('../../docs/', import.meta.url);

const cells = CELLS.filter(({ name, group }) => `${group} ${name}`.includes(values.only));
const results = await simulate(cells);
process.stdout.write(`${textTable(results)}\n`);
if (values.write) await writeTable(results);
if (values.write || values.plots) await writePlots(results);
const misses = results.filter((result) => result.misses.length > 0);
process.stdout.write(
  misses.length === 0 ? 'Every target is met.\n' : `${misses.length} targets are missed.\n`,
);
process.exitCode = misses.length === 0 ? 0 : 1;

async function simulate(asked: readonly Cell[]): Promise<CellResult[]> {
  const outcomes = new Map(asked.map((cell) => [cell, new Array<Outcome>(RUNS)]));
  const tasks = asked.flatMap((cell) =>
    Array.from({ length: Math.ceil(RUNS / BATCH) }, (_, batch): Task => {
      const from = batch * BATCH;
      return { cell: CELLS.indexOf(cell), from, to: Math.min(RUNS, from + BATCH) };
    }),
  );
  const total = tasks.length;
  const workerProgram = await program(new URL('./worker.ts', import.meta.url));
  let done = 0;
  const work = async () => {
    const worker = new Worker(workerProgram);
    for (let task = tasks.shift(); task; task = tasks.shift()) {
      const { cell: index, from } = task;
      const found = await new Promise<Outcome[]>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.postMessage(task);
      });
      worker.removeAllListeners('error');
      const cell = CELLS[index];
      if (cell)
        for (const [run, outcome] of found.entries()) (outcomes.get(cell) ?? [])[from + run] = outcome;
      done += 1;
      process.stderr.write(
        `\r${Math.round((100 * done) / total)} % of ${asked.length} cells × ${RUNS} runs `,
      );
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), total) }, work));
  process.stderr.write('\n');
  return asked.map((cell) => summarizeCell(cell, outcomes.get(cell) ?? []));
}

async function writeTable(all: readonly CellResult[]): Promise<void> {
  const page = new URL('evidence.md', DOCS);
  const text = await readFile(page, 'utf8');
  const [start, end] = ['<!-- simulation -->', '<!-- /simulation -->'];
  const before = text.slice(0, text.indexOf(start) + start.length);
  const after = text.slice(text.indexOf(end));
  await writeFile(page, `${before}\n${markdownTable(all)}\n${after}`);
  process.stdout.write(`Wrote the table of ${fileURLToPath(page)}.\n`);
}

async function writePlots(all: readonly CellResult[]): Promise<void> {
  const plots = {
    'false-promotion': falsePromotionPlot(all),
    power: powerPlot(all),
    rollback: rollbackPlot(all),
  };
  for (const [name, svg] of Object.entries(plots))
    await writeFile(new URL(`evidence-${name}.svg`, DOCS), svg);
  process.stdout.write('Wrote the plots of docs/evidence.md.\n');
}
