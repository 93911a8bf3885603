/** Deliveries of a message before it goes to the dead letters. */
export const MAX_RECEIVE_COUNT = 5;

/**
 * How long a queue hides a message, in seconds: six times the timeout of its function and the batching window, as
 * Lambda asks. Sooner, a slow message would be delivered a second time while it is still being handled.
 */
export function visibilityTimeoutOf(functionTimeoutSeconds: number, windowSeconds = 0): number {
  return 6 * functionTimeoutSeconds + windowSeconds;
}
