import type { CalendarDate } from './calendar.ts';
import type { Decider, Decision } from './decider.ts';
import type { Definition } from './definition.ts';
import type {
  DayEvidence,
  Exposure,
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
}

/** A deployment's rollout: its definition, its evidence so far, and which traffic each slice gives the challenger. */
export interface RolloutState {
  readonly definition?: Definition;
  readonly definitionVersion: number;
  readonly startDate?: CalendarDate;
  readonly slices: Readonly<Record<string, SliceRollout>>;
  /** Every mature day that entered the evidence, in order of date. */
  readonly evidence: readonly DayEvidence[];
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

export const SHADOW: SliceRollout = { stage: 0, percent: 0, since: null, approvedStage: 0, rollbacks: 0 };

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
      return { ...state, ...data, slices: slicesOf(data.definition, {}) };
    case 'DefinitionRevised':
      return { ...state, ...data, slices: slicesOf(data.definition, state.slices) };
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
      const shadow = (slice: SliceRollout) => ({ ...SHADOW, since, rollbacks: slice.rollbacks });
      return { ...withSlices(state, names, shadow), overridden: data.reason };
    }
  }
}

/** Slices that a definition keeps keep their stage; new ones start in shadow, removed ones end. */
function slicesOf(
  definition: Definition,
  before: RolloutState['slices'],
): Readonly<Record<string, SliceRollout>> {
  return Object.fromEntries(definition.slices.map(({ slice }) => [slice, sliceIn(before, slice) ?? SHADOW]));
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
  const moved = review.slices
    .filter(({ action }) => action !== 'hold')
    .map(({ slice, to, action }) => {
      const before = sliceIn(state.slices, slice) ?? SHADOW;
      const rollbacks = before.rollbacks + (action === 'roll-back' ? 1 : 0);
      const approvedStage = action === 'roll-back' ? 0 : before.approvedStage;
      return [slice, { ...to, since: review.asOf, rollbacks, approvedStage }];
    });
  const evidence = [...state.evidence, ...review.entered].sort((a, b) => (a.date < b.date ? -1 : 1));
  return { lastReview: review, evidence, slices: { ...state.slices, ...Object.fromEntries(moved) } };
}

export const rollout: Decider<RolloutState, RolloutCommand, RolloutEvent> = {
  initial: { definitionVersion: 0, slices: {}, evidence: [] },
  decide,
  evolve,
};
