import { addDays, type CalendarDate } from './calendar.ts';
import type { Definition } from './definition.ts';

/** Steps after maturity, in days; they grow so that a long watch costs few evaluations. */
const WATCH_STEPS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987];

export interface Look {
  /** Age in days of the date when it is looked at. */
  readonly age: number;
  /** Outcomes landed up to this date, itself included, are in the look. */
  readonly asOf: CalendarDate;
  readonly kind: 'provisional' | 'maturity' | 'watch';
}

/**
 * Every look at `date`, in order: provisional ages below maturity, maturity, and the watch after it. A bounded
 * number, whatever the maturity.
 */
export function looksAt(date: CalendarDate, outcomes: Definition['outcomes']): Look[] {
  const { maturityDays, watchDays, provisionalAges } = outcomes;
  const look = (age: number, kind: Look['kind']): Look => ({ age, asOf: addDays(date, age), kind });
  const provisional = [...new Set(provisionalAges)].filter((age) => age < maturityDays).sort((a, b) => a - b);
  const steps = WATCH_STEPS.filter((step) => step < watchDays);
  const watch = watchDays > 0 ? [...steps, watchDays] : [];
  return [
    ...provisional.map((age) => look(age, 'provisional')),
    look(maturityDays, 'maturity'),
    ...watch.map((step) => look(maturityDays + step, 'watch')),
  ];
}
