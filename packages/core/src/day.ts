import type { CalendarDate } from './calendar.ts';
import type { DayEvent, DayEventData, DaySummary, FileRef, MetricsRef } from './day-events.ts';
import { type DayQuery, failedQuery, queryFailure, queryStep, submittedQuery } from './day-query.ts';
import type { Decider, Decision } from './decider.ts';
import type { Look } from './looks.ts';
import { sameData } from './same-data.ts';

/** One partition: a deployment's records of one date, from ready to mature. */
export interface DayState {
  readonly partition?: DayEventData<'PartitionReady'>;
  readonly transform?: {
    readonly attempt: number;
    readonly jobName: string;
    readonly phase: 'submitted' | 'failed' | 'completed';
    readonly retry: boolean;
    readonly reason?: string;
  };
  /** The challenger's predictions, once they are whole. */
  readonly predictions?: readonly FileRef[];
  readonly outcomesAsOf?: CalendarDate;
  /** What the look as of that date sees. */
  readonly outcomes?: readonly FileRef[];
  /** The newest query for the look that landed last, or for one that is made once more. */
  readonly query?: DayQuery;
  readonly looks: readonly CalendarDate[];
  readonly latest?: Evaluated;
  /** The look that became evidence. Frozen: what comes later is a restatement. */
  readonly mature?: Evaluated;
  readonly restated?: Evaluated;
  readonly rejected?: DayEventData<'PartitionRejected'>;
}

export interface Evaluated {
  readonly asOf: CalendarDate;
  readonly age: number;
  readonly summary: DaySummary;
  readonly metrics: MetricsRef;
}

export type DayCommand =
  | { readonly type: 'ReadyPartition'; readonly data: DayEventData<'PartitionReady'> }
  | { readonly type: 'RejectPartition'; readonly data: DayEventData<'PartitionRejected'> }
  | { readonly type: 'SubmitTransform'; readonly data: DayEventData<'TransformSubmitted'> }
  | { readonly type: 'CompleteTransform'; readonly data: DayEventData<'TransformCompleted'> }
  | {
      readonly type: 'FailTransform';
      readonly data: Omit<DayEventData<'TransformFailed'>, 'retry'>;
      readonly maxAttempts: number;
    }
  | { readonly type: 'LandPredictions'; readonly data: DayEventData<'PredictionsLanded'> }
  | { readonly type: 'LandOutcomes'; readonly data: DayEventData<'OutcomesLanded'> }
  | { readonly type: 'SubmitQuery'; readonly data: DayEventData<'QuerySubmitted'> }
  | { readonly type: 'SucceedQuery'; readonly data: DayEventData<'QuerySucceeded'> }
  | {
      readonly type: 'FailQuery';
      readonly data: Omit<DayEventData<'QueryFailed'>, 'retry'>;
      readonly maxAttempts: number;
    }
  | { readonly type: 'Evaluate'; readonly data: DayEventData<'PartitionEvaluated'> }
  | { readonly type: 'Restate'; readonly data: DayEventData<'PartitionRestated'> }
  | { readonly type: 'Mature'; readonly maturityDays: number; readonly minCoverage: number };

/** What the pipeline does next for a day, from its state alone. */
export type NextAction =
  | { readonly action: 'submit'; readonly attempt: number }
  | { readonly action: 'watch'; readonly attempt: number }
  | { readonly action: 'watch-query'; readonly query: DayQuery }
  | { readonly action: 'evaluate' }
  | { readonly action: 'none' };

export function next(state: DayState): NextAction {
  if (state.query?.phase === 'submitted') return { action: 'watch-query', query: state.query };
  if (state.predictions) return { action: 'evaluate' };
  if (!state.partition || state.partition.rows === 0) return { action: 'none' };
  const { transform } = state;
  if (!transform) return { action: 'submit', attempt: 1 };
  if (transform.phase === 'submitted') return { action: 'watch', attempt: transform.attempt };
  if (transform.retry) return { action: 'submit', attempt: transform.attempt + 1 };
  return { action: 'none' };
}

/**
 * The looks at a day that its state still owes, in order, of all that are planned. None is left out, after
 * maturity neither: which looks the log shows must not depend on how late a message came. The look that landed
 * last stays owed until it has left an evaluation, because a crash may lie between the two.
 */
export function owedLooks(state: DayState, planned: readonly Look[], closedThrough: CalendarDate): Look[] {
  return planned.filter(
    ({ asOf }) => asOf <= closedThrough && asOf >= (state.outcomesAsOf ?? '') && !state.looks.includes(asOf),
  );
}

/** Share of the records that have an outcome, in [0, 1]; 0 for an empty day. */
export function coverage(summary: DaySummary): number {
  return summary.overall.rows === 0 ? 0 : summary.overall.labelled / summary.overall.rows;
}

/** Why a day can give no evidence as it stands, or undefined where nothing stands in its way. */
export function notAssessable(state: DayState): string | undefined {
  if (state.mature) return undefined;
  if (state.rejected)
    return `${state.rejected.step} rejected: ${state.rejected.problems[0]?.what ?? 'unknown'}`;
  if (!state.partition) return 'no partition: its records were never closed by a _SUCCESS object';
  if (state.partition.rows === 0) return 'the partition is empty';
  const { transform } = state;
  if (transform?.phase === 'failed' && !transform.retry) {
    const times = transform.attempt === 1 ? 'once' : `${transform.attempt} times`;
    return `transform failed ${times}: ${transform.reason ?? 'no reason given'}`;
  }
  const { query } = state;
  if (query?.phase === 'failed' && !query.retry) return queryFailure(query);
  return undefined;
}

const event = <Type extends DayEvent['type']>(type: Type, data: DayEventData<Type>): Decision<DayEvent> =>
  ({ event: { type, data } }) as Decision<DayEvent>;
const nothing = (why: string): Decision<DayEvent> => ({ nothing: why });

function decide(state: DayState, command: DayCommand): Decision<DayEvent> {
  switch (command.type) {
    case 'ReadyPartition':
      return state.partition && state.partition.rows > 0
        ? nothing('the partition is ready already')
        : state.partition && command.data.rows === 0
          ? nothing('the partition is still empty')
          : event('PartitionReady', command.data);
    case 'RejectPartition':
      // A rejection without an as-of date is of records not yet ready; a slow worker may still bring an old one.
      if (command.data.asOf === undefined && state.partition && state.partition.rows > 0) {
        return nothing('the partition is ready already');
      }
      return sameRejection(state.rejected, command.data)
        ? nothing('rejected for the same problems already')
        : event('PartitionRejected', command.data);
    case 'SubmitTransform': {
      const due = next(state);
      if (due.action !== 'submit') return nothing('no transform is due');
      if (due.attempt !== command.data.attempt) return nothing(`attempt ${due.attempt} is due`);
      return event('TransformSubmitted', command.data);
    }
    case 'CompleteTransform':
      return awaits(state, command.data.attempt)
        ? event('TransformCompleted', command.data)
        : nothing('that attempt is not awaited');
    case 'FailTransform': {
      const { attempt } = command.data;
      const due = next(state);
      const submitting = due.action === 'submit' && due.attempt === attempt;
      if (!awaits(state, attempt) && !submitting) return nothing('that attempt is not awaited');
      return event('TransformFailed', { ...command.data, retry: attempt < command.maxAttempts });
    }
    case 'LandPredictions':
      if (!state.partition) return nothing('the partition is not ready yet');
      if (state.partition.rows === 0) return nothing('the partition is empty');
      return state.predictions ? landAnew(state, command.data) : event('PredictionsLanded', command.data);
    case 'LandOutcomes':
      if (!state.predictions) return nothing('there are no predictions to compare yet');
      return landOutcomes(state, command.data);
    case 'SubmitQuery':
      return submitQuery(state, command.data);
    case 'SucceedQuery':
      return state.query?.phase === 'submitted' &&
        state.query.queryExecutionId === command.data.queryExecutionId
        ? event('QuerySucceeded', command.data)
        : nothing('that query is not awaited');
    case 'FailQuery':
      return failQuery(state, command.data, command.maxAttempts);
    case 'Evaluate':
      return evaluate(state, command.data);
    case 'Restate':
      return restate(state, command.data);
    case 'Mature':
      return mature(state, command);
  }
}

/** Others in the place of rejected predictions: neither those that had landed, nor what was rejected, as it is. */
function landAnew(
  { predictions, rejected, transform }: DayState,
  data: DayEventData<'PredictionsLanded'>,
): Decision<DayEvent> {
  if (rejected?.step !== 'predictions') return nothing('predictions landed already');
  if (transform?.phase === 'completed') return nothing('a transform wrote them');
  if (sameData(predictions, data.files)) return nothing('the same predictions landed already');
  if (sameData(rejected.files, data.files)) return nothing('these predictions were rejected');
  return event('PredictionsLanded', data);
}

/** Once a look; anew where the files changed before it was made, so that the log names those that it saw. */
function landOutcomes(
  { outcomesAsOf = '', outcomes, looks }: DayState,
  data: DayEventData<'OutcomesLanded'>,
): Decision<DayEvent> {
  const changed = data.asOf === outcomesAsOf && !looks.includes(data.asOf) && !sameData(outcomes, data.files);
  return data.asOf > outcomesAsOf || changed
    ? event('OutcomesLanded', data)
    : nothing('these outcomes landed already');
}

/** For a look that has landed and is still to be made, or once more for the latest one of a mature day. */
function submitQuery(state: DayState, data: DayEventData<'QuerySubmitted'>): Decision<DayEvent> {
  const why = notQueried(state, data);
  return why === undefined ? event('QuerySubmitted', data) : nothing(why);
}

function notQueried(
  state: DayState,
  look: Pick<DayEventData<'QuerySubmitted'>, 'asOf' | 'attempt' | 'restates' | 'definitionVersion'>,
): string | undefined {
  const { asOf, attempt, restates } = look;
  if (restates) {
    if (!state.mature || !state.latest) return 'not mature: its next look evaluates it anew';
    if (state.latest.asOf !== asOf) return `the latest look is as of ${state.latest.asOf}`;
  } else {
    if (state.outcomesAsOf !== asOf) return `outcomes as of ${asOf} did not land`;
    if (state.looks.includes(asOf)) return `looked at as of ${asOf} already`;
  }
  const due = queryStep(state.query, look);
  if (due.step !== 'submit') return 'no query is due';
  return due.attempt === attempt ? undefined : `attempt ${due.attempt} is due`;
}

/** A query that runs, one whose result is gone, or one that was not even begun. */
function failQuery(
  state: DayState,
  data: Omit<DayEventData<'QueryFailed'>, 'retry'>,
  maxAttempts: number,
): Decision<DayEvent> {
  const { query } = state;
  const known = query !== undefined && query.phase !== 'failed';
  const ended = known && query.queryExecutionId === data.queryExecutionId;
  const refused = data.queryExecutionId === undefined && notQueried(state, data) === undefined;
  if (!ended && !refused) return nothing('that query is not awaited');
  return event('QueryFailed', { ...data, retry: data.attempt < maxAttempts });
}

function awaits(state: DayState, attempt: number): boolean {
  const due = next(state);
  return due.action === 'watch' && due.attempt === attempt;
}

/** Other files with the same problems are rejected anew, so that the state names the files that were seen last. */
function sameRejection(before: DayState['rejected'], now: DayEventData<'PartitionRejected'>): boolean {
  return (
    before !== undefined &&
    before.step === now.step &&
    sameData(before.problems, now.problems) &&
    sameData(before.files, now.files)
  );
}

function evaluate(state: DayState, data: DayEventData<'PartitionEvaluated'>): Decision<DayEvent> {
  if (state.outcomesAsOf !== data.asOf) return nothing(`outcomes as of ${data.asOf} did not land`);
  if (state.looks.includes(data.asOf)) return nothing(`looked at as of ${data.asOf} already`);
  const last = state.restated ?? state.mature;
  const corrected = last !== undefined && !sameNumbers(last.summary, data.summary);
  return event(corrected ? 'PartitionRestated' : 'PartitionEvaluated', data);
}

/** The latest look once more, by newer code or a newer definition. What is not mature is looked at again anyway. */
function restate(state: DayState, data: DayEventData<'PartitionRestated'>): Decision<DayEvent> {
  const { latest } = state;
  if (!state.mature || !latest) return nothing('not mature: its next look evaluates it anew');
  if (latest.asOf !== data.asOf) return nothing(`the latest look is as of ${latest.asOf}`);
  return sameNumbers(latest.summary, data.summary) && latest.metrics.sha256 === data.metrics.sha256
    ? nothing('the same numbers and metrics')
    : event('PartitionRestated', data);
}

/** Without the counts of outcomes read: those of other days make them grow from look to look. */
function sameNumbers(before: DaySummary, now: DaySummary): boolean {
  return sameData([before.overall, before.slices], [now.overall, now.slices]);
}

function mature(
  state: DayState,
  command: { readonly maturityDays: number; readonly minCoverage: number },
): Decision<DayEvent> {
  const { latest } = state;
  if (state.mature) return nothing('mature already');
  if (!latest || latest.age < command.maturityDays) return nothing('not old enough');
  const covered = coverage(latest.summary);
  if (latest.summary.overall.labelled === 0) return nothing('no record has an outcome');
  if (covered < command.minCoverage) {
    return nothing(`coverage ${percent(covered)} is below ${percent(command.minCoverage)}`);
  }
  return event('PartitionMatured', { asOf: latest.asOf, age: latest.age, coverage: covered });
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function evolve(state: DayState, { type, data }: DayEvent): DayState {
  switch (type) {
    case 'PartitionReady': {
      const { rejected: _cleared, ...rest } = state;
      return { ...rest, partition: data };
    }
    // What a query found in files that are not as they should be is not read once they are.
    case 'PartitionRejected':
      return { ...withoutQuery(state), rejected: data };
    case 'TransformSubmitted':
      return {
        ...state,
        transform: { attempt: data.attempt, jobName: data.jobName, phase: 'submitted', retry: false },
      };
    case 'TransformCompleted':
      return {
        ...state,
        transform: { attempt: data.attempt, jobName: data.jobName, phase: 'completed', retry: false },
        predictions: data.files,
      };
    case 'TransformFailed': {
      const { attempt, jobName, retry, reason } = data;
      return { ...state, transform: { attempt, jobName, phase: 'failed', retry, reason } };
    }
    case 'PredictionsLanded': {
      const { rejected: _cleared, ...rest } = withoutQuery(state);
      return { ...rest, predictions: data.files };
    }
    case 'OutcomesLanded':
      return { ...withoutQuery(state), outcomesAsOf: data.asOf, outcomes: data.files };
    case 'QuerySubmitted':
      return { ...state, query: submittedQuery(data) };
    case 'QuerySucceeded':
      return state.query ? { ...state, query: { ...state.query, phase: 'succeeded' } } : state;
    case 'QueryFailed':
      return { ...state, query: failedQuery(state.query, data) };
    case 'PartitionEvaluated': {
      const { rejected: _cleared, ...rest } = withoutQuery(state);
      return { ...rest, looks: [...state.looks, data.asOf], latest: evaluated(data) };
    }
    case 'PartitionMatured':
      return state.latest ? { ...state, mature: state.latest } : state;
    case 'PartitionRestated': {
      const { rejected: _cleared, ...rest } = withoutQuery(state);
      const restated = evaluated(data);
      // A re-evaluation is of a look that is there already.
      const looks = state.looks.includes(data.asOf) ? state.looks : [...state.looks, data.asOf];
      return { ...rest, looks, latest: restated, restated };
    }
  }
}

function withoutQuery({ query: _past, ...rest }: DayState): DayState {
  return rest;
}

function evaluated({ asOf, age, summary, metrics }: DayEventData<'PartitionEvaluated'>): Evaluated {
  return { asOf, age, summary, metrics };
}

export const day: Decider<DayState, DayCommand, DayEvent> = { initial: { looks: [] }, decide, evolve };
