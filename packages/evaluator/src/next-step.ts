import { addDays, daysBetween } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import type { NextStep } from '@penumbra/core/history';
import { type Policy, percentOf } from '@penumbra/core/policy-schema';
import { type RolloutState, SHADOW } from '@penumbra/core/rollout';
import type { RolloutReview, SliceEvidence, SliceReview } from '@penumbra/core/rollout-events';
import { sequentialT } from './inference/sequential-t.ts';
import { isProof, proofOf, requiredDays, requiredRows } from './slice-decision.ts';

/** Beyond this a number of days says "not with this effect". */
const FURTHEST_DAYS = 1000;
const DAYS_PER_WEEK = 7;

/** What would have to change before a slice takes its next step. `state` is that after the review. */
export function nextStep(
  definition: Definition,
  state: Pick<RolloutState, 'slices' | 'paused' | 'overridden'>,
  { asOf }: Pick<RolloutReview, 'asOf'>,
  reviewed: SliceReview,
): NextStep {
  const { policy } = definition;
  const after = state.slices[reviewed.slice] ?? SHADOW;
  const next = policy.stages[after.stage];
  if (!next) return { stage: null, percent: null, missing: [], reviews: null, projected: false };
  const { evidence } = reviewed;
  const moved = reviewed.action !== 'hold';
  const days = requiredDays(policy, after.stage) - (moved ? 0 : reviewed.daysInStage);
  const rows = requiredRows(policy, after.stage) - (moved ? 0 : (evidence.stage?.rows ?? 0));
  const selective = definition.outcomeObservableWhen !== undefined;
  const cooledDown = after.rolledBack === null ? asOf : addDays(after.rolledBack, policy.cooldownDays);
  // The first day of a new stage counts once it has matured.
  const matures = addDays(after.since ?? asOf, definition.outcomes.maturityDays);
  const sinceMove = after.stage === 0 ? 0 : Math.max(0, daysBetween(asOf, matures));
  const asksProof = next.needs === 'proof' && !selective;
  const asksPerson = (next.approval === 'manual' || selective) && after.approvedStage <= after.stage;
  const proven = !asksProof || isProof(proofOf(policy, after, { evidence }), policy);
  const blocked =
    state.overridden !== undefined ||
    state.paused !== undefined ||
    asksPerson ||
    reviewed.rule === 'earlier slice first' ||
    evidence.sampleRatio?.mismatch ||
    evidence.reported?.mismatch ||
    (!proven && policy.proof === 'arms' && after.stage > 0) ||
    (next.needs === 'proof' && guardrailsMissing(evidence).length > 0);
  const missing = [
    state.overridden === undefined ? undefined : `a person who resumes the rollout after the override`,
    state.paused === undefined ? undefined : 'a person who resumes the rollout',
    cooledDown > asOf ? `the end of the cooldown, ${cooledDown}` : undefined,
    reviewed.rule === 'earlier slice first' ? 'the slices before it, out of its way' : undefined,
    reviewed.rule === 'data missing' ? 'a date that comes of age and is evidence' : undefined,
    evidence.sampleRatio?.mismatch ? 'the records that an arm lacks' : undefined,
    evidence.reported?.mismatch ? 'an application that serves what the log says' : undefined,
    days > 0 ? `${plural(days, 'more mature day')} in this stage` : undefined,
    rows > 0 ? `${rows.toLocaleString('en-US')} more records in this stage` : undefined,
    asksProof ? proofMissing(policy, after, evidence) : undefined,
    ...(next.needs === 'proof' ? guardrailsMissing(evidence) : []),
    asksPerson ? `a person's approval of stage ${after.stage + 1}` : undefined,
  ];
  return {
    stage: after.stage + 1,
    percent: percentOf(policy, after.stage + 1),
    missing: missing.filter((each) => each !== undefined),
    projected: !proven,
    reviews: blocked
      ? null
      : atLeast([
          days > 0 ? days + sinceMove : 0,
          rows > 0 ? rows / rowsPerDay(evidence) + sinceMove : 0,
          daysBetween(asOf, cooledDown),
          proven ? 0 : daysToProof(evidence, policy),
        ]),
  };
}

/** Reviews until the last of several conditions holds; null where one never does. */
function atLeast(reviews: readonly (number | undefined)[]): number | null {
  const needed = Math.max(1, ...reviews.map((each) => Math.ceil(each ?? Number.POSITIVE_INFINITY)));
  return Number.isFinite(needed) ? needed : null;
}

const rowsPerDay = ({ rows, matureDays }: SliceEvidence): number =>
  matureDays === 0 ? 0 : rows / matureDays;

function proofMissing(
  policy: Policy,
  after: Parameters<typeof proofOf>[1],
  evidence: SliceEvidence,
): string | undefined {
  const verdict = proofOf(policy, after, { evidence });
  if (isProof(verdict, policy)) return undefined;
  if (evidence.meanDifference === null) return 'proof, for which there is no day yet';
  if (policy.proof === 'arms' && after.stage > 0) return 'proof by the arms, side by side';
  const days = daysToProof(evidence, policy);
  if (days === undefined)
    return `proof: with the mean and the spread of today no number of days would be enough`;
  return `${plural(days, 'more mature day')} at this effect`;
}

/**
 * Mature days that proof still takes if mean, spread and autocorrelation stay as they are; undefined where it would
 * take more than 1,000. A projection of the point estimate, not a promise.
 */
export function daysToProof(evidence: SliceEvidence, policy: Policy): number | undefined {
  const { matureDays, meanDifference, standardDeviation, autocorrelation } = evidence;
  if (meanDifference === null || standardDeviation === null) return undefined;
  const threshold = policy.require === 'EXCEEDS' ? 0 : -policy.margin;
  const room = meanDifference - threshold;
  if (room <= 0) return undefined;
  const block = policy.evidenceBy === 'week' ? DAYS_PER_WEEK : 1;
  const alpha = evidence.alpha ?? policy.alpha;
  const phi = policy.evidenceBy === 'week' ? 0 : (autocorrelation ?? 0);
  const proven = (more: number) =>
    sequentialT(valuesOf(Math.floor((matureDays + more) / block), room, standardDeviation), {
      alpha,
      autocorrelation: phi,
    }).lowerBound > 0;
  for (let more = 1; more <= FURTHEST_DAYS; more += 1) if (proven(more)) return more;
  return undefined;
}

/** Numbers with this mean and standard deviation. */
function valuesOf(count: number, mean: number, deviation: number): number[] {
  const even = count - (count % 2);
  const step = even === 0 ? 0 : deviation * Math.sqrt((count - 1) / even);
  return Array.from({ length: count }, (_, index) =>
    index >= even ? mean : index % 2 === 0 ? mean + step : mean - step,
  );
}

function guardrailsMissing({ guardrails = [] }: SliceEvidence): string[] {
  return guardrails
    .filter(({ verdict }) => verdict !== 'MEETS')
    .map(({ metric, margin, upperBound }) =>
      upperBound === null
        ? `days enough for a bound on ${metric}`
        : `${metric} proven to stay within ${margin}: its bound is ${Number(upperBound.toPrecision(3))}`,
    );
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
