import { type CalendarDate, isCalendarDate } from '@penumbra/core/calendar';
import { InvalidArgumentError } from 'commander';
import { numberList } from './number-list.ts';

/** Parsers of options: each answers the value, or refuses it with what to give instead. */

export function date(text: string): CalendarDate {
  if (isCalendarDate(text)) return text;
  throw new InvalidArgumentError('Give a date that exists, as YYYY-MM-DD.');
}

/** A parser of whole numbers from `least` to `most`. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d{1,10}$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };

/** A parser of numbers from `least` to `most`, both included. */
export const number =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a number from ${least} to ${most}.`);
  };

/** Names with commas between them. */
export function names(text: string): string[] {
  const found = text.split(',').map((name) => name.trim());
  if (found.every((name) => name !== '')) return found;
  throw new InvalidArgumentError('Give names with a comma between two of them.');
}

/** A parser of exactly `count` numbers with commas between them. */
export const numbers =
  (count: number) =>
  (text: string): number[] => {
    const found = numberList(text, count);
    if (found) return found;
    throw new InvalidArgumentError(`Give ${count} numbers with commas between them.`);
  };
