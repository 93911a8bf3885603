import type { CalendarDate } from '@penumbra/core/calendar';
import { daysBetween } from '@penumbra/core/calendar';
import type { Confusion } from '@penumbra/core/day-events';
import { type JudgedDay, RECENT_DAYS } from '@penumbra/core/history';
import { countOf, formatNumber, formatPercent } from './money.ts';

export const AUC_MEANING =
  'how often a positive record scores above a negative one; 0.5 is chance, 1 is perfect';
export const BRIER_MEANING = 'mean squared distance of the score from the outcome; 0 is perfect';

/** Metric states are read for so many dates at once. */
const MOST_DATES = 100;

/** First and last of the mature days that tell what scores are like now; null where there is none. */
export function recentDates(
  days: readonly Pick<JudgedDay, 'date' | 'status'>[],
): { readonly from: CalendarDate; readonly to: CalendarDate } | null {
  const mature = days
    .filter(({ status }) => status === 'mature')
    .slice(-RECENT_DAYS)
    .map(({ date }) => date);
  const to = mature.at(-1);
  const from = mature.find((date) => to !== undefined && daysBetween(date, to) < MOST_DATES);
  return from === undefined || to === undefined ? null : { from, to };
}

/** What the metric states of some days say of the challenger's scores. */
export interface ScoreQuality {
  readonly labelled: number;
  readonly auc: number | null;
  readonly brier: number;
  readonly positives: Pick<Confusion, 'truePositive' | 'falseNegative'>;
}

export interface ScoreMeasure {
  readonly name: string;
  readonly value: string;
  /** What the value is a number of. */
  readonly meaning: string;
}

/** How good the scores of `days` mature days are, each number with its meaning. */
export function scoreMeasures(
  { labelled, auc, brier, positives: { truePositive, falseNegative } }: ScoreQuality,
  days: number,
): ScoreMeasure[] {
  const over = `Over ${countOf(labelled, 'record')} with an outcome, of the last ${countOf(days, 'mature day')}.`;
  const share = labelled === 0 ? 0 : (truePositive + falseNegative) / labelled;
  const always = `To say ${formatPercent(100 * share)} of every record, the share of positive ones, would give ${formatNumber(share * (1 - share), 4)}.`;
  return [
    {
      name: 'AUC',
      value: auc === null ? 'none' : formatNumber(auc, 3),
      meaning: `Area under the ROC curve: ${auc === null ? 'it takes positive and negative records' : AUC_MEANING}. ${over}`,
    },
    {
      name: 'Brier score',
      value: formatNumber(brier, 4),
      meaning: `The ${BRIER_MEANING}. ${always} ${over}`,
    },
  ];
}
