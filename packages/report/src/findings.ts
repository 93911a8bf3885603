import { addDays, type CalendarDate, daysBetween } from '@penumbra/core/calendar';
import type { JudgedDay, SliceStanding } from '@penumbra/core/history';
import type { Verdict } from '@penumbra/core/rollout-events';
import type { ReportDocument } from './document.ts';
import { changes } from './traffic-changes.ts';

/** What the document comes to, before any wording. */
export interface Findings {
  readonly mature: readonly JudgedDay[];
  readonly held: readonly JudgedDay[];
  readonly waiting: readonly JudgedDay[];
  readonly gain: Gain | null;
  readonly byVerdict: Readonly<Record<Verdict, readonly SliceStanding[]>>;
  readonly rolledBack: readonly string[];
  /** Percent of the records that the challenger would decide now; null where there are no rows to weigh with. */
  readonly traffic: number | null;
  readonly next: NextStep;
}

/** Money that the challenger would have earned more than the incumbent on the mature days; less where negative. */
export interface Gain {
  readonly total: number;
  readonly perRecord: number;
  readonly perDay: number;
  readonly records: number;
  readonly days: number;
}

export type NextStep =
  | { readonly type: 'first-evidence'; readonly date: CalendarDate }
  | { readonly type: 'complete' }
  | {
      readonly type: 'stage';
      readonly slice: string;
      readonly from: number;
      readonly to: number;
      readonly approval: 'automatic' | 'manual';
      readonly minDays: number;
      /** Since when it stands where it stands, if the last review moved it. */
      readonly movedOn: CalendarDate | null;
      readonly reasons: readonly string[];
    };

/** Reads off a trial's document what the report and the summary tell. */
export function findings(document: ReportDocument): Findings {
  const withStatus = (status: JudgedDay['status']) => document.days.filter((day) => day.status === status);
  const mature = withStatus('mature');
  const withVerdict = (verdict: Verdict) => document.slices.filter((slice) => slice.verdict === verdict);
  const rolledBack = changes(document).flatMap(({ action, slice }) =>
    action === 'roll-back' ? [slice] : [],
  );
  return {
    mature,
    held: withStatus('held'),
    waiting: withStatus('waiting'),
    gain: gainOf(mature),
    byVerdict: {
      EXCEEDS: withVerdict('EXCEEDS'),
      MEETS: withVerdict('MEETS'),
      HARMS: withVerdict('HARMS'),
      INCONCLUSIVE: withVerdict('INCONCLUSIVE'),
      NOT_ASSESSABLE: withVerdict('NOT_ASSESSABLE'),
    },
    rolledBack: [...new Set(rolledBack)],
    traffic: trafficShare(document),
    next: nextStep(document, mature.length),
  };
}

/** Money of one day: the mean difference times the records that it is a mean of. */
export function dayGain({ meanDifference, labelled }: JudgedDay): number {
  return (meanDifference ?? 0) * labelled;
}

function gainOf(mature: readonly JudgedDay[]): Gain | null {
  const days = mature.filter(({ meanDifference, labelled }) => meanDifference !== null && labelled > 0);
  const records = days.reduce((sum, { labelled }) => sum + labelled, 0);
  if (records === 0) return null;
  const total = days.reduce((sum, day) => sum + dayGain(day), 0);
  return { total, perRecord: total / records, perDay: total / days.length, records, days: days.length };
}

/** Rows of every day of the trial weigh the slices; rows in no slice stay with the incumbent. */
function trafficShare({ days, slices }: ReportDocument): number | null {
  const all = days.reduce((sum, { rows }) => sum + rows, 0);
  if (all === 0) return null;
  const served = slices.reduce((sum, { slice, percent }) => {
    const rows = days.reduce((total, day) => total + (day.slices[slice]?.rows ?? 0), 0);
    return sum + rows * percent;
  }, 0);
  return served / all;
}

function nextStep(document: ReportDocument, matureDays: number): NextStep {
  const { policy, outcomes } = document.definition;
  const slice = document.slices.find(({ stage }) => stage < policy.stages.length);
  const stage = slice && policy.stages[slice.stage];
  if (!slice || !stage) return { type: 'complete' };
  const ripe = addDays(document.from, outcomes.maturityDays);
  if (matureDays === 0 && daysBetween(document.asOf, ripe) > 0) return { type: 'first-evidence', date: ripe };
  const review = document.reviews.at(-1)?.slices.find((candidate) => candidate.slice === slice.slice);
  const current = policy.stages[slice.stage - 1];
  return {
    type: 'stage',
    slice: slice.slice,
    from: slice.percent,
    to: stage.percent,
    approval: stage.approval,
    minDays: current?.minDays ?? policy.shadowDays,
    movedOn: review && review.action !== 'hold' ? document.asOf : null,
    reasons: slice.reasons,
  };
}
