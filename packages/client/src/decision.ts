import type { Assignment, AssignmentReason } from '@penumbra/core/assignment';

/**
 * Why an arm decides. From the document: SPLIT, FULL, SHADOW, NO_SLICE, NO_UNIT, EXPIRED. Without one:
 * UNKNOWN_DEPLOYMENT, NOT_LOADED (yet), UNREACHABLE, UNREADABLE. FAILED: reading an attribute threw.
 */
export type Reason = AssignmentReason | FallbackReason;
export type FallbackReason = LoadFailure | 'NOT_LOADED' | 'FAILED';
export type LoadFailure = 'UNKNOWN_DEPLOYMENT' | 'UNREACHABLE' | 'UNREADABLE';

/** Which arm decides a request, and why. The same object for the same answer, and frozen. */
export type Decision = Assignment<Reason>;

/** The one safe answer where there is nothing to decide by: what decided before. */
export function incumbentBecause(reason: FallbackReason): Decision {
  return Object.freeze({ arm: 'incumbent', percent: 0, slice: null, reason, reviewId: null, version: 0 });
}

/** Why a document could not be had. The last good one goes on serving until it expires. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  constructor(
    readonly reason: LoadFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
