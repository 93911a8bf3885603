import type { CalendarDate } from '@penumbra/core/calendar';
import type { Confusion } from '@penumbra/core/day-events';
import type { Definition } from '@penumbra/core/definition';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import type { RolloutReview, Verdict } from '@penumbra/core/rollout-events';

/** What a trial found, as one JSON document. Money is in `currency`, per record where it says so. */
export interface TrialDocument {
  readonly deployment: string;
  readonly definition: Definition;
  readonly currency: string;
  /** First and last date of records in the trial. */
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  /** Date of the last review. */
  readonly asOf: CalendarDate;
  readonly slices: readonly TrialSlice[];
  readonly cumulative: Cumulative;
  /** Outcomes of the folder that belong to no record in it, and the first of their ids. */
  readonly unknownOutcomes: { readonly count: number; readonly example: string | null };
  readonly days: readonly TrialDay[];
  readonly reviews: readonly RolloutReview[];
  /** What production applications read at the end. */
  readonly rollout: RolloutDocument;
  /** Where log, objects and queues lie; a further run resumes there. */
  readonly dataDir: string;
}

export interface TrialSlice {
  readonly slice: string;
  readonly percent: number;
  /** 0 is shadow; 1 the first stage of the policy. */
  readonly stage: number;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly matureDays: number;
  readonly rows: number;
  /** Money per record that the challenger earns more than the incumbent; null without evidence. */
  readonly meanDifference: number | null;
  /** Bound of the mean difference at every look together; null where the evidence gives none. */
  readonly lowerBound: number | null;
  readonly upperBound: number | null;
}

/** All mature days together. */
export interface Cumulative {
  readonly days: number;
  readonly rows: number;
  readonly labelled: number;
  /** Classification only. */
  readonly auc: number | null;
  readonly brier: number | null;
  readonly logLoss: number | null;
  readonly confusion: { readonly challenger: Confusion; readonly incumbent: Confusion } | null;
  /** Regression only: mean absolute error and root mean squared error. */
  readonly error: { readonly challenger: ErrorNumbers; readonly incumbent: ErrorNumbers } | null;
  readonly valuePerRecord: { readonly challenger: number; readonly incumbent: number } | null;
}

export interface ErrorNumbers {
  readonly meanAbsolute: number;
  readonly rootMeanSquared: number;
}

export interface TrialDay {
  readonly date: CalendarDate;
  readonly status: 'mature' | 'waiting' | 'held';
  /** Why it is no evidence; empty for a mature day. */
  readonly reason: string;
  readonly rows: number;
  readonly labelled: number;
  /** Mean difference per labelled record, over all slices and in each; null without labelled rows. */
  readonly meanDifference: number | null;
  readonly slices: Readonly<
    Record<string, { readonly rows: number; readonly meanDifference: number | null }>
  >;
}
