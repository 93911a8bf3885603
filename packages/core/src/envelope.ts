/** Who caused an event: a handler of the pipeline, or a person. */
export interface Actor {
  readonly kind: 'system' | 'person';
  readonly name: string;
}

/** What every event carries beside its own data. */
export interface Envelope<Event extends { type: string; data: unknown }> {
  readonly deployment: string;
  /** `rollout` or `day/YYYY-MM-DD`. */
  readonly stream: string;
  /** 1 for the first event of the stream; no gaps. */
  readonly version: number;
  /** `<deployment>/<stream>/<version>`: the place in the log is the identity, so a repeat has the same one. */
  readonly eventId: string;
  /** What led to it: the id of an event, or of the message or request that came from outside. */
  readonly causationId: string;
  /** The first event of the chain: all steps of one partition share it. */
  readonly correlationId: string;
  readonly actor: Actor;
  /** When it was decided, ISO 8601 in UTC, as the command said. */
  readonly at: string;
  readonly event: Event;
}

/** The sort key of an event; versions are zero-padded so that text order is event order. */
export function eventKey(stream: string, version: number): string {
  return `${stream}/${String(version).padStart(stream === 'rollout' ? 6 : 4, '0')}`;
}

export function eventId(deployment: string, stream: string, version: number): string {
  return `${deployment}/${eventKey(stream, version)}`;
}
