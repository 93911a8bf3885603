import type { Subject } from './invocation.ts';
import type { Report } from './worker-messages.ts';

/** How often one worker brings one fault to one place: what repeats itself must come to an end. */
const MOST_OFTEN = 3;

/** Where faults are told of, at once and for certain, since the worker may be killed at any time. */
export interface Tell {
  fault(seam: string): Promise<void>;
  dropped(subject: Subject): Promise<void>;
  appended(eventId: string, at: string): Promise<void>;
  /** Whether a fault may happen once more at a place. */
  mayHappen(seam: string, place: string): boolean;
}

export function tellOf(send: (report: Report) => Promise<void>): Tell {
  const times = new Map<string, number>();
  return {
    fault: (seam) => send({ type: 'fault', seam }),
    dropped: (subject) => send({ type: 'dropped', subject }),
    appended: (eventId, at) => send({ type: 'appended', eventId, at }),
    mayHappen(seam, place) {
      const before = times.get(`${seam} ${place}`) ?? 0;
      times.set(`${seam} ${place}`, before + 1);
      return before < MOST_OFTEN;
    },
  };
}
