import { addDays, type CalendarDate } from './calendar.ts';
import type { DayState } from './day.ts';
import type { SliceNumbers } from './day-events.ts';

/** Days that the rolling windows hold. */
const ROLLING = [7, 28] as const;

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

export interface Window {
  /** `7 days`, `28 days`, or `since start`. */
  readonly window: string;
  readonly from: CalendarDate | null;
  readonly to: CalendarDate | null;
  readonly overall: WindowNumbers;
  readonly slices: Readonly<Record<string, WindowNumbers>>;
}

const NOTHING: WindowNumbers = {
  days: 0,
  rows: 0,
  labelled: 0,
  challenger: 0,
  incumbent: 0,
  difference: 0,
};

/**
 * Rolling windows up to the newest mature date, and all of them since the start. A day counts as it was frozen;
 * what came later is a restatement and moves no window.
 */
export function projectWindows(days: ReadonlyMap<CalendarDate, DayState>): Window[] {
  const mature = [...days].filter(([, { mature }]) => mature).sort(([a], [b]) => (a < b ? -1 : 1));
  const first = mature[0]?.[0] ?? null;
  const to = mature.at(-1)?.[0] ?? null;
  const since = (window: string, from: CalendarDate | null): Window => {
    const slices = new Map<string, WindowNumbers>();
    let overall = NOTHING;
    for (const [date, { mature: frozen }] of mature) {
      if (!frozen || from === null || date < from) continue;
      overall = plus(overall, frozen.summary.overall);
      for (const [slice, numbers] of Object.entries(frozen.summary.slices))
        slices.set(slice, plus(slices.get(slice) ?? NOTHING, numbers));
    }
    return { window, from, to, overall, slices: Object.fromEntries(slices) };
  };
  const rolling = ROLLING.map((length) =>
    since(`${length} days`, to === null ? null : addDays(to, 1 - length)),
  );
  return [...rolling, since('since start', first)];
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
