import type { Course } from '@penumbra/core/history';

/** What a report is made of: a trial, or a deployment's history. */
export interface ReportDocument extends Course {
  /** Outcomes that belong to no record, and the first of their ids; where somebody looked for them. */
  readonly unknownOutcomes?: { readonly count: number; readonly example: string | null };
  /** Where log, objects and metrics lie. */
  readonly dataDir?: string;
}
