import type { Course } from '@penumbra/core/history';
import type { RolloutReview } from '@penumbra/core/rollout-events';

/** What a trial found, as one JSON document. Money is in `currency`, per record where it says so. */
export interface TrialDocument extends Course {
  readonly reviews: readonly RolloutReview[];
  /** Outcomes of the folder that belong to no record in it, and the first of their ids. */
  readonly unknownOutcomes: { readonly count: number; readonly example: string | null };
  /** Where log, objects and queues lie; a further run resumes there. */
  readonly dataDir: string;
}
