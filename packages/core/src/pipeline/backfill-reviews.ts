import { addDays, type CalendarDate, datesFrom } from '../calendar.ts';
import type { BackfillRequest } from './backfill.ts';
import { rolloutStream } from './deployments.ts';
import { execute } from './execute.ts';
import { closedThrough, listLanded } from './landed.ts';
import type { Pipeline } from './ports.ts';
import { review } from './review.ts';

/**
 * as-live: what the reviews of those mornings would have decided, percentages too: right for a simulation.
 * in-shadow: paused while it lasts, so that the days become evidence and nothing is promoted on traffic that the
 * challenger never had.
 */
export type PastReviews = 'as-live' | 'in-shadow';

export const PAUSED_FOR_BACKFILL = 'backfill: past days become evidence, and promote nothing';

/**
 * As-of dates that no review has seen yet: from the last review, or the start, to the last date for which all
 * outcomes are closed, and no further than the last look at the range's last date.
 */
export async function unreviewedDates(
  pipeline: Pipeline,
  { deployment, from, to }: BackfillRequest,
): Promise<CalendarDate[]> {
  const { definition, state } = await pipeline.rollouts(deployment);
  const { maturityDays, watchDays } = definition.outcomes;
  const { startDate = from, lastReview } = state;
  const { closed } = await listLanded(pipeline.objects, deployment, startDate);
  const through = closedThrough(closed, startDate);
  if (through === undefined) return [];
  const yesterday = addDays(pipeline.now().slice(0, 10), -1);
  const [last = to] = [through, addDays(to, maturityDays + watchDays), yesterday].sort();
  return datesFrom(lastReview ? addDays(lastReview.asOf, 1) : startDate, last);
}

/** Reviews past as-of dates in order, each with what was known as of it. A further run goes on after the last one. */
export async function backfillReviews(
  pipeline: Pipeline,
  deployment: string,
  dates: readonly CalendarDate[],
  how: PastReviews,
  {
    signal,
    onProgress,
  }: {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: (done: number, asOf: CalendarDate) => void;
  } = {},
): Promise<void> {
  const decide = (type: 'Pause' | 'Resume') =>
    execute(pipeline, rolloutStream(deployment), () => ({ command: { type, reason: PAUSED_FOR_BACKFILL } }));
  if (how === 'in-shadow' && dates.length > 0) await decide('Pause');
  for (const [index, asOf] of dates.entries()) {
    if (signal?.aborted) break;
    await review(pipeline, { deployment, asOf });
    onProgress?.(index + 1, asOf);
  }
  // Only our own pause ends here; a person's stays, and so does the kill switch, which resuming would lift.
  const ours = (await pipeline.rollouts(deployment)).state;
  if (ours.paused === PAUSED_FOR_BACKFILL && ours.overridden === undefined) await decide('Resume');
}
