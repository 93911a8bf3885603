import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { SliceNumbers } from '@penumbra/core/day-events';
import type { SeededRandom } from '@penumbra/evaluator/inference/seeded-random';
import { START, sliceOf } from '@penumbra/evaluator/virtual-rollout';

/** How the daily mean differences of a simulated challenger behave; in units of their standard deviation. */
export interface DayProcess {
  /** True mean difference, in daily standard deviations. */
  readonly effect: number;
  /** Correlation of a day with the one before. */
  readonly autocorrelation?: number;
  /** Heavy tails instead of normal days: Student's t with 3 degrees of freedom, scaled to a variance of 1. */
  readonly heavyTails?: boolean;
  /** A cycle through the week that adds up to 0, with this amplitude. */
  readonly weeklyCycle?: number;
  /** Rows of a day. `unequal`: half as many on weekends, and some days of a tenth or of three times as many. */
  readonly rows?: 'equal' | 'unequal';
  /** Every row is drawn around its day: correlation of two rows of one day. */
  readonly intraDayCorrelation?: number;
}

const ROWS = 10_000;
/** Monday to Sunday; adds up to 0. */
const WEEK = [0.2, 0.4, 0.5, 0.4, 0.3, -0.8, -1];

/** One run's days, endless: the numbers of a slice on each date. */
export function daysOf(process: DayProcess, random: SeededRandom): () => SliceNumbers {
  const { effect, autocorrelation: phi = 0 } = process;
  let previous = innovation(process, random);
  let index = -1;
  return () => {
    index += 1;
    if (index > 0) previous = phi * previous + Math.sqrt(1 - phi * phi) * innovation(process, random);
    const cycle = (process.weeklyCycle ?? 0) * (WEEK[index % 7] ?? 0);
    const rows = process.rows === 'unequal' ? unequalRows(index, random) : ROWS;
    return sliceOf(rows, effect + cycle + noiseOf(process, previous, rows, random));
  };
}

function innovation({ heavyTails }: DayProcess, random: SeededRandom): number {
  return heavyTails ? random.studentT(3) / Math.sqrt(3) : random.normal();
}

/** The day's shock, and what the rows of the day add to it: the more rows, the less. */
function noiseOf(process: DayProcess, shock: number, rows: number, random: SeededRandom): number {
  const { intraDayCorrelation: rho, rows: unequal } = process;
  if (rho !== undefined) {
    const ofRows = Math.sqrt((1 - rho) / rows) * random.normal();
    return (Math.sqrt(rho) * shock + ofRows) / Math.sqrt(rho + (1 - rho) / ROWS);
  }
  if (unequal !== 'unequal') return shock;
  return Math.SQRT1_2 * (shock + Math.sqrt(ROWS / rows) * random.normal());
}

function unequalRows(index: number, random: SeededRandom): number {
  const weekend = index % 7 > 4 ? 0.5 : 1;
  const draw = random.uniform();
  const odd = draw < 0.05 ? 0.1 : draw > 0.95 ? 3 : 1;
  return Math.round(ROWS * weekend * odd);
}

export const dateOf = (index: number): CalendarDate => addDays(START, index);
