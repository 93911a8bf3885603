import { addDays, type CalendarDate } from './calendar.ts';
import type { Decider, Decision } from './decider.ts';
import type { Definition } from './definition.ts';
import { percentOf } from './policy-schema.ts';
import type {
  DayEvidence,
  Exposure,
  ReportedDay,
  RolloutEvent,
  RolloutEventData,
  RolloutReview,
} from './rollout-events.ts';
import { sameData } from './same-data.ts';

export interface SliceRollout extends Exposure {
  /** As-of date of the review that set the stage; null before the first. */
  readonly since: CalendarDate | null;
  readonly approvedStage: number;
  readonly rollbacks: number;
  /** As-of date of the last rollback: days up to it prove nothing any more. */
  readonly rolledBack: CalendarDate | null;
}

/** From the day after `asOf` on, a slice was served at `percent`. On that day itself both percentages were served. */
export interface ExposureChange {
  readonly asOf: CalendarDate;
  readonly slice: string;
  readonly percent: number;
}

/**
 * Which fold a kept state was made by. To be raised with every change of `evolve` or of the state's shape, so that what
 * was kept before is not taken for what the new fold would make.
 */
export const ROLLOUT_FOLD = 1;

/** A deployment's rollout: its definition, its evidence so far, and which traffic each slice gives the challenger. */
export interface RolloutState {
  readonly definition?: Definition;
  readonly definitionVersion: number;
  readonly startDate?: CalendarDate;
  readonly slices: Readonly<Record<string, SliceRollout>>;
  /** Every mature day that entered the evidence, in order of date. */
  readonly evidence: readonly DayEvidence[];
  /** Version of the definition that brought this challenger and its pay-off; evidence on another one is void. */
  readonly challengerVersion: number;
  /** Every change of what was served, in order of time. */
  readonly exposures: readonly ExposureChange[];
  /** What production reported on the last date on which it did. */
  readonly lastReported?: ReportedDay;
  readonly lastReview?: RolloutReview;
  readonly paused?: string;
  /** Kill switch: nothing is promoted until the rollout is resumed. */
  readonly overridden?: string;
}

export type RolloutCommand =
  | { readonly type: 'Register'; readonly definition: Definition; readonly startDate: CalendarDate }
  | { readonly type: 'Revise'; readonly definition: Definition }
  | { readonly type: 'RecordReview'; readonly review: RolloutReview }
  | { readonly type: 'Approve'; readonly slice: string; readonly stage: number; readonly reason: string }
  | { readonly type: 'Pause' | 'Resume'; readonly reason: string }
  | { readonly type: 'Override'; readonly slice: string | null; readonly reason: string };

export const SHADOW: SliceRollout = {
  stage: 0,
  percent: 0,
  since: null,
  approvedStage: 0,
  rollbacks: 0,
  rolledBack: null,
};

const event = <Type extends RolloutEvent['type']>(
  type: Type,
  data: RolloutEventData<Type>,
): Decision<RolloutEvent> => ({ event: { type, data } }) as Decision<RolloutEvent>;
const nothing = (why: string): Decision<RolloutEvent> => ({ nothing: why });

function decide(state: RolloutState, command: RolloutCommand): Decision<RolloutEvent> {
  if (command.type === 'Register') {
    if (state.definition) return nothing('registered already: revise the definition instead');
    const { definition, startDate } = command;
    return event('DeploymentRegistered', { definition, definitionVersion: 1, startDate });
  }
  if (!state.definition) return nothing('no such deployment: register it first');
  switch (command.type) {
    case 'Revise': {
      if (command.definition.deployment !== state.definition.deployment) {
        return nothing('a revision cannot rename the deployment: register a new one');
      }
      if (sameData(command.definition, state.definition)) return nothing('no change');
      const definitionVersion = state.definitionVersion + 1;
      return event('DefinitionRevised', { definition: command.definition, definitionVersion });
    }
    case 'RecordReview': {
      const last = state.lastReview?.asOf;
      return last !== undefined && last >= command.review.asOf
        ? nothing(`reviewed as of ${last} already`)
        : event('RolloutReviewed', command.review);
    }
    case 'Approve': {
      const slice = sliceIn(state.slices, command.slice);
      if (!slice) return nothing(`unknown slice ${command.slice}`);
      const last = state.definition.policy.stages.length;
      if (slice.stage >= last) return nothing(`stage ${last} is the last`);
      if (command.stage !== slice.stage + 1)
        return nothing(`stage ${slice.stage + 1} is the next to approve`);
      if (slice.approvedStage >= command.stage) return nothing('approved already');
      return event('StageApproved', { slice: command.slice, stage: command.stage, reason: command.reason });
    }
    case 'Pause':
      return state.paused === undefined
        ? event('RolloutPaused', { reason: command.reason })
        : nothing('paused already');
    case 'Resume':
      return state.paused === undefined && state.overridden === undefined
        ? nothing('neither paused nor overridden')
        : event('RolloutResumed', { reason: command.reason });
    case 'Override':
      if (command.slice !== null && !sliceIn(state.slices, command.slice))
        return nothing(`unknown slice ${command.slice}`);
      if (state.overridden !== undefined && exposed(state, command.slice) === 0)
        return nothing('overridden already');
      return event('RolloutOverridden', { slice: command.slice, reason: command.reason });
  }
}

function exposed(state: RolloutState, slice: string | null): number {
  const slices = slice === null ? Object.values(state.slices) : [sliceIn(state.slices, slice) ?? SHADOW];
  return slices.reduce((sum, { percent }) => sum + percent, 0);
}

function evolve(state: RolloutState, { type, data }: RolloutEvent): RolloutState {
  switch (type) {
    case 'DeploymentRegistered':
      return {
        ...state,
        ...data,
        challengerVersion: data.definitionVersion,
        slices: slicesOf(data.definition, {}),
      };
    case 'DefinitionRevised':
      return revised(state, data);
    case 'RolloutReviewed':
      return { ...state, ...afterReview(state, data) };
    case 'StageApproved':
      return withSlices(state, [data.slice], (slice) => ({ ...slice, approvedStage: data.stage }));
    case 'RolloutPaused':
      return { ...state, paused: data.reason };
    case 'RolloutResumed': {
      const { paused: _paused, overridden: _overridden, ...rest } = state;
      return rest;
    }
    case 'RolloutOverridden': {
      const names = data.slice === null ? Object.keys(state.slices) : [data.slice];
      const since = state.lastReview?.asOf ?? null;
      const shadow = ({ rollbacks, rolledBack }: SliceRollout) => ({
        ...SHADOW,
        since,
        rollbacks,
        rolledBack,
      });
      const changed = { ...withSlices(state, names, shadow), overridden: data.reason };
      return { ...changed, exposures: [...state.exposures, ...toShadow(state, names)] };
    }
  }
}

/** A revision keeps evidence and exposure; another challenger, or another idea of its worth, starts in the dark. */
function revised(
  state: RolloutState,
  data: { readonly definition: Definition; readonly definitionVersion: number },
): RolloutState {
  const before = state.definition;
  if (before && sameData(judgedBy(before), judgedBy(data.definition))) {
    return { ...state, ...data, slices: slicesOf(data.definition, state.slices) };
  }
  return {
    ...state,
    ...data,
    challengerVersion: data.definitionVersion,
    evidence: [],
    slices: slicesOf(data.definition, {}),
    exposures: [...state.exposures, ...toShadow(state, Object.keys(state.slices))],
  };
}

/** What an evaluated day stands on, besides its files: a change of it makes old and new days two different things. */
function judgedBy({
  task,
  records,
  outcomes,
  model,
  predictions,
  outcomeObservableWhen,
}: Definition): unknown {
  const { label, money } = outcomes;
  return { task, records, label, money, modelName: model?.modelName, predictions, outcomeObservableWhen };
}

function toShadow(state: RolloutState, names: readonly string[]): ExposureChange[] {
  const asOf = state.lastReview?.asOf;
  if (asOf === undefined) return [];
  return names
    .filter((slice) => (sliceIn(state.slices, slice)?.percent ?? 0) > 0)
    .map((slice) => ({ asOf, slice, percent: 0 }));
}

/**
 * Slices that a definition keeps keep their percentage, at the last stage that it reaches; new ones start in
 * shadow, removed ones end.
 */
function slicesOf(
  definition: Definition,
  before: RolloutState['slices'],
): Readonly<Record<string, SliceRollout>> {
  const { policy } = definition;
  const kept = (slice: SliceRollout): SliceRollout => {
    if (percentOf(policy, slice.stage) === slice.percent) return slice;
    const stage = policy.stages.filter((_, index) => percentOf(policy, index + 1) <= slice.percent).length;
    return { ...slice, stage, approvedStage: Math.min(slice.approvedStage, stage) };
  };
  return Object.fromEntries(
    definition.slices.map(({ slice }) => [slice, kept(sliceIn(before, slice) ?? SHADOW)]),
  );
}

/** Own names only: a slice may be called "constructor", and a person may type it. */
function sliceIn(slices: RolloutState['slices'], name: string): SliceRollout | undefined {
  return Object.hasOwn(slices, name) ? slices[name] : undefined;
}

function withSlices(
  state: RolloutState,
  names: readonly string[],
  change: (slice: SliceRollout) => SliceRollout,
): RolloutState {
  const changed = names.map((slice) => [slice, change(sliceIn(state.slices, slice) ?? SHADOW)]);
  return { ...state, slices: { ...state.slices, ...Object.fromEntries(changed) } };
}

function afterReview(state: RolloutState, review: RolloutReview): Partial<RolloutState> {
  const moves = review.slices.filter(({ action }) => action !== 'hold');
  const moved = moves.map(({ slice, to, action }) => {
    const before = sliceIn(state.slices, slice) ?? SHADOW;
    const back = action === 'roll-back';
    const rollbacks = before.rollbacks + (back ? 1 : 0);
    const approvedStage = back ? 0 : before.approvedStage;
    const rolledBack = back ? review.asOf : before.rolledBack;
    return [slice, { ...to, since: review.asOf, rollbacks, approvedStage, rolledBack }];
  });
  const last = state.evidence.at(-1)?.date ?? '';
  const inOrder = review.entered.every(({ date }, index) => date > (review.entered[index - 1]?.date ?? last));
  const all = [...state.evidence, ...review.entered];
  const lastReported = review.reported?.at(-1);
  return {
    lastReview: review,
    ...(lastReported ? { lastReported } : {}),
    evidence: inOrder ? all : all.sort((a, b) => (a.date < b.date ? -1 : 1)),
    slices: { ...state.slices, ...Object.fromEntries(moved) },
    exposures: [
      ...state.exposures,
      ...moves.map(({ slice, to }) => ({ asOf: review.asOf, slice, percent: to.percent })),
    ],
  };
}

/**
 * The percentage at which a slice was served on a whole date, as the log tells; undefined where it changed on that
 * date, because a review as of a date takes effect in the course of the next one.
 */
export function servedPercent(
  exposures: readonly ExposureChange[],
  slice: string,
  date: CalendarDate,
): number | undefined {
  const last = exposures.findLast((change) => change.slice === slice && change.asOf < date);
  if (!last) return 0;
  return addDays(last.asOf, 1) === date ? undefined : last.percent;
}

export const rollout: Decider<RolloutState, RolloutCommand, RolloutEvent> = {
  initial: {
    definitionVersion: 0,
    challengerVersion: 0,
    slices: {},
    evidence: [],
    exposures: [],
  },
  decide,
  evolve,
};
