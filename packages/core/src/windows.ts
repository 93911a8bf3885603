import { addDays, type CalendarDate } from './calendar.ts';
import type { DayState, Evaluated } from './day.ts';
import type { SliceNumbers } from './day-events.ts';

/** Days that the rolling windows hold. */
const ROLLING = [7, 28] as const;
const LONGEST = 28;

/** Sums over the mature days of a window; money in the currency of the definition. */
export interface WindowNumbers {
  readonly days: number;
  readonly rows: number;
  readonly labelled: number;
  readonly challenger: number;
  readonly incumbent: number;
  /** Sum of value(challenger) - value(incumbent). */
  readonly difference: number;
}

/** Numbers of all records, and of each slice. */
interface Totals {
  readonly overall: WindowNumbers;
  readonly slices: Readonly<Record<string, WindowNumbers>>;
}

export interface Window extends Totals {
  /** `7 days`, `28 days`, or `since start`. */
  readonly window: string;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
}

/** Mature days that are in no rolling window any more and that no review will look at: only their sum is kept. */
export interface SettledDays extends Totals {
  /** The dates before this one are settled; null where none is. */
  readonly before: CalendarDate | null;
  /** The first and last date that is in the sum. */
  readonly first: CalendarDate | null;
  readonly last: CalendarDate | null;
}

export interface Windows {
  readonly windows: readonly Window[];
  readonly settled: SettledDays;
}

const NO_NUMBERS: WindowNumbers = {
  days: 0,
  rows: 0,
  labelled: 0,
  challenger: 0,
  incumbent: 0,
  difference: 0,
};
const NO_TOTALS: Totals = { overall: NO_NUMBERS, slices: {} };
const NOTHING_SETTLED: SettledDays = { before: null, first: null, last: null, ...NO_TOTALS };

type MatureDay = readonly [CalendarDate, Evaluated];

/**
 * Rolling windows up to the newest mature date, and all of them since the start. A day counts as it was frozen;
 * what came later is a restatement and moves no window. Given what was settled before, only the days from then on are
 * looked at, and the sums are the same to the last bit: days are added in order of date either way.
 *
 * `open` is the first date that may still become mature; days before it may settle.
 */
export function projectWindows(
  days: ReadonlyMap<CalendarDate, DayState>,
  open: CalendarDate,
  before: SettledDays = NOTHING_SETTLED,
): Windows {
  const mature = [...days]
    .flatMap(([date, { mature: frozen }]): MatureDay[] => (frozen ? [[date, frozen]] : []))
    .filter(([date]) => before.before === null || date >= before.before)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const first = before.first ?? mature[0]?.[0] ?? null;
  const to = mature.at(-1)?.[0] ?? before.last;
  const rolling = ROLLING.map((length): Window => {
    const from = to === null ? null : addDays(to, 1 - length);
    const within = mature.filter(([date]) => from !== null && date >= from);
    return { window: `${length} days`, from, to, ...plusDays(NO_TOTALS, within) };
  });
  const since: Window = { window: 'since start', from: first, to, ...plusDays(before, mature) };
  const settled = to === null ? before : settle(before, mature, addDays(to, 1 - LONGEST), open);
  return { windows: [...rolling, since], settled };
}

function settle(
  before: SettledDays,
  mature: readonly MatureDay[],
  rollingFrom: CalendarDate,
  open: CalendarDate,
): SettledDays {
  const until = rollingFrom < open ? rollingFrom : open;
  if (before.before !== null && until <= before.before) return before;
  const old = mature.filter(([date]) => date < until);
  return {
    before: until,
    first: before.first ?? old[0]?.[0] ?? null,
    last: old.at(-1)?.[0] ?? before.last,
    ...plusDays(before, old),
  };
}

function plusDays({ overall, slices }: Totals, days: readonly MatureDay[]): Totals {
  const bySlice = new Map(Object.entries(slices));
  let all = overall;
  for (const [, { summary }] of days) {
    all = plus(all, summary.overall);
    for (const [slice, numbers] of Object.entries(summary.slices))
      bySlice.set(slice, plus(bySlice.get(slice) ?? NO_NUMBERS, numbers));
  }
  return { overall: all, slices: Object.fromEntries(bySlice) };
}

function plus(sum: WindowNumbers, day: SliceNumbers): WindowNumbers {
  return {
    days: sum.days + 1,
    rows: sum.rows + day.rows,
    labelled: sum.labelled + day.labelled,
    challenger: sum.challenger + day.challenger.value,
    incumbent: sum.incumbent + day.incumbent.value,
    difference: sum.difference + day.difference.sum,
  };
}
