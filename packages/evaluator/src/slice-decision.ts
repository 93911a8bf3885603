import { addDays, type CalendarDate } from '@penumbra/core/calendar';
import type { Definition } from '@penumbra/core/definition';
import { type Policy, percentOf } from '@penumbra/core/policy-schema';
import type { RolloutState, SliceRollout } from '@penumbra/core/rollout';
import type { Exposure, SliceReview, Verdict } from '@penumbra/core/rollout-events';
import type { SliceFindings } from './slice-evidence.ts';

export interface SliceDecision {
  readonly action: SliceReview['action'];
  readonly rule: Rule;
  readonly to: Exposure;
}

/** The rules of the policy, in the order in which they are asked. */
export type Rule =
  | 'harm'
  | 'overridden'
  | 'everything served'
  | 'paused'
  | 'cooldown'
  | 'earlier slice first'
  | 'no evidence'
  | 'data missing'
  | 'sample ratio'
  | 'not enough mature days'
  | 'not enough records'
  | 'guardrail'
  | 'not proven'
  | 'approval pending'
  | 'proven'
  | 'no harm'
  | 'approved';

export interface SliceQuestion {
  readonly asOf: CalendarDate;
  readonly state: RolloutState;
  readonly definition: Definition;
  readonly current: SliceRollout;
  readonly found: SliceFindings;
  /** Whether the day that came of age with this review is evidence: without it nothing is promoted. */
  readonly fresh: boolean;
  /** Whether the slices before this one leave room for it to open. */
  readonly mayOpen: boolean;
}

/**
 * One slice, one step at most. Rolling back comes before everything that can hold: no pause, pending approval or
 * missing data blocks it. The first rollback goes to the stage before, which was safe; a further one to shadow.
 */
export function decideSlice(question: SliceQuestion): SliceDecision {
  const { current, definition, found } = question;
  const { policy } = definition;
  if (found.harm !== undefined && current.stage > 0) {
    const stage = current.rollbacks === 0 ? current.stage - 1 : 0;
    return { action: 'roll-back', rule: 'harm', to: { stage, percent: percentOf(policy, stage) } };
  }
  const held = reasonToHold(question);
  if (held) {
    return { action: 'hold', rule: held, to: { stage: current.stage, percent: current.percent } };
  }
  const stage = current.stage + 1;
  const rule =
    definition.outcomeObservableWhen !== undefined
      ? 'approved'
      : policy.stages[current.stage]?.needs === 'no-harm'
        ? 'no harm'
        : 'proven';
  return { action: 'promote', rule, to: { stage, percent: percentOf(policy, stage) } };
}

function reasonToHold(question: SliceQuestion): Rule | undefined {
  const { asOf, state, definition, current, found, fresh, mayOpen } = question;
  const { policy } = definition;
  const { evidence, daysInStage, rowsInStage } = found;
  const next = policy.stages[current.stage];
  if (state.overridden !== undefined) return 'overridden';
  if (!next) return 'everything served';
  if (state.paused !== undefined) return 'paused';
  if (current.rolledBack !== null && asOf < addDays(current.rolledBack, policy.cooldownDays))
    return 'cooldown';
  if (current.stage === 0 && !mayOpen) return 'earlier slice first';
  if (evidence.verdict === 'NOT_ASSESSABLE') return 'no evidence';
  if (!fresh) return 'data missing';
  if (evidence.sampleRatio?.mismatch || evidence.reported?.mismatch) return 'sample ratio';
  if (daysInStage < requiredDays(policy, current.stage)) return 'not enough mature days';
  if (rowsInStage < requiredRows(policy, current.stage)) return 'not enough records';
  const selective = definition.outcomeObservableWhen !== undefined;
  if (next.needs === 'proof' && evidence.guardrails?.some(({ verdict }) => verdict !== 'MEETS'))
    return 'guardrail';
  const proof = proofOf(policy, current, found);
  // The worst case of what nobody saw is seldom proof; then a person decides, with the worst case before them.
  if (next.needs === 'proof' && !(selective ? proof !== 'HARMS' : isProof(proof, policy)))
    return 'not proven';
  if (next.needs === 'no-harm' && proof === 'HARMS') return 'not proven';
  const manual = next.approval === 'manual' || selective;
  if (manual && current.approvedStage <= current.stage) return 'approval pending';
  return undefined;
}

/** The verdict that a promotion rests on: of the pairs, or of the arms where these are to prove a served stage. */
export function proofOf(
  { proof }: Policy,
  { stage, percent }: Pick<SliceRollout, 'stage' | 'percent'>,
  { evidence }: Pick<SliceFindings, 'evidence'>,
): Verdict {
  const byArms = proof === 'arms' && stage > 0 && percent < 100;
  return byArms ? (evidence.arms?.verdict ?? 'NOT_ASSESSABLE') : evidence.verdict;
}

export const isProof = (verdict: Verdict, { require }: Policy): boolean =>
  verdict === 'EXCEEDS' || (verdict === 'MEETS' && require === 'MEETS');

/** Mature days that a stage lasts at least; stage 0 is shadow. */
export function requiredDays(policy: Policy, stage: number): number {
  return stage === 0 ? policy.shadowDays : (policy.stages[stage - 1]?.minDays ?? 0);
}

/** Records with an outcome that a stage needs at least. */
export function requiredRows(policy: Policy, stage: number): number {
  return policy.stages[stage - 1]?.minRows ?? 0;
}

/**
 * Whether a slice keeps the later ones from opening. By `wait` it does until it has everything. By `skip` only while
 * it is on its way: a slice that is not proven, was rolled back, or has too little data stops nobody.
 */
export function blocksLater(
  { onUnproven, stages }: Policy,
  { stage }: SliceRollout,
  { action, rule, to }: SliceDecision,
): boolean {
  if (to.stage === stages.length) return false;
  if (onUnproven === 'wait') return true;
  if (action === 'promote' || rule === 'approval pending') return true;
  return stage > 0 && (rule === 'not enough mature days' || rule === 'not enough records');
}
