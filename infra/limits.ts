/** AWS's hard limits; none of them can be raised. */
export const AWS_LIMITS = {
  /** Of a Lambda invocation. */
  functionTimeoutSeconds: 900,
  /** Of a function's code with everything in it, unzipped. */
  unzippedBytes: 250 * 1024 * 1024,
  /** Of what Lambda is invoked with, and of what it answers. */
  payloadBytes: 6 * 1024 * 1024,
  /** Of `DelaySeconds`. */
  queueDelaySeconds: 900,
  visibilityTimeoutSeconds: 12 * 3600,
} as const;

/** Deliveries of a message before it goes to the dead letters. */
export const MAX_RECEIVE_COUNT = 5;

/**
 * How long a queue hides a message, in seconds: six times the timeout of its function and the batching window, as
 * Lambda asks. Sooner, a slow message would be delivered a second time while it is still being handled.
 */
export function visibilityTimeoutOf(functionTimeoutSeconds: number, windowSeconds = 0): number {
  return 6 * functionTimeoutSeconds + windowSeconds;
}
