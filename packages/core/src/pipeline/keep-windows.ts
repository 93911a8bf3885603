import { type CalendarDate, datesFrom } from '../calendar.ts';
import { day } from '../day.ts';
import type { DayEvent } from '../day-events.ts';
import { fold } from '../decider.ts';
import { knownAsOf } from '../known-as-of.ts';
import type { RolloutState } from '../rollout.ts';
import { projectWindows } from '../windows.ts';
import { loadDates } from './day-steps.ts';
import type { Loaded } from './execute.ts';
import type { KeptWindows, Pipeline } from './ports.ts';
import { reviewWindow } from './review-window.ts';

/**
 * Brings the windows up to the last review: reads the days that a review may still look at and those of the longest
 * rolling window, and adds them to the sum of the older ones. A day that becomes mature after it has left the
 * review's window is in no evidence, and in the windows with the next replay only.
 */
export async function keepWindows(
  pipeline: Pipeline,
  deployment: string,
  { state, version }: Loaded<RolloutState>,
): Promise<void> {
  const { definition, lastReview, startDate } = state;
  if (!definition || !lastReview || startDate === undefined) return;
  const { asOf } = lastReview;
  const dates = reviewWindow(definition.outcomes, startDate, asOf);
  const before = await pipeline.windows.read(deployment);
  // A definition that was revised to wait longer leaves days mature that are newer than its own window.
  const [, to] = [dates.at(-1) ?? '', newestOf(before)].sort();
  if (!to) return;
  const from = before?.settled.before ?? startDate;
  const stored = await loadDates(pipeline, deployment, datesFrom(from, to));
  const days = new Map(
    [...stored].map(([date, events]) => {
      const known = events.map(({ event }) => event as DayEvent);
      return [date, fold(day, knownAsOf(known, asOf))];
    }),
  );
  const windows = projectWindows(days, dates[0] ?? startDate, before?.settled);
  await pipeline.windows.publish(deployment, { version, asOf, ...windows });
}

/** The newest mature date of windows; an empty text where there is none. */
const newestOf = (kept: KeptWindows | undefined): CalendarDate => kept?.windows[0]?.to ?? '';
