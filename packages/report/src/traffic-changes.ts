import { type CalendarDate, daysBetween } from '@penumbra/core/calendar';
import type { ReviewedSlice } from '@penumbra/core/history';
import type { Exposure } from '@penumbra/core/rollout-events';
import type { ReportDocument } from './document.ts';

/** A change of a slice's traffic. */
export interface Change {
  readonly asOf: CalendarDate;
  readonly slice: string;
  readonly from: Exposure;
  readonly to: Exposure;
  readonly action: 'promote' | 'roll-back' | 'outside';
  readonly rule: string;
  readonly reasons: readonly string[];
  /** None where no review decided. */
  readonly evidence: ReviewedSlice['evidence'] | null;
}

/** Reviews in a row that left a slice where it was, by the same rule. */
export interface Hold {
  readonly slice: string;
  readonly from: CalendarDate;
  readonly to: CalendarDate;
  readonly reviews: number;
  readonly percent: number;
  readonly rule: string;
  /** As of the last of them. */
  readonly reasons: readonly string[];
}

/** Where a slice's traffic stood from a date on. */
export interface Step {
  readonly date: CalendarDate;
  readonly percent: number;
}

/**
 * Every change in order of time. A slice that a review finds elsewhere than the one before left it was moved by a
 * person or by a revised definition; reviews do not say which.
 */
export function changes(document: ReportDocument): Change[] {
  const last = new Map<string, Exposure>();
  return document.reviews.flatMap(({ asOf, slices }) =>
    slices.flatMap((review) => {
      const before = last.get(review.slice);
      last.set(review.slice, review.to);
      const found: Change[] = [];
      if (before && before.percent !== review.from.percent) {
        found.push(movedOutside(asOf, review.slice, before, review.from));
      }
      const { action } = review;
      if (action !== 'hold') found.push({ ...review, action, asOf });
      return found;
    }),
  );
}

function movedOutside(asOf: CalendarDate, slice: string, from: Exposure, to: Exposure): Change {
  return {
    asOf,
    slice,
    from,
    to,
    action: 'outside',
    rule: 'no review',
    reasons: ['Changed between two reviews: by a person, or by a revised definition'],
    evidence: null,
  };
}

/** The reviews that changed nothing, slice by slice, as runs. */
export function holds(document: ReportDocument): Hold[] {
  return document.slices.flatMap(({ slice }) => {
    const runs: Hold[] = [];
    for (const { asOf, slices } of document.reviews) {
      const review = slices.find((candidate) => candidate.slice === slice);
      if (review) addHold(runs, asOf, review);
    }
    return runs.filter(({ reviews }) => reviews > 0);
  });
}

function addHold(runs: Hold[], asOf: CalendarDate, review: ReviewedSlice): void {
  const { slice, rule, reasons } = review;
  const { percent } = review.to;
  // A change ends a run; an empty one keeps what follows apart from what was before.
  if (review.action !== 'hold') {
    runs.push({ slice, from: asOf, to: asOf, reviews: 0, percent, rule: '', reasons: [] });
    return;
  }
  const last = runs.at(-1);
  if (last && last.reviews > 0 && last.rule === rule && last.percent === percent) {
    runs[runs.length - 1] = { ...last, to: asOf, reviews: last.reviews + 1, reasons };
  } else {
    runs.push({ slice, from: asOf, to: asOf, reviews: 1, percent, rule, reasons });
  }
}

/** A slice's traffic over time, from the first date to the last, one step for each change. */
export function exposureSteps(document: ReportDocument, slice: string): Step[] {
  const moves = changes(document).filter((change) => change.slice === slice);
  const [first] = moves;
  const now = document.slices.find((candidate) => candidate.slice === slice)?.percent ?? 0;
  const steps: Step[] = [{ date: document.from, percent: first ? first.from.percent : now }];
  for (const { asOf, to } of moves) steps.push({ date: asOf, percent: to.percent });
  return [...steps, { date: endOf(document), percent: now }];
}

/** The last date that the document tells of: of a review or of records. */
export function endOf({ asOf, to }: ReportDocument): CalendarDate {
  return daysBetween(to, asOf) > 0 ? asOf : to;
}
