import { type Exposure, type ExposureBatch, LONGEST_UNIT } from '@penumbra/core/exposures';
import { isWellFormed } from '@penumbra/core/well-formed';
import type { Clock } from './clock.ts';
import type { Decision } from './decision.ts';

export interface FeedbackOptions {
  /** Takes a batch somewhere. One that throws, or rejects, loses its batch and nothing else. */
  readonly send: (batch: ExposureBatch) => Promise<void>;
  /** Seconds between two batches. */
  readonly everySeconds?: number;
  /** Exposures in a batch; a full one does not wait. */
  readonly batchSize?: number;
  /** Exposures in memory; further ones are counted and dropped. */
  readonly mostQueued?: number;
}

export interface ExposureBuffer {
  readonly add: (deployment: string, unit: string, decision: Decision) => void;
  /** Sends what is left, once. */
  readonly close: () => Promise<void>;
}

/** A unit may be whatever a caller sent; Penumbra refuses a batch with one that it cannot keep. */
const canBeKept = (unit: string) => unit.length <= LONGEST_UNIT && isWellFormed(unit);

/** Collects exposures and sends them beside the application: it never waits for them, and never fails by them. */
export function exposureBuffer(options: FeedbackOptions, clock: Clock): ExposureBuffer {
  const { send, everySeconds = 10, batchSize = 500, mostQueued = 10_000 } = options;
  let queued: Exposure[] = [];
  let dropped = 0;
  let sending: Promise<void> | undefined;
  let closed = false;
  let cancel: (() => void) | undefined;

  const sendOne = async () => {
    const batch = queued.slice(0, batchSize);
    const lost = dropped;
    queued = queued.slice(batchSize);
    dropped = 0;
    try {
      await send({ exposures: batch, dropped: lost });
    } catch {
      dropped += lost + batch.length;
    }
  };
  const flush = () => {
    cancel?.();
    cancel = undefined;
    // One batch at a time: a slow receiver fills the queue, and the queue has an end.
    sending ??= sendOne().finally(() => {
      sending = undefined;
      if (!closed && queued.length >= batchSize) flush();
      else if (!closed && queued.length > 0) cancel ??= clock.after(everySeconds * 1000, flush);
    });
  };
  return {
    add(deployment, unit, { slice, arm, percent, version }) {
      if (slice === null || closed) return;
      if (queued.length >= mostQueued || !canBeKept(unit)) {
        dropped += 1;
        return;
      }
      queued.push({ deployment, unit, slice, arm, percent, version, at: clock.now() });
      if (sending !== undefined) return;
      // Not in the caller's stack: what `send` does first is not the request's business.
      if (queued.length === batchSize) {
        cancel?.();
        cancel = clock.after(0, flush);
      } else {
        cancel ??= clock.after(everySeconds * 1000, flush);
      }
    },
    async close() {
      closed = true;
      cancel?.();
      await sending;
      while (queued.length > 0) await sendOne();
    },
  };
}
