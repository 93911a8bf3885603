import type { Confusion, SliceNumbers } from '@penumbra/core/day-events';
import type { Cumulative } from '@penumbra/core/history';

type Arm = SliceNumbers['challenger'];

/** Numbers of mature days added up. Without AUC: that takes the histograms of the metric states. */
export function cumulativeOf(days: readonly SliceNumbers[]): Cumulative {
  const sum = (of: (day: SliceNumbers) => number | undefined) =>
    days.reduce((total, day) => total + (of(day) ?? 0), 0);
  const labelled = sum((day) => day.labelled);
  const per = (of: (day: SliceNumbers) => number | undefined) => sum(of) / labelled;
  const perScore = (measure: 'brier' | 'logLoss') =>
    labelled > 0 && days.some((day) => day[measure] !== undefined) ? per((day) => day[measure]) : null;
  const both = <Value>(of: (arm: 'challenger' | 'incumbent') => Value) => ({
    challenger: of('challenger'),
    incumbent: of('incumbent'),
  });
  const cells = (arm: 'challenger' | 'incumbent'): Confusion => ({
    truePositive: sum((day) => day[arm].confusion?.truePositive),
    falsePositive: sum((day) => day[arm].confusion?.falsePositive),
    falseNegative: sum((day) => day[arm].confusion?.falseNegative),
    trueNegative: sum((day) => day[arm].confusion?.trueNegative),
  });
  const has = (field: keyof Arm) =>
    labelled > 0 && days.some(({ challenger }) => challenger[field] !== undefined);
  return {
    days: days.length,
    rows: sum((day) => day.rows),
    labelled,
    auc: null,
    brier: perScore('brier'),
    logLoss: perScore('logLoss'),
    confusion: has('confusion') ? both(cells) : null,
    error: has('absoluteError')
      ? both((arm) => ({
          meanAbsolute: per((day) => day[arm].absoluteError),
          rootMeanSquared: Math.sqrt(per((day) => day[arm].squaredError)),
        }))
      : null,
    valuePerRecord: labelled > 0 ? both((arm) => per((day) => day[arm].value)) : null,
  };
}
