import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import { coverage, type DayState, notAssessable } from '@penumbra/core/day';
import type { Definition, Policy } from '@penumbra/core/definition';
import type { DatedDay } from '@penumbra/core/pipeline/review';
import { type RolloutState, SHADOW } from '@penumbra/core/rollout';
import type { DayEvidence, RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { type DailyMean, weigh } from './evidence.ts';
import { payOff } from './pay-off.ts';
import { sentences } from './review-sentences.ts';
import { decideSlice } from './slice-decision.ts';

/**
 * Reviews a rollout: which days became evidence, what the evidence says of each slice, and the exposure that the
 * policy gives it. Pure: the same state and days always give the same review.
 */
export function review(state: RolloutState, days: readonly DatedDay[], asOf: CalendarDate): RolloutReview {
  const { definition } = state;
  if (!definition) throw new Error('a rollout without a definition cannot be reviewed');
  const known = new Set(state.evidence.map(({ date }) => date));
  const fresh = days.filter(({ date }) => !known.has(date));
  const entered = fresh.flatMap((day) => toEvidence(day));
  const held = fresh
    .filter(({ state: day }) => !day.mature)
    .map(({ date, state: day }) => ({ date, reason: heldReason(definition, day, date, asOf) }));
  const evidence = [...state.evidence, ...entered].sort((a, b) => (a.date < b.date ? -1 : 1));
  return {
    asOf,
    definitionVersion: state.definitionVersion,
    entered,
    held,
    slices: reviewSlices(state, definition, evidence),
  };
}

function toEvidence({ date, state }: DatedDay): DayEvidence[] {
  if (!state.mature) return [];
  const means = Object.entries(state.mature.summary.slices).map(([slice, { labelled, difference }]) => [
    slice,
    { rows: labelled, mean: labelled === 0 ? 0 : difference.sum / labelled },
  ]);
  return [{ date, slices: Object.fromEntries(means) }];
}

function heldReason({ outcomes }: Definition, day: DayState, date: CalendarDate, asOf: CalendarDate): string {
  const barred = notAssessable(day);
  if (barred !== undefined) return barred;
  if (!day.predictions) return 'its transform has not completed';
  if (!day.latest || day.latest.age < outcomes.maturityDays) {
    return `its outcomes are not closed through ${addDays(date, outcomes.maturityDays)}`;
  }
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const last = addDays(date, outcomes.maturityDays + outcomes.watchDays);
  const outlook = asOf < last ? `may still mature until ${last}` : 'given up';
  return `${percent(coverage(day.latest.summary))} of its records have an outcome, below ${percent(outcomes.minCoverage)}; ${outlook}`;
}

function reviewSlices(
  state: RolloutState,
  definition: Definition,
  evidence: readonly DayEvidence[],
): SliceReview[] {
  const reviews: SliceReview[] = [];
  let riskierMayOpen = true;
  for (const { slice } of definition.slices) {
    const current = state.slices[slice] ?? SHADOW;
    const days = evidenceOf(slice, evidence, definition.policy);
    const found = weigh(days, definition.policy);
    const daysInStage = days.filter(({ date }) => current.since === null || date > current.since).length;
    const decision = decideSlice({
      state,
      policy: definition.policy,
      current,
      found,
      daysInStage,
      riskierMayOpen,
    });
    const { currency } = payOff(definition.task);
    reviews.push({
      slice,
      from: { stage: current.stage, percent: current.percent },
      to: decision.to,
      action: decision.action,
      rule: decision.rule,
      reasons: sentences({ decision, evidence: found, policy: definition.policy, currency, daysInStage }),
      evidence: found,
      daysInStage,
    });
    riskierMayOpen = riskierMayOpen && decision.to.stage === definition.policy.stages.length;
  }
  return reviews;
}

/** The days of one slice that are large enough to be evidence, in order of date. */
function evidenceOf(slice: string, evidence: readonly DayEvidence[], { minRowsPerDay }: Policy): DailyMean[] {
  return evidence.flatMap(({ date, slices }) => {
    const day = slices[slice];
    return day && day.rows >= minRowsPerDay ? [{ date, ...day }] : [];
  });
}
