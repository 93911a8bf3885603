import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import { coverage, type DayState, notAssessable } from '@penumbra/core/day';
import type { Definition } from '@penumbra/core/definition';
import type { DatedDay } from '@penumbra/core/pipeline/review';
import { type RolloutState, SHADOW } from '@penumbra/core/rollout';
import type { DayEvidence, ReportedDay, RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { toWellFormed } from '@penumbra/core/well-formed';
import { dayEvidence, ofThisChallenger } from './day-evidence.ts';
import { payOff } from './pay-off.ts';
import { sentences } from './review-sentences.ts';
import { blocksLater, decideSlice } from './slice-decision.ts';
import { findSlice } from './slice-evidence.ts';

/**
 * Reviews a rollout: which days became evidence, what the evidence says of each slice, and the exposure that the
 * policy gives it. `reported` is what production said of dates that no review has compared yet. Pure: the same state,
 * days and reports always give the same review.
 */
export function review(
  state: RolloutState,
  days: readonly DatedDay[],
  asOf: CalendarDate,
  reported: readonly ReportedDay[] = [],
): RolloutReview {
  const { definition } = state;
  if (!definition) throw new Error('a rollout without a definition cannot be reviewed');
  const known = new Set(state.evidence.map(({ date }) => date));
  const unknown = days.filter(({ date }) => !known.has(date));
  const entered = unknown
    .filter((day) => ofThisChallenger(state, day))
    .flatMap((day) => dayEvidence(state, definition, day) ?? []);
  const entering = new Set(entered.map(({ date }) => date));
  const held = unknown
    .filter(({ date }) => !entering.has(date))
    .map((day) => ({ date: day.date, reason: toWellFormed(heldReason(state, definition, day, asOf)) }));
  const all = [...state.evidence, ...entered].sort((a, b) => (a.date < b.date ? -1 : 1));
  return {
    asOf,
    definitionVersion: state.definitionVersion,
    entered,
    held,
    ...(reported.length > 0 ? { reported: [...reported] } : {}),
    slices: reviewSlices(
      state,
      definition,
      { evidence: all, lastReported: reported.at(-1) ?? state.lastReported },
      asOf,
    ),
  };
}

function heldReason(
  state: RolloutState,
  { outcomes }: Definition,
  dated: DatedDay,
  asOf: CalendarDate,
): string {
  const { date, state: day }: { date: CalendarDate; state: DayState } = dated;
  const barred = notAssessable(day);
  if (barred !== undefined) return barred;
  if (!day.predictions) return 'its transform has not completed';
  if (!ofThisChallenger(state, dated)) return 'it was scored before the challenger was revised';
  if (!day.latest || day.latest.age < outcomes.maturityDays) {
    return `its outcomes are not closed through ${addDays(date, outcomes.maturityDays)}`;
  }
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const last = addDays(date, outcomes.maturityDays + outcomes.watchDays);
  const outlook = asOf < last ? `may still mature until ${last}` : 'given up';
  return `${percent(coverage(day.latest.summary))} of its records have an outcome, below ${percent(outcomes.minCoverage)}; ${outlook}`;
}

/** What the state holds, and what comes to it with this review. */
interface Known {
  readonly evidence: readonly DayEvidence[];
  readonly lastReported: ReportedDay | undefined;
}

function reviewSlices(
  state: RolloutState,
  definition: Definition,
  { evidence, lastReported }: Known,
  asOf: CalendarDate,
): SliceReview[] {
  const { policy, outcomes } = definition;
  const due = addDays(asOf, -outcomes.maturityDays);
  const fresh = evidence.some(({ date }) => date === due);
  const { currency } = payOff(definition.task);
  const reviews: SliceReview[] = [];
  let mayOpen = true;
  for (const { slice } of definition.slices) {
    const current = state.slices[slice] ?? SHADOW;
    const found = findSlice(slice, definition, current, evidence, lastReported, asOf);
    const decision = decideSlice({ asOf, state, definition, current, found, fresh, mayOpen });
    reviews.push({
      slice,
      from: { stage: current.stage, percent: current.percent },
      to: decision.to,
      action: decision.action,
      rule: decision.rule,
      reasons: sentences({ decision, found, definition, current, currency, due }),
      evidence: found.evidence,
      daysInStage: found.daysInStage,
    });
    mayOpen = mayOpen && !blocksLater(policy, current, decision);
  }
  return reviews;
}
