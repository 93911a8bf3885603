import type { CalendarDate } from '@penumbra/core/calendar';
import type { Policy } from '@penumbra/core/definition';
import type { SliceEvidence, Verdict } from '@penumbra/core/rollout-events';
import { sequentialT } from './inference/sequential-t.ts';

/** One day of one slice: the mean difference per labelled row, challenger minus incumbent, in the currency. */
export interface DailyMean {
  readonly date: CalendarDate;
  readonly rows: number;
  readonly mean: number;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * What the days say about a slice. The unit of evidence is the day: rows of one day share weather, prices and
 * outages. Bounds hold at all looks together, each at the policy's alpha.
 */
export function weigh(days: readonly DailyMean[], { alpha, margin }: Policy): SliceEvidence {
  const rows = days.reduce((sum, day) => sum + day.rows, 0);
  if (days.length === 0) {
    return {
      matureDays: 0,
      rows,
      meanDifference: null,
      lowerBound: null,
      upperBound: null,
      standardDeviation: null,
      autocorrelation: null,
      effectiveDays: null,
      verdict: 'NOT_ASSESSABLE',
    };
  }
  const found = sequentialT(
    days.map(({ mean }) => mean + margin),
    { alpha },
  );
  const lowerBound = found.lowerBound - margin;
  const upperBound = found.upperBound - margin;
  return {
    matureDays: days.length,
    rows,
    meanDifference: found.mean - margin,
    lowerBound: finite(lowerBound),
    upperBound: finite(upperBound),
    standardDeviation: finite(found.standardDeviation),
    autocorrelation: finite(found.autocorrelation),
    effectiveDays: finite(found.effectiveDays),
    verdict: verdictOf(lowerBound, upperBound, margin),
  };
}

function verdictOf(lowerBound: number, upperBound: number, margin: number): Verdict {
  if (lowerBound > 0) return 'EXCEEDS';
  if (lowerBound > -margin) return 'MEETS';
  if (upperBound < -margin) return 'HARMS';
  return 'INCONCLUSIVE';
}
