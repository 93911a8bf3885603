import { BUCKETS, challengerBuckets } from '@penumbra/core/bucketing';
import type { DaySummary, Selective, Stratum } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import { NO_SLICE } from '@penumbra/core/match-slices';
import { cutsOf } from '@penumbra/core/policy-schema';
import { addTo, total } from './compensated-sum.ts';
import { type DistinctUnits, distinctUnits } from './distinct-units.ts';
import type { ComparedRows } from './update.ts';
import { type Worth, worthOfTask } from './worth.ts';

/** Numbers of one stratum: rows, then four sums of two doubles each. */
const CHALLENGER = 1;
const CHALLENGER_SQUARED = 3;
const INCUMBENT = 5;
const INCUMBENT_SQUARED = 7;
const STRATUM_WIDTH = 9;

/** Of a slice where decisions hide outcomes: identified rows and sums, then rows and sums of the worst case. */
const IDENTIFIED = 0;
const IDENTIFIED_SUM = 1;
const IDENTIFIED_SQUARED = 3;
const WORST_ROWS = 5;
const LOWEST = 6;
const HIGHEST = 8;
const SELECTIVE_WIDTH = 10;

/** What a day holds beside its metric state, for evidence of served stages and for outcomes that decisions hide. */
export interface DayArms {
  /** Whether the units are to be read and hashed. */
  readonly needsUnits: boolean;
  /** Takes compared rows; `hashes[row]` is the hash of the row's unit. */
  readonly add: (rows: ComparedRows, hashes: Uint32Array | undefined) => void;
  /** The summary with what was found. */
  readonly complete: (summary: DaySummary) => DaySummary;
}

/**
 * Cuts the units of each slice at every percentage that the policy can set. Which arm decided a record follows later
 * from the percentage of its date; the sums of both decisions are kept on either side of each cut.
 */
export function dayArms(definition: Definition): DayArms {
  const { policy, slices, task, outcomeObservableWhen } = definition;
  const cuts = cutsOf(policy);
  const bounds = Float64Array.from([...cuts, 100], challengerBuckets);
  const worth = worthOfTask(task);
  const values = valuesOf(worth);
  const strata = slices.map(() => new Float64Array(bounds.length * STRATUM_WIDTH));
  const units = slices.map((): DistinctUnits => distinctUnits());
  const selective =
    outcomeObservableWhen === undefined || worth.type === 'regression'
      ? undefined
      : selectiveRows(worth, outcomeObservableWhen === 'acted' ? 1 : 0, slices.length);
  const needsUnits = cuts.length > 0;

  const add: DayArms['add'] = (rows, hashes) => {
    selective?.add(rows);
    if (!needsUnits || !hashes) return;
    const both = { challenger: 0, incumbent: 0 };
    for (let row = 0; row < rows.rows; row += 1) {
      const slice = rows.slice[row] as number;
      if (slice === NO_SLICE) continue;
      const hash = hashes[row] as number;
      (units[slice] as DistinctUnits).add(hash);
      if (!values(rows, row, both)) continue;
      const numbers = strata[slice] as Float64Array;
      const at = stratumOf(hash, bounds) * STRATUM_WIDTH;
      numbers[at] = (numbers[at] as number) + 1;
      addTo(numbers, at + CHALLENGER, both.challenger);
      addTo(numbers, at + CHALLENGER_SQUARED, both.challenger * both.challenger);
      addTo(numbers, at + INCUMBENT, both.incumbent);
      addTo(numbers, at + INCUMBENT_SQUARED, both.incumbent * both.incumbent);
    }
  };

  const strataOf = (slice: number): Stratum[] => {
    const counted = new Uint32Array(bounds.length);
    for (const hash of (units[slice] as DistinctUnits).hashes()) {
      const stratum = stratumOf(hash, bounds);
      counted[stratum] = (counted[stratum] as number) + 1;
    }
    const numbers = strata[slice] as Float64Array;
    return [...cuts, 100].map((upTo, stratum) => {
      const at = stratum * STRATUM_WIDTH;
      return {
        upTo,
        units: counted[stratum] as number,
        rows: numbers[at] as number,
        challenger: {
          sum: total(numbers, at + CHALLENGER),
          sumOfSquares: total(numbers, at + CHALLENGER_SQUARED),
        },
        incumbent: {
          sum: total(numbers, at + INCUMBENT),
          sumOfSquares: total(numbers, at + INCUMBENT_SQUARED),
        },
      };
    });
  };

  return {
    needsUnits,
    add,
    complete: (summary) => ({
      ...summary,
      slices: Object.fromEntries(
        Object.entries(summary.slices).map(([name, numbers]) => {
          const slice = slices.findIndex((each) => each.slice === name);
          const extra = {
            ...(needsUnits ? { strata: strataOf(slice) } : {}),
            ...(selective ? { selective: selective.of(slice) } : {}),
          };
          return [name, slice < 0 ? numbers : { ...numbers, ...extra }];
        }),
      ),
    }),
  };
}

function stratumOf(hash: number, bounds: Float64Array): number {
  const bucket = Math.floor((hash * BUCKETS) / 2 ** 32);
  let stratum = 0;
  while (bucket >= (bounds[stratum] as number)) stratum += 1;
  return stratum;
}

type Both = { challenger: number; incumbent: number };

/** Writes what both decisions were worth; false where prediction or outcome is missing. */
function valuesOf(worth: Worth): (rows: ComparedRows, row: number, into: Both) => boolean {
  if (worth.type === 'regression') {
    const { perUnitOver, perUnitUnder } = worth;
    const value = (error: number) => (error >= 0 ? -error * perUnitOver : error * perUnitUnder);
    return (rows, row, into) => {
      const label = rows.label[row] as number;
      into.challenger = value((rows.score[row] as number) - label);
      into.incumbent = value((rows.incumbent[row] as number) - label);
      return !Number.isNaN(into.challenger);
    };
  }
  const { cells, threshold } = worth;
  return (rows, row, into) => {
    const label = rows.label[row] as number;
    const score = rows.score[row] as number;
    if (!(label >= 0 && score >= 0)) return false;
    into.challenger = worthOf(cells, score >= threshold ? 1 : 0, label, rows, row);
    into.incumbent = worthOf(cells, rows.incumbent[row] as number, label, rows, row);
    return true;
  };
}

function worthOf(
  cells: Float64Array,
  decision: number,
  label: number,
  { amount, money }: ComparedRows,
  row: number,
): number {
  const at = 3 * (2 * decision + label);
  return (
    (cells[at] as number) +
    (cells[at + 1] as number) * (amount[row] as number) +
    (cells[at + 2] as number) * (money[row] as number)
  );
}

/** Rows where the decision taken hides the outcome: see `selective` of the day's events. */
function selectiveRows(
  { cells, threshold }: Extract<Worth, { type: 'binary-classification' }>,
  shows: number,
  slices: number,
): { add: (rows: ComparedRows) => void; of: (slice: number) => Selective } {
  const perSlice = Array.from({ length: slices }, () => new Float64Array(SELECTIVE_WIDTH));
  const unseenMoney = [2, 5, 8, 11].some((at) => cells[at] !== 0);
  const add = (rows: ComparedRows) => {
    for (let row = 0; row < rows.rows; row += 1) {
      const slice = rows.slice[row] as number;
      const score = rows.score[row] as number;
      if (slice === NO_SLICE || !(score >= 0)) continue;
      const numbers = perSlice[slice] as Float64Array;
      const challenger = score >= threshold ? 1 : 0;
      const incumbent = rows.incumbent[row] as number;
      const label = rows.label[row] as number;
      const difference = (of: number) =>
        worthOf(cells, challenger, of, rows, row) - worthOf(cells, incumbent, of, rows, row);
      if (label >= 0) {
        const known = difference(label);
        if (challenger === shows && incumbent === shows) {
          numbers[IDENTIFIED] = (numbers[IDENTIFIED] as number) + 1;
          addTo(numbers, IDENTIFIED_SUM, known);
          addTo(numbers, IDENTIFIED_SQUARED, known * known);
        }
        numbers[WORST_ROWS] = (numbers[WORST_ROWS] as number) + 1;
        addTo(numbers, LOWEST, known);
        addTo(numbers, HIGHEST, known);
      } else if (incumbent !== shows) {
        const [one, other] = [difference(0), difference(1)];
        numbers[WORST_ROWS] = (numbers[WORST_ROWS] as number) + 1;
        addTo(numbers, LOWEST, Math.min(one, other));
        addTo(numbers, HIGHEST, Math.max(one, other));
      }
    }
  };
  const of = (slice: number): Selective => {
    const numbers = perSlice[slice] as Float64Array;
    const sum = (at: number) => total(numbers, at);
    return {
      identified: {
        rows: numbers[IDENTIFIED] as number,
        sum: sum(IDENTIFIED_SUM),
        sumOfSquares: sum(IDENTIFIED_SQUARED),
      },
      worstCase: unseenMoney
        ? null
        : { rows: numbers[WORST_ROWS] as number, lowest: sum(LOWEST), highest: sum(HIGHEST) },
    };
  };
  return { add, of };
}
