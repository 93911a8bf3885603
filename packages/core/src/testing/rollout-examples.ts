import type { RolloutEvent, RolloutReview, SliceEvidence, SliceReview } from '../rollout-events.ts';
import { exampleDefinition } from './example-definition.ts';

/** A rollout as its specification tells it: reviews that move one slice, and the events of people. */

const evidence: SliceEvidence = {
  matureDays: 21,
  rows: 4200,
  meanDifference: 1.25,
  lowerBound: 0.5,
  upperBound: 2,
  standardDeviation: 3,
  autocorrelation: 0.1,
  effectiveDays: 17.2,
  verdict: 'EXCEEDS',
};

const PERCENT = [0, 1, 5, 25, 50, 100];
const exposure = (stage: number) => ({ stage, percent: PERCENT[stage] ?? 0 });

export const move = (
  slice: string,
  action: SliceReview['action'],
  fromStage: number,
  toStage: number,
): SliceReview => ({
  slice,
  from: exposure(fromStage),
  to: exposure(toStage),
  action,
  rule: 'example',
  reasons: ['an example'],
  evidence,
  daysInStage: 7,
});

export const reviewOf = (asOf: string, ...slices: SliceReview[]): RolloutReview => ({
  asOf,
  definitionVersion: 1,
  entered: [{ date: asOf, slices: { hubs: { rows: 200, mean: 1.25 } } }],
  held: [],
  slices,
});

export const registered = (): RolloutEvent => ({
  type: 'DeploymentRegistered',
  data: { definition: exampleDefinition, definitionVersion: 1, startDate: '2001-02-01' },
});
export const reviewed = (asOf: string, ...slices: SliceReview[]): RolloutEvent => ({
  type: 'RolloutReviewed',
  data: reviewOf(asOf, ...slices),
});
export const approved = (slice: string, stage: number): RolloutEvent => ({
  type: 'StageApproved',
  data: { slice, stage, reason: 'looks right' },
});
export const paused = (): RolloutEvent => ({ type: 'RolloutPaused', data: { reason: 'a holiday' } });
export const resumed = (): RolloutEvent => ({ type: 'RolloutResumed', data: { reason: 'back' } });
export const overridden = (slice: string | null): RolloutEvent => ({
  type: 'RolloutOverridden',
  data: { slice, reason: 'complaints' },
});
