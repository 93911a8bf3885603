import type { Clock } from '../clock.ts';

export interface FakeClock extends Clock {
  /** Lets time pass, and runs in order what comes due. */
  readonly advance: (milliseconds: number) => void;
  /** Timers that wait. */
  readonly waiting: () => number;
}

export function fakeClock(start = '2001-03-01T12:00:00Z'): FakeClock {
  let now = Date.parse(start);
  const timers = new Map<symbol, { readonly at: number; readonly run: () => void }>();
  const next = (until: number) =>
    [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
  return {
    now: () => now,
    after(milliseconds, run) {
      const id = Symbol('timer');
      timers.set(id, { at: now + milliseconds, run });
      return () => void timers.delete(id);
    },
    advance(milliseconds) {
      const until = now + milliseconds;
      for (let due = next(until); due; due = next(until)) {
        const [id, { at, run }] = due;
        timers.delete(id);
        now = at;
        run();
      }
      now = until;
    },
    waiting: () => timers.size,
  };
}
