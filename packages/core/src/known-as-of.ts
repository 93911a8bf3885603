import type { CalendarDate } from './calendar.ts';
import type { DayEvent } from './day-events.ts';

/**
 * The events of a day that a review as of `asOf` may see: none that rests on outcomes landed later. So a review
 * that is made late, or for a past date, comes to what it would have come to on its morning.
 */
export function knownAsOf(events: readonly DayEvent[], asOf: CalendarDate): DayEvent[] {
  return events.filter(({ data }) => !('asOf' in data) || data.asOf === undefined || data.asOf <= asOf);
}
