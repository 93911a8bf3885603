import type { Clock } from './clock.ts';
import type { LoadError } from './decision.ts';

/** Where rollout documents come from. The client opens it once for each deployment. */
export interface Source {
  /** Starts to deliver; the answer stops it, and resolves once no timer, socket or file is left open. */
  readonly open: (deployment: string, sink: Sink, clock: Clock) => () => Promise<void>;
}

/** What a source tells the client, as often as it looks. */
export interface Sink {
  /** Parsed JSON; whether the client can use it, and so whether the source may ask for newer ones only. */
  readonly document: (value: unknown) => boolean;
  /** It is still the document of last time. */
  readonly unchanged: () => void;
  readonly failed: (error: LoadError) => void;
}
