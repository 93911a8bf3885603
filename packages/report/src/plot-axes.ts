import { addDays, type CalendarDate, daysBetween } from '@penumbra/core/calendar';
import { moneyTickFormat } from './money.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_STEPS = [1, 2, 7, 14];
const MONTH_STEPS = [1, 2, 3, 6, 12, 24];

/** A scale's extent and its ticks; `step` apart. */
export interface Ticks {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly step: number;
}

/** Round ticks for the range of `values`, about `count` of them, the range widened to hold them. */
export function niceTicks(values: readonly number[], count: number): Ticks {
  const finite = values.filter(Number.isFinite);
  let low = Math.min(...finite, 0);
  let high = Math.max(...finite, 0);
  if (low === high) {
    low -= 1;
    high += 1;
  }
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const from = Math.floor(low / step + 1e-9);
  const to = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: to - from + 1 }, (_, index) => (from + index) * step);
  return { domain: [from * step, to * step], ticks, step };
}

/** A vertical axis of money for Plot: ticks, their text, and the width that the text takes. */
export function moneyAxis(currency: string, values: readonly number[], count: number) {
  const { domain, ticks, step } = niceTicks(values, count);
  const format = moneyTickFormat(currency, step, Math.max(...domain.map(Math.abs)));
  const longest = Math.max(...ticks.map((tick) => format(tick).length));
  return { domain, ticks, format, margin: 14 + Math.ceil(longest * 6.6) };
}

/** Midnight of a calendar date, as Plot's time scale takes it. */
export function at(date: CalendarDate): Date {
  return new Date(`${date}T00:00:00Z`);
}

/** A horizontal axis of dates for Plot: at most `count` ticks on round dates. */
export function dateAxis(from: CalendarDate, to: CalendarDate, count: number) {
  // A day or two would stretch over the whole width.
  const pad = daysBetween(from, to) < 4 ? 2 : 0;
  const [first, last] = [addDays(from, -pad), addDays(to, pad)];
  const dates = tickDates(first, last, Math.max(2, count));
  const label = (date: Date, index: number) => {
    const iso = date.toISOString();
    const text = `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}`;
    const before = dates[index - 1];
    return before?.slice(0, 4) === iso.slice(0, 4) ? text : `${text}\n${iso.slice(0, 4)}`;
  };
  return { domain: [at(first), at(last)] as const, ticks: dates.map(at), format: label };
}

function tickDates(from: CalendarDate, to: CalendarDate, count: number): CalendarDate[] {
  const span = daysBetween(from, to);
  const days = DAY_STEPS.find((step) => span / step < count);
  if (days !== undefined) {
    return Array.from({ length: Math.floor(span / days) + 1 }, (_, index) => addDays(from, index * days));
  }
  const months = MONTH_STEPS.find((step) => span / (step * 30.44) < count) ?? 60;
  const [year = 0, month = 1] = from.split('-').map(Number);
  const firsts: CalendarDate[] = [];
  for (let index = Math.ceil((month - 1) / months) * months; ; index += months) {
    const date = `${year + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-01`;
    if (date > to) return firsts;
    if (date >= from) firsts.push(date);
  }
}
