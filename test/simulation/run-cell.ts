import { runCanary } from './canary.ts';
import type { Cell } from './cells.ts';
import { runDelays } from './delays.ts';
import { runPromotion } from './promotion.ts';

/** What became of a cell's runs: on which day the event came, undefined where it never did. */
export interface Outcome {
  readonly day: number | undefined;
  /** The same for a t-test read daily; promotion cells only. */
  readonly naive?: number | undefined;
}

/** Run number `run` of a cell; the same number gives the same run. */
export function runOnce(cell: Cell, run: number): Outcome {
  switch (cell.kind) {
    case 'promotion': {
      const { promoted, daily } = runPromotion(cell, run);
      return { day: promoted, naive: daily };
    }
    case 'canary':
      return { day: runCanary(cell, run).rolledBack };
    case 'delays':
      return { day: runDelays(cell, run).promoted };
  }
}

export interface CellResult {
  readonly cell: Cell;
  readonly runs: number;
  /** Share of the runs in which it happened, and its 95 % Wilson interval. */
  readonly share: number;
  readonly interval: readonly [number, number];
  /** Of the days on which it happened, those runs in which it did not counted as later; null where most did not. */
  readonly median: number | null;
  /** Days of all runs in which it happened, growing. */
  readonly days: readonly number[];
  readonly naiveShare: number | null;
  readonly misses: readonly string[];
}

/** `slack` in standard errors: what a small number of runs may be beyond a bound by chance. */
export function summarizeCell(cell: Cell, outcomes: readonly Outcome[], slack = 0): CellResult {
  const runs = outcomes.length;
  const days = outcomes.flatMap(({ day }) => day ?? []).sort((a, b) => a - b);
  const share = days.length / runs;
  const median = days[Math.ceil(runs / 2) - 1] ?? null;
  const naive = outcomes.filter((outcome) => outcome.naive !== undefined).length / runs;
  const room = (bound: number) => slack * Math.sqrt((bound * (1 - bound)) / runs);
  const { atMost, atLeast, medianAtMost } = cell;
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
  const misses: string[] = [];
  if (atMost !== undefined && share > atMost + room(atMost))
    misses.push(`${percent(share)} is above ${percent(atMost)}`);
  if (atLeast !== undefined && share < atLeast - room(atLeast))
    misses.push(`${percent(share)} is below ${percent(atLeast)}`);
  if (medianAtMost !== undefined && (median === null || median > medianAtMost + (slack > 0 ? 1 : 0))) {
    misses.push(`the median of ${median} days is above ${medianAtMost}`);
  }
  return {
    cell,
    runs,
    share,
    interval: wilson(days.length, runs),
    median,
    days,
    naiveShare: cell.kind === 'promotion' ? naive : null,
    misses,
  };
}

/** 95 % interval of a share; Wilson, JASA 22 (1927) 209. */
function wilson(successes: number, runs: number): [number, number] {
  const z = 1.959964;
  const p = successes / runs;
  const centre = p + (z * z) / (2 * runs);
  const half = z * Math.sqrt((p * (1 - p)) / runs + (z * z) / (4 * runs * runs));
  const scale = 1 + (z * z) / runs;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}
