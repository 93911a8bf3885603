import type { CalendarDate } from '../calendar.ts';
import { type DayState, day, next, notAssessable, owedLooks } from '../day.ts';
import type { FileRef } from '../day-events.ts';
import type { Definition } from '../definition.ts';
import { looksAt } from '../looks.ts';
import { sameData } from '../same-data.ts';
import { closedThrough, type Landed, landedThrough } from './landed.ts';

/**
 * What a past date still needs. transform: its records are to be taken in, or its transform runs. evaluate: looks
 * are owed. done: everything that its data allows. held: somebody must mend its data first. no-records: nothing
 * closed is there.
 */
export type BackfillStep =
  | { readonly step: 'transform' | 'evaluate' | 'done' | 'no-records' }
  | { readonly step: 'held'; readonly reason: string };

export interface PastDate {
  readonly date: CalendarDate;
  readonly state: DayState;
  /** Files of its closed records folder; undefined where that is open. */
  readonly records: readonly FileRef[] | undefined;
}

/** What a date needs next, from its state and the data that is there. Pure. */
export function backfillStep(
  { date, state, records }: PastDate,
  landed: Landed,
  outcomes: Definition['outcomes'],
): BackfillStep {
  if (!state.predictions) return beforePredictions(state, records);
  const [look] = owedLooks(state, looksAt(date, outcomes), closedThrough(landed.closed, date) ?? '');
  if (!look) {
    const matures = 'event' in day.decide(state, { type: 'Mature', ...outcomes });
    return { step: matures ? 'evaluate' : 'done' };
  }
  const rejected = state.rejected?.asOf === look.asOf ? state.rejected : undefined;
  if (rejected && sameData(rejected.files, landedThrough(landed, date, look.asOf))) return held(state);
  return { step: 'evaluate' };
}

function beforePredictions(state: DayState, records: readonly FileRef[] | undefined): BackfillStep {
  const { partition, rejected } = state;
  const isReady = partition !== undefined && partition.rows > 0;
  if (!isReady && !records) return { step: 'no-records' };
  const seen = rejected?.files ?? partition?.files;
  if (!isReady && seen && sameData(seen, records)) return held(state);
  if (isReady && next(state).action === 'none') return held(state);
  return { step: 'transform' };
}

const held = (state: DayState): BackfillStep => ({
  step: 'held',
  reason: notAssessable(state) ?? 'its data is rejected',
});
