import type { CalendarDate } from '@penumbra/core/calendar';
import type { JudgedDay } from '@penumbra/core/history';

/** What mature days would have cost with so much traffic each. Money, in the currency of the deployment. */
export interface Risk {
  readonly days: number;
  readonly losingDays: number;
  /** The day that would have cost most; null where none would have cost anything. */
  readonly worst: { readonly date: CalendarDate; readonly money: number } | null;
}

/** Plays the mature days again with the percentages of `percents`, by slice; a slice left out stays in shadow. */
export function riskAt(days: readonly JudgedDay[], percents: Readonly<Record<string, number>>): Risk {
  const outcomes = days
    .filter(({ status }) => status === 'mature')
    .map(({ date, slices }) => ({
      date,
      money: Object.entries(slices).reduce(
        (sum, [slice, { rows, meanDifference }]) =>
          sum + rows * (meanDifference ?? 0) * ((percents[slice] ?? 0) / 100),
        0,
      ),
    }));
  const losing = outcomes.filter(({ money }) => money < 0);
  const worst = losing.reduce<Risk['worst']>(
    (least, day) => (least === null || day.money < least.money ? day : least),
    null,
  );
  return { days: outcomes.length, losingDays: losing.length, worst };
}
