import { isCalendarDate } from '@penumbra/core/calendar';
import { InvalidArgumentError } from 'commander';

/** An instant; a date is its end, in UTC. */
export function instant(text: string): string {
  if (isCalendarDate(text)) return `${text}T23:59:59.999Z`;
  if (/^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)))
    return new Date(text).toISOString();
  throw new InvalidArgumentError('Give a date as YYYY-MM-DD, or an instant such as 2026-03-01T06:00:00Z.');
}
