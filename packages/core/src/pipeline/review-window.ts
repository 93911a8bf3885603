import { addDays, type CalendarDate, datesFrom } from '../calendar.ts';
import type { Definition } from '../definition.ts';

/** Days after the watch in which a review still finds a date that matured late. */
export const SLACK_DAYS = 7;

/** The dates that a review as of `asOf` looks at: old enough to be mature, not so old that they are settled. */
export function reviewWindow(
  { maturityDays, watchDays }: Definition['outcomes'],
  startDate: CalendarDate,
  asOf: CalendarDate,
): CalendarDate[] {
  const to = addDays(asOf, -maturityDays);
  const from = addDays(to, -(watchDays + SLACK_DAYS));
  return datesFrom(from < startDate ? startDate : from, to);
}
