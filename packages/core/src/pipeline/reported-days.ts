import { addDays, type CalendarDate, datesFrom } from '../calendar.ts';
import { compareExposures, type SharesAt } from '../compare-exposures.ts';
import { eventKey } from '../envelope.ts';
import { ROLLOUT } from '../events.ts';
import { sliceShares } from '../project-rollout.ts';
import { type RolloutState, rollout } from '../rollout.ts';
import type { ReportedDay, RolloutEvent } from '../rollout-events.ts';
import type { Pipeline } from './ports.ts';

/** A review that comes after a long silence compares the last week's reports; older ones tell nothing of today. */
const MOST_DATES = 7;

/**
 * What production reported on the dates that no review has compared yet, up to `asOf`. Dates without a report are
 * left out; where nobody reports, this is one look at an empty folder.
 */
export async function reportedDays(
  { exposures, log }: Pick<Pipeline, 'exposures' | 'log'>,
  deployment: string,
  { lastReview, startDate }: RolloutState,
  asOf: CalendarDate,
): Promise<ReportedDay[]> {
  const earliest = [addDays(asOf, 1 - MOST_DATES), startDate ?? asOf].sort().at(-1) ?? asOf;
  const next = lastReview ? addDays(lastReview.asOf, 1) : earliest;
  let shares: SharesAt | undefined;
  const days: ReportedDay[] = [];
  for (const date of datesFrom(next > earliest ? next : earliest, asOf)) {
    let comparison: ReturnType<typeof compareExposures> | undefined;
    let dropped = 0;
    for await (const batch of exposures.read(deployment, date)) {
      shares ??= await sharesOf(log, deployment);
      comparison ??= compareExposures(deployment, shares);
      batch.exposures.forEach(comparison.add);
      dropped += batch.dropped;
    }
    if (comparison) days.push({ date, ...comparison.result(), dropped });
  }
  return days;
}

/** What every version of the rollout gave to the challenger; the log is read page by page and not kept. */
async function sharesOf(log: Pipeline['log'], deployment: string): Promise<SharesAt> {
  const shares = new Map<number, ReturnType<SharesAt>>();
  let state = rollout.initial;
  for await (const { stream, version, event } of log.replay(deployment, eventKey(ROLLOUT, 0))) {
    if (stream !== ROLLOUT) continue;
    state = rollout.evolve(state, event as RolloutEvent);
    if (!state.definition) continue;
    shares.set(
      version,
      sliceShares(state.definition, state).map(({ slice, percent }) => ({ slice, percent })),
    );
  }
  return (version) => shares.get(version);
}
