import type { NextStep } from '@penumbra/core/history';
import type { RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { nextStep } from '@penumbra/evaluator/next-step';
import { payOff } from '@penumbra/evaluator/pay-off';
import type { viewDeployment } from '@penumbra/functions/api/deployment-view';

export type DeploymentView = ReturnType<typeof viewDeployment>;

/** Where a slice stands, what the last review found, and what comes next; money per record. */
export interface SliceStatus {
  readonly slice: string;
  /** 0 is shadow; 1 the first stage of the policy. */
  readonly stage: number;
  readonly percent: number;
  /** Null before the first review. */
  readonly reviewed: Pick<SliceReview, 'action' | 'rule' | 'reasons'> | null;
  readonly evidence: Pick<
    SliceReview['evidence'],
    'verdict' | 'matureDays' | 'rows' | 'meanDifference' | 'lowerBound' | 'upperBound'
  > | null;
  readonly next: NextStep | null;
}

/** Where a deployment stands, on a page. */
export interface DeploymentStatus
  extends Pick<
    DeploymentView,
    'deployment' | 'definitionVersion' | 'startDate' | 'asOf' | 'paused' | 'overridden' | 'evidenceDays'
  > {
  readonly currency: string;
  /** Days that were old enough as of the last review, and are no evidence. */
  readonly held: RolloutReview['held'];
  readonly slices: readonly SliceStatus[];
}

/** The status of a deployment, from how it is seen and its last review. */
export function statusOf(view: DeploymentView, review: RolloutReview | undefined): DeploymentStatus {
  const { definition, deployment, definitionVersion, startDate, asOf, paused, overridden, evidenceDays } =
    view;
  const state = {
    slices: Object.fromEntries(view.slices.map(({ slice, ...rollout }) => [slice, rollout])),
    ...(paused === null ? {} : { paused }),
    ...(overridden === null ? {} : { overridden }),
  };
  const stands = { deployment, definitionVersion, startDate, asOf, paused, overridden, evidenceDays };
  return {
    ...stands,
    currency: payOff(definition.task).currency,
    held: review?.held ?? [],
    slices: view.slices.map(({ slice, stage, percent }) => {
      const reviewed = review?.slices.find((each) => each.slice === slice);
      if (!review || !reviewed) return { slice, stage, percent, reviewed: null, evidence: null, next: null };
      const { action, rule, reasons, evidence } = reviewed;
      const { verdict, matureDays, rows, meanDifference, lowerBound, upperBound } = evidence;
      return {
        slice,
        stage,
        percent,
        reviewed: { action, rule, reasons },
        evidence: { verdict, matureDays, rows, meanDifference, lowerBound, upperBound },
        next: nextStep(definition, state, review, reviewed),
      };
    }),
  };
}
