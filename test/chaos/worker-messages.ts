import type { Subject } from './invocation.ts';
import type { Mutation } from './mutations.ts';
import type { Faults } from './plan.ts';

/** How a worker is started. */
export interface WorkerSetup {
  readonly name: string;
  /** Undefined: none. */
  readonly faults: Faults | undefined;
  readonly mutation: Mutation | undefined;
  readonly queueUrls: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** ISO 8601 in UTC. */
  readonly now: string;
}

export type ToWorker =
  | { readonly type: 'clock'; readonly now: string }
  | {
      readonly type: 'review';
      readonly id: number;
      readonly deployment: string;
      readonly asOf: string;
      /** 1 for the first time that the scheduler calls for this review. */
      readonly attempt: number;
    };

/** What a worker tells while it works, so that nothing of it is lost with the worker. */
export type Report =
  | { readonly type: 'fault'; readonly seam: string }
  /** A message that no queue holds any more: whatever it was to do, only a sweep brings about. */
  | { readonly type: 'dropped'; readonly subject: Subject }
  /** The log took an event, with the time that it says it was decided. It must never change again. */
  | { readonly type: 'appended'; readonly eventId: string; readonly at: string };

export type FromWorker =
  | Report
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly id: number; readonly error?: string };
