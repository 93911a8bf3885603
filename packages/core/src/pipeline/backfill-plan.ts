import type { CalendarDate } from '../calendar.ts';
import { type DayState, day, next, notAssessable, owedLooks } from '../day.ts';
import type { FileRef } from '../day-events.ts';
import { isGivenUp } from '../day-query.ts';
import type { Definition } from '../definition.ts';
import { type Look, looksAt } from '../looks.ts';
import { sameData } from '../same-data.ts';
import { closedThrough, type Landed, landedThrough } from './landed.ts';
import { mending } from './mending.ts';

/**
 * What a past date still needs. transform: its records are to be taken in, or its transform runs. evaluate: looks
 * are owed. land-predictions: mended ones, made elsewhere, are to be taken in. done: everything that its data allows. held: somebody must mend its data first. no-records: nothing
 * closed is there.
 */
export type BackfillStep =
  | { readonly step: 'transform' | 'evaluate' | 'land-predictions' | 'done' | 'no-records' }
  | { readonly step: 'held'; readonly reason: string };

export interface PastDate {
  readonly date: CalendarDate;
  readonly state: DayState;
  /** Files of its closed records folder; undefined where that is open. */
  readonly records: readonly FileRef[] | undefined;
  /** Of a look that was rejected: see mending.ts. */
  readonly rejectedNow: readonly FileRef[] | undefined;
}

/** By what its looks are made. */
export interface PlannedBy {
  readonly definition: Pick<Definition, 'outcomes'>;
  readonly definitionVersion: number;
}

/** What a date needs next, from its state and the data that is there. Pure. */
export function backfillStep(
  { date, state, records, rejectedNow }: PastDate,
  landed: Landed,
  { definition: { outcomes }, definitionVersion }: PlannedBy,
): BackfillStep {
  if (!state.predictions) return beforePredictions(state, records);
  const owed = owedLooks(state, looksAt(date, outcomes), closedThrough(landed.closed, date) ?? '');
  const isLost = ({ asOf }: Look) => isGivenUp(state.query, { asOf, definitionVersion, restates: false });
  const look = owed.find((one) => !isLost(one));
  if (!look && owed.length > 0) return held(state);
  if (!look) {
    const matures = 'event' in day.decide(state, { type: 'Mature', ...outcomes });
    return { step: matures ? 'evaluate' : 'done' };
  }
  if (state.rejected?.asOf !== look.asOf) return { step: 'evaluate' };
  const due = mending(state, landedThrough(landed, date, look.asOf), rejectedNow);
  if (due === 'somebody') return held(state);
  return { step: due === 'look' ? 'evaluate' : 'land-predictions' };
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
