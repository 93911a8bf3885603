import type { CalendarDate } from './calendar.ts';
import { canonicalJson } from './canonical-json.ts';
import { type DayState, day } from './day.ts';
import type { DayEvent } from './day-events.ts';
import { fold } from './decider.ts';
import { dayStream, ROLLOUT, type StoredEvent } from './events.ts';
import { knownAsOf } from './known-as-of.ts';
import type { Pipeline } from './pipeline/ports.ts';
import type { DatedDay } from './pipeline/review.ts';
import { reviewWindow } from './pipeline/review-window.ts';
import { rollout } from './rollout.ts';
import type { RolloutEvent, RolloutReview } from './rollout-events.ts';
import { sameData } from './same-data.ts';

/** Where a stored review and the recomputed one part; `path` in the style of a JSON pointer. */
export interface ReviewDifference {
  readonly eventId: string;
  readonly asOf: CalendarDate;
  readonly path: string;
  readonly stored: string;
  readonly recomputed: string;
}

export interface VerifiedReview {
  readonly asOf: CalendarDate;
  readonly difference: ReviewDifference | undefined;
}

/**
 * Recomputes every review of a log from the evidence that the log held then, one after the other, and compares the
 * two as canonical bytes.
 */
export function* verifyReviews(
  events: Iterable<StoredEvent>,
  review: Pipeline['review'],
): Iterable<VerifiedReview> {
  const { decisions, days } = byStream(events);
  let state = rollout.initial;
  for (const stored of decisions) {
    const event = stored.event as RolloutEvent;
    if (event.type === 'RolloutReviewed' && state.definition) {
      const { asOf } = event.data;
      const dates = reviewWindow(state.definition.outcomes, state.startDate ?? asOf, asOf);
      const known = dates.map((date) => ({ date, state: knownAt(days.get(date) ?? [], stored.at, asOf) }));
      // Reports are no events: what the review found in them is part of its record.
      const { reported = [] } = event.data;
      let recomputed = review(state, known, asOf, reported);
      if (!sameData(recomputed, event.data)) {
        const before = state;
        const explained = known.map((dated) =>
          explain(dated, days.get(dated.date) ?? [], event.data, recomputed, (candidate) =>
            review(before, [candidate], asOf, reported),
          ),
        );
        recomputed = review(state, explained, asOf, reported);
      }
      yield { asOf, difference: compare(stored.eventId, event.data, recomputed) };
    }
    state = rollout.evolve(state, event);
  }
}

function byStream(events: Iterable<StoredEvent>) {
  const decisions: StoredEvent[] = [];
  const days = new Map<CalendarDate, StoredEvent[]>();
  for (const event of events) {
    if (event.stream === ROLLOUT) decisions.push(event);
    else {
      const date = event.stream.slice(dayStream('').length);
      const list = days.get(date);
      if (list) list.push(event);
      else days.set(date, [event]);
    }
  }
  return { decisions, days };
}

const stateOf = (events: readonly StoredEvent[], asOf: CalendarDate): DayState => {
  const own = events.map(({ event }) => event as DayEvent);
  return fold(day, knownAsOf(own, asOf));
};

/** A day as a review decided at `at` knew it, as far as the clocks of two workers agree. */
function knownAt(events: readonly StoredEvent[], at: string, asOf: CalendarDate): DayState {
  const later = events.findIndex((event) => event.at > at);
  return stateOf(later < 0 ? events : events.slice(0, later), asOf);
}

/**
 * Times of different workers order nothing: a day's event may carry an earlier time than a review that did not see
 * it. Where what was recorded of a day differs, some beginning of its stream must explain the record.
 */
function explain(
  dated: DatedDay,
  events: readonly StoredEvent[],
  stored: RolloutReview,
  recomputed: RolloutReview,
  reviewOne: (candidate: DatedDay) => RolloutReview,
): DatedDay {
  const { date } = dated;
  const recorded = entryOf(stored, date);
  if (sameData(recorded, entryOf(recomputed, date))) return dated;
  for (let length = events.length; length >= 0; length -= 1) {
    const candidate = { date, state: stateOf(events.slice(0, length), stored.asOf) };
    if (sameData(recorded, entryOf(reviewOne(candidate), date))) return candidate;
  }
  return dated;
}

const entryOf = ({ entered, held }: RolloutReview, date: CalendarDate) => ({
  entered: entered.find((entry) => entry.date === date),
  held: held.find((entry) => entry.date === date),
});

function compare(eventId: string, stored: RolloutReview, recomputed: RolloutReview) {
  if (canonicalJson(stored) === canonicalJson(recomputed)) return undefined;
  const first = firstDifference(stored, recomputed, '');
  return { eventId, asOf: stored.asOf, ...first };
}

const ABSENT = 'nothing';
const tell = (value: unknown) => (value === undefined ? ABSENT : JSON.stringify(value));

/** The first place, in order of field names, where two values differ. */
function firstDifference(
  stored: unknown,
  recomputed: unknown,
  path: string,
): { path: string; stored: string; recomputed: string } {
  if (isParent(stored) && isParent(recomputed) && Array.isArray(stored) === Array.isArray(recomputed)) {
    const [a, b] = [new Map(Object.entries(stored)), new Map(Object.entries(recomputed))];
    const fields = [...new Set([...a.keys(), ...b.keys()])];
    if (!Array.isArray(stored)) fields.sort();
    const field = fields.find((name) => !sameData(a.get(name), b.get(name)));
    if (field !== undefined) return firstDifference(a.get(field), b.get(field), `${path}/${field}`);
  }
  return { path: path || '/', stored: tell(stored), recomputed: tell(recomputed) };
}

const isParent = (value: unknown): value is object => typeof value === 'object' && value !== null;
