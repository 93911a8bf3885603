import type { Arm } from './assignment.ts';

/** Characters of a reported unit at most. */
export const LONGEST_UNIT = 1000;

/** One request of a unit in a slice, and the arm that it was told, as a production application reports it. */
export interface Exposure {
  readonly deployment: string;
  readonly unit: string;
  readonly slice: string;
  readonly arm: Arm;
  readonly percent: number;
  /** Of the rollout document. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What an application reports at once. */
export interface ExposureBatch {
  readonly exposures: readonly Exposure[];
  /** Exposures that were lost since the last batch that arrived: the queue was full, or a batch failed. */
  readonly dropped: number;
}
