/** The first wait after a failure; each further one is twice as long, up to the poll itself. */
const FIRST_RETRY = 1000;
/** What a server may ask for at most. */
const LONGEST_RETRY_AFTER = 600_000;

export interface PollState {
  /** Milliseconds between two polls. */
  readonly every: number;
  /** Failures in a row. */
  readonly failures: number;
  /** Milliseconds that the server asked to wait; 0 where it did not. */
  readonly retryAfter: number;
  /** 0 to 1: so that a thousand clients do not ask at once. */
  readonly random: number;
}

/**
 * Milliseconds until the next request. Never longer than the poll, whatever failed before: a kill is seen within
 * one poll of the end of an outage. Only the server itself may ask for more.
 */
export function pollDelay({ every, failures, retryAfter, random }: PollState): number {
  const wait =
    failures === 0
      ? every * (0.8 + 0.2 * random)
      : Math.min(every, FIRST_RETRY * 2 ** (failures - 1)) * (0.5 + 0.5 * random);
  return Math.max(wait, Math.min(retryAfter, LONGEST_RETRY_AFTER));
}
