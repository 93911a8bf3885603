import { addDays, type CalendarDate, datesFrom } from '../calendar.ts';
import { type DayState, day } from '../day.ts';
import type { DayEvent } from '../day-events.ts';
import { fold } from '../decider.ts';
import type { Definition } from '../definition.ts';
import { knownAsOf } from '../known-as-of.ts';
import type { RolloutDocument } from '../rollout-document.ts';
import type { RolloutReview } from '../rollout-events.ts';
import { loadDates } from './day-steps.ts';
import { rolloutStream } from './deployments.ts';
import { execute } from './execute.ts';
import type { Pipeline } from './ports.ts';
import { publishRollout } from './publish-rollout.ts';

/** Days after the watch in which a review still finds a date that matured late. */
export const SLACK_DAYS = 7;

export interface DatedDay {
  readonly date: CalendarDate;
  readonly state: DayState;
}

export interface Reviewed {
  /** The review of this call, or of an earlier one of the same as-of date. */
  readonly review: RolloutReview | undefined;
  readonly document: RolloutDocument | undefined;
}

/** The dates that a review as of `asOf` looks at: old enough to be mature, not so old that they are settled. */
export function reviewWindow(
  { maturityDays, watchDays }: Definition['outcomes'],
  startDate: CalendarDate,
  asOf: CalendarDate,
): CalendarDate[] {
  const to = addDays(asOf, -maturityDays);
  const from = addDays(to, -(watchDays + SLACK_DAYS));
  return datesFrom(from < startDate ? startDate : from, to);
}

/** [daily] Reviews the evidence as of a date, records the decision, and publishes what applications read. */
export async function review(
  pipeline: Pipeline,
  { deployment, asOf }: { readonly deployment: string; readonly asOf: CalendarDate },
): Promise<Reviewed> {
  const registered = await pipeline.rollouts(deployment);
  const { definition, state } = registered;
  const days = await loadDays(
    pipeline,
    deployment,
    reviewWindow(definition.outcomes, state.startDate ?? asOf, asOf),
    asOf,
  );
  const decided = await execute(
    pipeline,
    rolloutStream(deployment),
    (current) => ({
      command: { type: 'RecordReview' as const, review: pipeline.review(current, days, asOf) },
    }),
    registered,
  );
  return { review: decided.state.lastReview, document: await publishRollout(pipeline, decided) };
}

async function loadDays(
  pipeline: Pipeline,
  deployment: string,
  dates: readonly CalendarDate[],
  asOf: CalendarDate,
): Promise<DatedDay[]> {
  const events = await loadDates(pipeline, deployment, dates);
  return [...events].map(([date, stored]) => {
    const known = knownAsOf(
      stored.map(({ event }) => event as DayEvent),
      asOf,
    );
    return { date, state: fold(day, known) };
  });
}
