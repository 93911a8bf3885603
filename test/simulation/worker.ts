import { parentPort } from 'node:worker_threads';
import { CELLS } from './cells.ts';
import { runOnce } from './run-cell.ts';

/** Runs `from` (included) to `to` (excluded) of a cell, by its place in the table. */
export interface Task {
  readonly cell: number;
  readonly from: number;
  readonly to: number;
}

parentPort?.on('message', ({ cell: index, from, to }: Task) => {
  const cell = CELLS[index];
  if (!cell) throw new Error(`no cell ${index}`);
  parentPort?.postMessage(Array.from({ length: to - from }, (_, run) => runOnce(cell, from + run)));
});
