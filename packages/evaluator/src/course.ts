import type { CalendarDate } from '@penumbra/core/calendar';
import type { DayState } from '@penumbra/core/day';
import type { DaySummary, SliceNumbers } from '@penumbra/core/day-events';
import type { JudgedDay, SliceStanding } from '@penumbra/core/history';
import { type RolloutState, SHADOW } from '@penumbra/core/rollout';
import type { RolloutReview } from '@penumbra/core/rollout-events';

/** Where a slice stands after the last review. */
export function sliceStanding(slice: string, state: RolloutState): SliceStanding {
  const { percent, stage } = state.slices[slice] ?? SHADOW;
  const reviewed = state.lastReview?.slices.find((candidate) => candidate.slice === slice);
  const evidence = reviewed?.evidence;
  return {
    slice,
    percent,
    stage,
    verdict: evidence?.verdict ?? 'NOT_ASSESSABLE',
    reasons: reviewed?.reasons ?? [],
    matureDays: evidence?.matureDays ?? 0,
    rows: evidence?.rows ?? 0,
    meanDifference: evidence?.meanDifference ?? null,
    lowerBound: evidence?.lowerBound ?? null,
    upperBound: evidence?.upperBound ?? null,
  };
}

/** Why each date was held, by the last review that held it. */
export function heldReasons(reviews: readonly RolloutReview[]): ReadonlyMap<CalendarDate, string> {
  return new Map(reviews.flatMap(({ held }) => held.map(({ date, reason }) => [date, reason] as const)));
}

/** What a date says: its numbers at the look that became evidence, or else at the last one. */
export function judgedDay(
  date: CalendarDate,
  state: DayState,
  held: ReadonlyMap<CalendarDate, string>,
  minRows: number,
): JudgedDay {
  const summary = (state.mature ?? state.latest)?.summary;
  const small = state.mature && tooSmall(state.mature.summary, minRows);
  const reason = small
    ? `${summary?.overall.labelled} rows: a day needs ${minRows} in a slice to be evidence`
    : held.get(date);
  const mature = state.mature !== undefined && !small;
  return {
    date,
    status: mature ? 'mature' : reason === undefined ? 'waiting' : 'held',
    reason: mature ? '' : (reason ?? 'not old enough yet: its outcomes are still coming in'),
    rows: state.partition?.rows ?? 0,
    labelled: summary?.overall.labelled ?? 0,
    meanDifference: summary ? meanDifference(summary.overall) : null,
    slices: Object.fromEntries(
      Object.entries(summary?.slices ?? {}).map(([slice, numbers]) => [
        slice,
        { rows: numbers.labelled, meanDifference: meanDifference(numbers) },
      ]),
    ),
  };
}

/** Money per labelled record that the challenger earned more; null without any. */
export const meanDifference = ({ labelled, difference }: SliceNumbers): number | null =>
  labelled === 0 ? null : difference.sum / labelled;

const tooSmall = ({ slices }: DaySummary, minRows: number): boolean =>
  Object.values(slices).every(({ labelled }) => labelled < minRows);
