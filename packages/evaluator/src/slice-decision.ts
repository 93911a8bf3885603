import type { Policy } from '@penumbra/core/definition';
import type { RolloutState, SliceRollout } from '@penumbra/core/rollout';
import type { Exposure, SliceEvidence, SliceReview } from '@penumbra/core/rollout-events';

export interface SliceDecision {
  readonly action: SliceReview['action'];
  readonly rule: Rule;
  readonly to: Exposure;
}

/** The rules of the policy, in the order in which they are asked. */
export type Rule =
  | 'overridden'
  | 'harm'
  | 'everything served'
  | 'paused'
  | 'earlier slice first'
  | 'no evidence'
  | 'not enough mature days'
  | 'not proven'
  | 'approval pending'
  | 'proven';

export interface SliceQuestion {
  readonly state: RolloutState;
  readonly policy: Policy;
  readonly current: SliceRollout;
  readonly found: SliceEvidence;
  readonly daysInStage: number;
  readonly riskierMayOpen: boolean;
}

/** One slice, one step at most. Rolling back comes before everything that can hold. */
export function decideSlice({
  state,
  policy,
  current,
  found,
  daysInStage,
  riskierMayOpen,
}: SliceQuestion): SliceDecision {
  const hold = (rule: Rule): SliceDecision => ({
    action: 'hold',
    rule,
    to: { stage: current.stage, percent: current.percent },
  });
  if (found.verdict === 'HARMS' && current.stage > 0) {
    return { action: 'roll-back', rule: 'harm', to: { stage: 0, percent: 0 } };
  }
  if (state.overridden !== undefined) return hold('overridden');
  const next = policy.stages[current.stage];
  if (!next) return hold('everything served');
  if (state.paused !== undefined) return hold('paused');
  if (!riskierMayOpen) return hold('earlier slice first');
  if (found.verdict === 'NOT_ASSESSABLE') return hold('no evidence');
  const needed = requiredDays(policy, current.stage);
  if (daysInStage < needed) return hold('not enough mature days');
  const proven = found.verdict === 'EXCEEDS' || (found.verdict === 'MEETS' && policy.require === 'MEETS');
  if (!proven) return hold('not proven');
  if (next.approval === 'manual' && current.approvedStage <= current.stage) return hold('approval pending');
  return { action: 'promote', rule: 'proven', to: { stage: current.stage + 1, percent: next.percent } };
}

/** Mature days that a stage lasts at least; stage 0 is shadow. */
export function requiredDays(policy: Policy, stage: number): number {
  return stage === 0 ? policy.shadowDays : (policy.stages[stage - 1]?.minDays ?? 0);
}
