import { addDays, type CalendarDate, daysBetween } from '@penumbra/core/calendar';
import type { Context } from 'hono';
import { problem, refusal } from './answers.ts';

export interface DateRange {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

/**
 * The dates that a request asks for, both included, with what it left out filled in.
 *
 * @throws the refusal, where they are in the wrong order or too many.
 */
export function dateRange(
  c: Context,
  asked: { readonly from?: CalendarDate | undefined; readonly to?: CalendarDate | undefined },
  limits: { readonly yesterday: CalendarDate; readonly days: number; readonly most: number },
): DateRange {
  const { to = limits.yesterday } = asked;
  const { from = addDays(to, 1 - limits.days) } = asked;
  const days = daysBetween(from, to) + 1;
  if (days >= 1 && days <= limits.most) return { from, to };
  const detail = days < 1 ? `from ${from} is after to ${to}` : `${from} to ${to} are ${days} days`;
  const remedy = `Ask for at least one date and at most ${limits.most} at once`;
  throw refusal(c, problem(400, 'Bad request', detail, remedy));
}

export const later = (a: CalendarDate, b: CalendarDate): CalendarDate => (a < b ? b : a);
