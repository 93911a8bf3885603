import type { Guardrail, Policy } from '@penumbra/core/policy-schema';
import type { GuardrailEvidence } from '@penumbra/core/rollout-events';
import { type DatedSliceDay, type Levels, verdictOf, weighDays } from './evidence.ts';
import { empiricalBernstein } from './inference/empirical-bernstein.ts';
import { populationStabilityIndex } from './population-stability.ts';

interface Weighed {
  readonly rows: number;
  readonly value: number;
}

/**
 * Whether the daily mean of a metric stays within its margin: MEETS where it is proven to, HARMS where it is proven
 * not to. Metrics are less when they are better.
 */
export function weighGuardrail(
  { metric, margin }: Guardrail,
  days: readonly DatedSliceDay[],
  baseline: readonly number[] | undefined,
  levels: Levels,
  evidenceBy: Policy['evidenceBy'],
): GuardrailEvidence {
  const values = days.flatMap((day): Weighed[] => {
    const value = metric === 'drift' ? driftOf(day, baseline) : day.metrics?.[metric];
    return value === undefined ? [] : [{ rows: day.rows, value }];
  });
  const described = { metric, margin, matureDays: values.length };
  if (values.length === 0) {
    return { ...described, mean: null, lowerBound: null, upperBound: null, verdict: 'NOT_ASSESSABLE' };
  }
  const { mean, lowerBound, upperBound } =
    metric === 'transformFailures' ? bounded(values, levels) : room(values, margin, levels, evidenceBy);
  // The room below the margin is what a value is above minus its margin: the same question, the sign turned.
  const verdict = verdictOf(
    {
      lowerBound: upperBound === null ? null : margin - upperBound,
      upperBound: lowerBound === null ? null : margin - lowerBound,
    },
    0,
    values.length,
  );
  return {
    ...described,
    mean,
    lowerBound,
    upperBound,
    verdict: verdict === 'EXCEEDS' ? 'MEETS' : verdict,
  };
}

function room(
  values: readonly Weighed[],
  margin: number,
  levels: Levels,
  evidenceBy: Policy['evidenceBy'],
): { mean: number | null; lowerBound: number | null; upperBound: number | null } {
  const found = weighDays(
    values.map(({ rows, value }) => ({ rows, value: margin - value })),
    levels,
    evidenceBy,
  );
  const turned = (value: number | null) => (value === null ? null : margin - value);
  return {
    mean: turned(found.mean),
    lowerBound: turned(found.upperBound),
    upperBound: turned(found.lowerBound),
  };
}

/** Failures are rare and never normal: bounds that ask no more than that a share lies between 0 and 1. */
function bounded(
  values: readonly Weighed[],
  { alpha, harmAlpha }: Levels,
): { mean: number; lowerBound: number; upperBound: number } {
  const shares = values.map(({ value }) => value);
  const found = empiricalBernstein(shares, { alpha });
  return {
    mean: found.mean,
    lowerBound: empiricalBernstein(shares, { alpha: harmAlpha }).lowerBound,
    upperBound: found.upperBound,
  };
}

function driftOf({ scores }: DatedSliceDay, baseline: readonly number[] | undefined): number | undefined {
  return scores && baseline ? populationStabilityIndex(scores, baseline) : undefined;
}

/** Scores of the days in shadow together: what a drift is measured against. */
export function scoreBaseline(days: readonly DatedSliceDay[]): readonly number[] | undefined {
  const known = days.flatMap(({ scores }) => (scores ? [scores] : []));
  const [first] = known;
  return first?.map((_, bin) => known.reduce((sum, scores) => sum + (scores[bin] ?? 0), 0));
}
