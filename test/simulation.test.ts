import { describe, expect, it } from 'vitest';
import { CELLS } from './simulation/cells.ts';
import { runDelays, TRUE_DIFFERENCE } from './simulation/delays.ts';
import { type CellResult, runOnce, summarizeCell } from './simulation/run-cell.ts';

/** A small size of what `npm run simulate` runs at full size: the shipped policy, in every situation of the table. */
const RUNS = 160;
/** Standard errors that a cell may be beyond its target by chance, before it fails. */
const SLACK = 3;

const simulated = new Map<string, CellResult>();
function simulate(name: string): CellResult {
  const known = simulated.get(name);
  if (known) return known;
  const cell = CELLS.find((candidate) => candidate.name === name);
  if (!cell) throw new Error(`no cell ${name}`);
  const outcomes = Array.from({ length: RUNS }, (_, run) => runOnce(cell, run));
  const result = summarizeCell(cell, outcomes, SLACK);
  simulated.set(name, result);
  return result;
}

describe(`the shipped policy, ${RUNS} runs a cell`, () => {
  it.each(CELLS.map(({ group, name }) => [group, name]))('%s: %s', (_, name) => {
    expect(simulate(name).misses).toEqual([]);
  });
});

describe('the bounds of this test would notice', () => {
  it('a t-test that is read every day', () => {
    const { cell, naiveShare } = simulate('independent days');
    const slack = SLACK * Math.sqrt((0.05 * 0.95) / RUNS);
    expect(naiveShare).toBeGreaterThan((cell.atMost ?? 1) + slack);
  });

  it('a challenger that is judged by what has landed: it looks like a winner, and loses', () => {
    expect(simulate('judged by what has landed').share).toBeGreaterThan(0.9);
    const landed = runDelays({ kind: 'delays', name: 'landed', rule: 'landed' }, 1);
    const mature = runDelays({ kind: 'delays', name: 'mature', rule: 'mature' }, 1);
    expect(TRUE_DIFFERENCE).toBeCloseTo(-0.15, 9);
    expect(landed.seen).toBeGreaterThan(0.2);
    expect(mature.seen).toBeCloseTo(TRUE_DIFFERENCE, 1);
  });
});

it('the same run is the same, run by run', () => {
  for (const cell of CELLS) expect(runOnce(cell, 7)).toEqual(runOnce(cell, 7));
});
