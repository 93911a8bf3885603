import type { CalendarDate } from '@penumbra/core/calendar';
import { type DayState, day } from '@penumbra/core/day';
import type { DayEvent } from '@penumbra/core/day-events';
import { fold } from '@penumbra/core/decider';
import type { StoredEvent } from '@penumbra/core/events';
import type { DatedDay } from '@penumbra/core/pipeline/review';
import type { RolloutEvent, RolloutReview } from '@penumbra/core/rollout-events';

/** A deployment's log, sorted into what happened to the rollout and what became of each day. */
export interface RecordedLog {
  readonly rollout: readonly RolloutEvent[];
  readonly days: ReadonlyMap<CalendarDate, DayState>;
}

const DAY = 'day/';

/** Sorts the events of one deployment, in order of stream and version. */
export function recordedLog(events: Iterable<StoredEvent>): RecordedLog {
  const rollout: RolloutEvent[] = [];
  const dayEvents = new Map<CalendarDate, DayEvent[]>();
  for (const { stream, event } of events) {
    if (!stream.startsWith(DAY)) {
      rollout.push(event as RolloutEvent);
      continue;
    }
    const date = stream.slice(DAY.length);
    const known = dayEvents.get(date);
    if (known) known.push(event as DayEvent);
    else dayEvents.set(date, [event as DayEvent]);
  }
  return { rollout, days: new Map([...dayEvents].map(([date, of]) => [date, fold(day, of)])) };
}

/** The days that a recorded review met: those that it took as evidence as they matured, the others without. */
export function daysOfReview({ days }: RecordedLog, { entered, held }: RolloutReview): DatedDay[] {
  const taken = entered.map(({ date }) => ({ date, state: days.get(date) ?? day.initial }));
  const waiting = held.map(({ date }) => {
    const { mature: _later, restated: _too, ...state } = days.get(date) ?? day.initial;
    return { date, state };
  });
  return [...taken, ...waiting].sort((a, b) => (a.date < b.date ? -1 : 1));
}
