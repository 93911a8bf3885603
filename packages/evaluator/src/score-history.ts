import type { ScoreBins, SliceNumbers } from '@penumbra/core/day-events';
import { RECENT_DAYS, type ScoreHistory } from '@penumbra/core/history';
import { populationStabilityIndex } from './population-stability.ts';

/** How the scores lie over mature days, `baselineDays` of which are what drift is measured against. */
export function scoreHistory(days: readonly SliceNumbers[], baselineDays: number): ScoreHistory | null {
  const bins = days.flatMap(({ scoreBins }) => scoreBins ?? []);
  if (bins.length === 0) return null;
  const baseline = added(bins.slice(0, baselineDays).map(({ rows }) => rows));
  const recent = added(bins.slice(-RECENT_DAYS).map(({ rows }) => rows));
  return {
    all: {
      rows: added(bins.map(({ rows }) => rows)),
      scores: added(bins.map(({ scores }) => scores)),
      positives: added(bins.map(({ positives }) => positives)),
    },
    baseline,
    recent,
    drift: driftOf(recent, baseline),
  };
}

/** Population stability index of a day's or a period's scores against the baseline's; null without rows of either. */
export function driftOf(rows: ScoreBins['rows'], baseline: readonly number[]): number | null {
  const some = (of: readonly number[]) => of.some((count) => count > 0);
  return some(rows) && some(baseline) ? populationStabilityIndex(rows, baseline) : null;
}

function added(lists: readonly (readonly number[])[]): number[] {
  const [first = []] = lists;
  return first.map((_, bin) => lists.reduce((sum, list) => sum + (list[bin] ?? 0), 0));
}
