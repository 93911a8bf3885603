import type { CalendarDate } from './calendar.ts';
import type { Confusion, ScoreBins } from './day-events.ts';
import type { Definition } from './definition.ts';
import type { RolloutDocument } from './rollout-document.ts';
import type { SliceEvidence, SliceReview, Verdict } from './rollout-events.ts';

/** Where a slice stood at the last review. Money per record; bounds hold at every look together. */
export interface SliceStanding {
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

/** One date of records, and what it says. */
export interface JudgedDay {
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

/** What a review decided on a slice, and the numbers that it is told with. */
export interface ReviewedSlice
  extends Pick<SliceReview, 'slice' | 'from' | 'to' | 'action' | 'rule' | 'reasons' | 'daysInStage'> {
  readonly evidence: Pick<
    SliceEvidence,
    'matureDays' | 'rows' | 'meanDifference' | 'lowerBound' | 'upperBound' | 'verdict'
  >;
}

/** What reports and pages tell a deployment's course from. */
export interface Course {
  readonly deployment: string;
  readonly definition: Definition;
  readonly currency: string;
  /** First and last date of records. */
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  /** Date of the last review. */
  readonly asOf: CalendarDate;
  readonly slices: readonly SliceStanding[];
  readonly cumulative: Cumulative;
  readonly days: readonly JudgedDay[];
  readonly reviews: readonly { readonly asOf: CalendarDate; readonly slices: readonly ReviewedSlice[] }[];
  /** What production applications read. */
  readonly rollout: RolloutDocument;
}

/** One look at a day: how many outcomes were known, and what they came to. */
export interface DayLook {
  readonly asOf: CalendarDate;
  readonly age: number;
  /** Share of the records that had an outcome, in [0, 1]. */
  readonly coverage: number;
  /** Money per labelled record; null without any. */
  readonly meanDifference: number | null;
}

/** When a day reached each step, as instants or dates of the log; null where it has not. */
export interface DaySteps {
  readonly ready: string | null;
  readonly submitted: string | null;
  readonly complete: string | null;
  readonly landed: CalendarDate | null;
  readonly mature: CalendarDate | null;
}

export interface HistoryDay extends JudgedDay {
  readonly steps: DaySteps;
  readonly transform: { readonly attempt: number; readonly jobName: string } | null;
  readonly looks: readonly DayLook[];
  /** What the challenger's decisions earned more on the records that it was served; null on a day of change. */
  readonly served: { readonly records: number; readonly money: number } | null;
  /** Population stability index of the scores against the days in shadow; null without scores of either. */
  readonly drift: number | null;
  /** As-of date of a correction after maturity; shown, and no evidence. */
  readonly restated: CalendarDate | null;
}

/** What a slice's next step takes. */
export interface NextStep {
  /** Stage and percentage that come next; null where everything is served. */
  readonly stage: number | null;
  readonly percent: number | null;
  /** What is still missing, each a clause; empty where the next review may promote. */
  readonly missing: readonly string[];
  /** Daily reviews until it can come; null where days alone never bring it. */
  readonly reviews: number | null;
  /** Whether that number still needs proof, and so rests on mean and spread staying as they are. */
  readonly projected: boolean;
}

/** What a person did to the rollout. */
export interface Intervention {
  /** Version of the event in the rollout's stream. */
  readonly version: number;
  readonly type:
    | 'StageApproved'
    | 'RolloutPaused'
    | 'RolloutResumed'
    | 'RolloutOverridden'
    | 'DefinitionRevised';
  readonly at: string;
  /** Date of the review before it; null before the first. */
  readonly after: CalendarDate | null;
  readonly by: string;
  /** Slice that it is about; null where it is about all. */
  readonly slice: string | null;
  /** Empty for a revised definition. */
  readonly reason: string;
}

/** So many mature days are lately: what scores are like now is told from them. */
export const RECENT_DAYS = 28;

/** Scores of the labelled rows in equal bins over [0, 1]. */
export interface ScoreHistory {
  readonly all: ScoreBins;
  /** The days in shadow, or the first ones: what drift is measured against. */
  readonly baseline: readonly number[];
  /** The last `RECENT_DAYS` mature days. */
  readonly recent: readonly number[];
  /** Of `recent` against `baseline`; null without either. */
  readonly drift: number | null;
}

/** A deployment's course with everything that the page shows of it; from the log alone. */
export interface History extends Course {
  readonly definitionVersion: number;
  /** Why it is paused, or overridden; null where it is not. */
  readonly paused: string | null;
  readonly overridden: string | null;
  readonly days: readonly HistoryDay[];
  readonly ahead: readonly (NextStep & { readonly slice: string })[];
  readonly interventions: readonly Intervention[];
  /** Dates of all reviews in the log, also of those after `asOf`. */
  readonly reviewDates: readonly CalendarDate[];
  /** Classification only. */
  readonly scores: ScoreHistory | null;
}
