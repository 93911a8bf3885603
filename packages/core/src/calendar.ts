/** A calendar date in UTC, `YYYY-MM-DD`. Dates compare with `<` because the text sorts as time does. */
export type CalendarDate = string;

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;
/** Years beyond four digits make the text longer, and would sort wrongly. */
const ISO_LENGTH = '2001-02-03T00:00:00.000Z'.length;

/** Whether `text` is a date that exists: `2001-02-30` does not. */
export function isCalendarDate(text: string): boolean {
  if (!PATTERN.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The date `days` after `date` (before, where negative). Throws RangeError outside the years 0 to 9999. */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  const text = new Date((epochDay(date) + days) * DAY_MS).toISOString();
  if (text.length !== ISO_LENGTH) throw new RangeError(`no calendar date: ${date} and ${days} days`);
  return text.slice(0, 10);
}

/** Whole days from `from` to `to`; negative where `to` is earlier. */
export function daysBetween(from: CalendarDate, to: CalendarDate): number {
  return epochDay(to) - epochDay(from);
}

/** Every date from `from` to `to`, both included; empty where `to` is earlier. */
export function datesFrom(from: CalendarDate, to: CalendarDate): CalendarDate[] {
  const count = Math.max(0, daysBetween(from, to) + 1);
  return Array.from({ length: count }, (_, index) => addDays(from, index));
}

function epochDay(date: CalendarDate): number {
  if (!isCalendarDate(date)) throw new RangeError(`not a calendar date: ${JSON.stringify(date)}`);
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}
