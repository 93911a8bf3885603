import type { CalendarDate } from './calendar.ts';
import { type DayState, day } from './day.ts';
import type { DayEvent } from './day-events.ts';
import { dayStream, ROLLOUT, type StoredEvent } from './events.ts';
import { reviewWindow } from './pipeline/review-window.ts';
import { projectRollout } from './project-rollout.ts';
import { type RolloutState, rollout } from './rollout.ts';
import type { RolloutDocument } from './rollout-document.ts';
import type { RolloutEvent } from './rollout-events.ts';
import { projectWindows, type Windows } from './windows.ts';

/** A deployment as its log tells it, from nothing. */
export interface Replayed {
  readonly events: number;
  readonly rollout: RolloutState;
  /** Events in the rollout's stream. */
  readonly rolloutVersion: number;
  readonly days: ReadonlyMap<CalendarDate, DayState>;
}

/** What is read of a deployment without reading its log. */
export interface Projection extends Windows {
  readonly document: RolloutDocument;
}

/** A log whose streams have a gap, or come out of order: it cannot be what was written. */
export class BrokenStream extends Error {
  override readonly name = 'BrokenStream';
  constructor(
    readonly eventId: string,
    expected: number,
  ) {
    super(`event ${eventId} stands where version ${expected} of its stream is due`);
  }
}

export interface Replay {
  add(event: StoredEvent): void;
  result(): Replayed;
}

const DAY_PREFIX = dayStream('').length;

/**
 * Folds a log event by event, each stream in order of version. With `until` (ISO 8601 in UTC) it tells the world as
 * it was known then: what a stream holds from its first later event on is left out.
 */
export function newReplay(until?: string): Replay {
  let events = 0;
  let state = rollout.initial;
  const versions = new Map<string, number>();
  const ended = new Set<string>();
  const days = new Map<CalendarDate, DayState>();
  return {
    add({ stream, version, eventId, at, event }) {
      const due = (versions.get(stream) ?? 0) + 1;
      if (ended.has(stream)) return;
      if (version !== due) throw new BrokenStream(eventId, due);
      if (until !== undefined && at > until) {
        ended.add(stream);
        return;
      }
      versions.set(stream, version);
      events += 1;
      if (stream === ROLLOUT) state = rollout.evolve(state, event as RolloutEvent);
      else {
        const date = stream.slice(DAY_PREFIX);
        days.set(date, day.evolve(days.get(date) ?? day.initial, event as DayEvent));
      }
    },
    result: () => ({ events, rollout: state, rolloutVersion: versions.get(ROLLOUT) ?? 0, days }),
  };
}

/** What a replay projects; undefined where the deployment was not registered yet. */
export function projectionOf({ rollout: state, rolloutVersion, days }: Replayed): Projection | undefined {
  const document = projectRollout(state, rolloutVersion);
  const { definition, lastReview, startDate } = state;
  if (!document || !definition || startDate === undefined) return undefined;
  const [open] = lastReview ? reviewWindow(definition.outcomes, startDate, lastReview.asOf) : [];
  return { document, ...projectWindows(days, open ?? startDate) };
}
