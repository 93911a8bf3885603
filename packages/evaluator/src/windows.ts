import type { CalendarDate } from '@penumbra/core/calendar';
import { combine, combineSlices, type DayMetrics, initialize, REST, type Task } from './day-metrics.ts';

/** Mature days of the rolling windows. */
export const ROLLING = [7, 28] as const;
const LONGEST = 28;

/**
 * What is known of many mature days together. A day enters once and is frozen: entering it again changes
 * nothing. Grows with history by a date a day only.
 */
export interface Windows {
  /** The latest mature days, in order of date, at most as many as the longest window. */
  recent: readonly { readonly date: CalendarDate; readonly metrics: DayMetrics }[];
  /** Every date that entered. */
  readonly dates: Set<CalendarDate>;
  sinceStart: DayMetrics;
  /** By slice: the days after the one on which its stage began, `since`; null: from the start. */
  readonly sinceStage: Map<string, StageNumbers>;
}

interface StageNumbers {
  readonly since: CalendarDate | null;
  readonly numbers: Float64Array;
}

export function openWindows(task: Task, slices: readonly string[]): Windows {
  const sinceStart = initialize(task, slices);
  return {
    recent: [],
    dates: new Set(),
    sinceStart,
    sinceStage: new Map(slices.map((name) => [name, { since: null, numbers: combineSlices() }])),
  };
}

/**
 * Adds a mature day: one combination for each cumulative window, whatever the history. False where the date was
 * in already; then nothing changes. The day's state is kept and not changed.
 */
export function addDay(windows: Windows, date: CalendarDate, metrics: DayMetrics): boolean {
  if (windows.dates.has(date)) return false;
  windows.dates.add(date);
  // Days may mature out of order: an earlier one still takes its place in the rolling windows.
  windows.recent = [...windows.recent, { date, metrics }]
    .sort((a, b) => (a.date < b.date ? -1 : 1))
    .slice(-LONGEST);
  windows.sinceStart = combine(windows.sinceStart, metrics);
  for (const [slice, { since, numbers }] of windows.sinceStage) {
    if (since !== null && date <= since) continue;
    const added = combineSlices(numbers, metrics.slices.get(slice));
    windows.sinceStage.set(slice, { since, numbers: added });
  }
  return true;
}

/** A slice entered another stage on a date: what counts for it starts again with the day after. */
export function enterStage(windows: Windows, slice: string, since: CalendarDate): void {
  // Days that matured before the stage was entered may lie after its date; none is older than the longest window.
  const later = windows.recent.filter(({ date }) => date > since);
  const numbers = combineSlices(...later.map(({ metrics }) => metrics.slices.get(slice)));
  windows.sinceStage.set(slice, { since, numbers });
}

/** The latest mature days together, at most `days` of them: as many combinations as the window has days. */
export function rolling({ recent, sinceStart }: Windows, days: (typeof ROLLING)[number]): DayMetrics {
  return recent.slice(-days).reduce(
    (sum, { metrics }) => combine(sum, metrics),
    initialize(
      sinceStart.task,
      [...sinceStart.slices.keys()].filter((name) => name !== REST),
    ),
  );
}
