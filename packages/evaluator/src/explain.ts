import type { CalendarDate } from '@penumbra/core/calendar';
import type { DayState } from '@penumbra/core/day';
import type { Definition } from '@penumbra/core/definition';
import type { NextStep } from '@penumbra/core/history';
import type { Policy } from '@penumbra/core/policy-schema';
import { type RolloutState, rollout, SHADOW } from '@penumbra/core/rollout';
import type { RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { daysOfSlice } from './day-evidence.ts';
import { nextStep } from './next-step.ts';
import { payOff } from './pay-off.ts';
import type { RecordedLog } from './recorded-log.ts';
import type { Rule } from './slice-decision.ts';

/** A decision with everything that it stood on. */
export interface SliceExplanation extends SliceReview {
  /** Field of the definition that holds the rule that decided, and its value; null where it is no field. */
  readonly setting: { readonly field: string; readonly value: unknown } | null;
  /** What a lower bound must be above; money per record. */
  readonly threshold: number;
  readonly next: NextStep;
  readonly days: readonly ExplainedDay[];
}

/** A day of evidence, and where its numbers come from. */
export interface ExplainedDay {
  readonly date: CalendarDate;
  readonly rows: number;
  readonly meanDifference: number;
  /** Transform that made the predictions; null where they were made elsewhere. */
  readonly job: string | null;
  readonly predictions: readonly string[];
  /** Metric state of the look that became evidence, and the SHA-256 of its bytes. */
  readonly metrics: { readonly key: string; readonly sha256: string } | null;
  /** As-of date of a correction that came afterwards; it is shown and changes no decision. */
  readonly restated: CalendarDate | null;
}

export interface Explanation {
  readonly deployment: string;
  readonly currency: string;
  readonly asOf: CalendarDate;
  readonly definitionVersion: number;
  /** Days that were old enough as of the review, and were no evidence. */
  readonly held: RolloutReview['held'];
  readonly slices: readonly SliceExplanation[];
}

/** The dates of all reviews in a log, in order. */
export const reviewDates = ({ rollout: events }: RecordedLog): CalendarDate[] =>
  events.flatMap(({ type, data }) => (type === 'RolloutReviewed' ? [data.asOf] : []));

/** Explains the review as of a date, by default the last one; undefined where there is none. */
export function explain(log: RecordedLog, asOf: CalendarDate | undefined): Explanation | undefined {
  const at = log.rollout.findLastIndex(
    ({ type, data }) => type === 'RolloutReviewed' && (asOf === undefined || data.asOf === asOf),
  );
  const event = log.rollout[at];
  if (event?.type !== 'RolloutReviewed') return undefined;
  const state = log.rollout.slice(0, at + 1).reduce(rollout.evolve, rollout.initial);
  const before = log.rollout.slice(0, at).reduce(rollout.evolve, rollout.initial);
  const { definition } = state;
  if (!definition) return undefined;
  const reviewed = event.data;
  return {
    deployment: definition.deployment,
    currency: payOff(definition.task).currency,
    asOf: reviewed.asOf,
    definitionVersion: reviewed.definitionVersion,
    held: reviewed.held,
    slices: reviewed.slices.map((slice) => ({
      ...slice,
      setting: settingOf(slice, definition),
      threshold: definition.policy.require === 'EXCEEDS' ? 0 : -definition.policy.margin,
      next: nextStep(definition, state, reviewed, slice),
      days: daysBehind(log, before, state, definition, slice.slice),
    })),
  };
}

function daysBehind(
  log: RecordedLog,
  before: RolloutState,
  { evidence }: RolloutState,
  { policy }: Definition,
  slice: string,
): ExplainedDay[] {
  const { rolledBack } = before.slices[slice] ?? SHADOW;
  return daysOfSlice(slice, evidence, policy.minRowsPerDay, rolledBack).map(({ date, rows, mean }) => ({
    date,
    rows,
    meanDifference: mean,
    ...sourceOf(log.days.get(date)),
  }));
}

function sourceOf(
  day: DayState | undefined,
): Pick<ExplainedDay, 'job' | 'predictions' | 'metrics' | 'restated'> {
  return {
    job: day?.transform?.jobName ?? null,
    predictions: day?.predictions?.map(({ key }) => key) ?? [],
    metrics: day?.mature?.metrics ?? null,
    restated: day?.restated?.asOf ?? null,
  };
}

function settingOf(
  { rule, from }: SliceReview,
  { policy, ...definition }: Definition,
): SliceExplanation['setting'] {
  const of = <Field extends keyof Policy>(field: Field) => ({
    field: `policy.${field}`,
    value: policy[field],
  });
  const stage = (field: 'minDays' | 'minRows', number: number) => ({
    field: `policy.stages.${number - 1}.${field}`,
    value: policy.stages[number - 1]?.[field],
  });
  switch (rule as Rule) {
    case 'cooldown':
      return of('cooldownDays');
    case 'earlier slice first':
      return of('onUnproven');
    case 'no evidence':
      return of('minRowsPerDay');
    case 'not enough mature days':
      return from.stage === 0 ? of('shadowDays') : stage('minDays', from.stage);
    case 'not enough records':
      return stage('minRows', from.stage);
    case 'guardrail':
      return of('guardrails');
    case 'not proven':
    case 'proven':
      return of('require');
    case 'harm':
      return of('margin');
    case 'no harm':
      return { field: `policy.stages.${from.stage}.needs`, value: 'no-harm' };
    case 'approved':
      return { field: 'outcomeObservableWhen', value: definition.outcomeObservableWhen };
    case 'approval pending':
      return { field: `policy.stages.${from.stage}.approval`, value: policy.stages[from.stage]?.approval };
    default:
      return null;
  }
}
