import type { StoredEvent } from './events.ts';

/** The log: one append-only table of events, in streams of a deployment. */
export interface EventLog {
  /**
   * Appends one event. `conflict` where the stream already has an event of that version: somebody was first;
   * load again and decide again. Never overwrites.
   */
  append(event: StoredEvent): Promise<'appended' | 'conflict'>;
  /** The events of one stream in order of version, those after `afterVersion` only. */
  load(deployment: string, stream: string, afterVersion?: number): Promise<StoredEvent[]>;
  /** The newest events of one stream, newest first: `most` of them, those before `beforeVersion` only. */
  latest(deployment: string, stream: string, most: number, beforeVersion?: number): Promise<StoredEvent[]>;
  /** The events of all streams named from `from` to `to`, both included, in order of stream and version. */
  loadRange(deployment: string, from: string, to: string): Promise<StoredEvent[]>;
  /** A whole deployment in order of stream and version, page by page; `after` an event key, what follows it only. */
  replay(deployment: string, after?: string): AsyncIterable<StoredEvent>;
}
