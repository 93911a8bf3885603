import type { CalendarDate } from '@penumbra/core/calendar';
import { coverage, type DayState, day } from '@penumbra/core/day';
import type { DayEvent } from '@penumbra/core/day-events';
import { fold } from '@penumbra/core/decider';
import type { StoredEvent } from '@penumbra/core/events';
import type { DayLook, DaySteps, HistoryDay } from '@penumbra/core/history';
import { knownAsOf } from '@penumbra/core/known-as-of';
import { type RolloutState, servedPercent } from '@penumbra/core/rollout';
import { type heldReasons, judgedDay, meanDifference } from './course.ts';
import { driftOf } from './score-history.ts';
import { servedOn } from './served-on.ts';

/** A date with the events that were known of it. */
export interface KnownDay {
  readonly date: CalendarDate;
  readonly events: readonly StoredEvent[];
  readonly state: DayState;
}

/** What was known of a date as of another. */
export function knownDay(date: CalendarDate, stored: readonly StoredEvent[], asOf: CalendarDate): KnownDay {
  const known = new Set<unknown>(
    knownAsOf(
      stored.map(({ event }) => event as DayEvent),
      asOf,
    ),
  );
  const events = stored.filter(({ event }) => known.has(event));
  const state = fold(
    day,
    events.map(({ event }) => event as DayEvent),
  );
  return { date, events, state };
}

export interface DayContext {
  readonly rollout: RolloutState;
  readonly held: ReturnType<typeof heldReasons>;
  readonly minRows: number;
  /** Scores of the days that drift is measured against; empty without any. */
  readonly baseline: readonly number[];
}

/** A date as the page shows it. */
export function historyDay({ date, events, state }: KnownDay, context: DayContext): HistoryDay {
  const { mature, latest, transform, restated } = state;
  const scores = (mature ?? latest)?.summary.overall.scoreBins?.rows ?? [];
  return {
    ...judgedDay(date, state, context.held, context.minRows),
    steps: stepsOf(events),
    transform: transform ? { attempt: transform.attempt, jobName: transform.jobName } : null,
    looks: events.flatMap(({ event }) => (event.type === 'PartitionEvaluated' ? [lookOf(event.data)] : [])),
    served: servedAt(date, state, context.rollout),
    drift: driftOf(scores, context.baseline),
    restated: restated?.asOf ?? null,
  };
}

function stepsOf(events: readonly StoredEvent[]): DaySteps {
  const first = (type: StoredEvent['event']['type']) => events.find(({ event }) => event.type === type);
  const asOf = (type: 'OutcomesLanded' | 'PartitionMatured') => {
    const found = first(type)?.event.data;
    return found && 'asOf' in found ? (found.asOf ?? null) : null;
  };
  return {
    ready: first('PartitionReady')?.at ?? null,
    submitted: first('TransformSubmitted')?.at ?? null,
    complete: (first('TransformCompleted') ?? first('PredictionsLanded'))?.at ?? null,
    landed: asOf('OutcomesLanded'),
    mature: asOf('PartitionMatured'),
  };
}

const lookOf = ({ asOf, age, summary }: NonNullable<DayState['latest']>): DayLook => ({
  asOf,
  age,
  coverage: coverage(summary),
  meanDifference: meanDifference(summary.overall),
});

function servedAt(
  date: CalendarDate,
  { mature }: DayState,
  { exposures }: RolloutState,
): HistoryDay['served'] {
  if (!mature) return null;
  let [records, money] = [0, 0];
  for (const [slice, numbers] of Object.entries(mature.summary.slices)) {
    const percent = servedPercent(exposures, slice, date);
    if (percent === undefined) return null;
    const part = servedOn(numbers, percent);
    records += part.records;
    money += part.money;
  }
  return { records: Math.round(records), money };
}
