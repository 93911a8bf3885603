import { addDays, type CalendarDate, datesFrom } from '../calendar.ts';
import { type DayState, day } from '../day.ts';
import type { DayEvent } from '../day-events.ts';
import { fold } from '../decider.ts';
import type { Definition } from '../definition.ts';
import { dayStream } from '../events.ts';
import { projectRollout, type RolloutDocument } from '../rollout-document.ts';
import type { RolloutReview } from '../rollout-events.ts';
import { rolloutStream } from './deployments.ts';
import { execute } from './execute.ts';
import type { Pipeline } from './ports.ts';

/** Days after the watch in which a review still finds a date that matured late. */
const SLACK_DAYS = 7;

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
  );
  const decided = await execute(
    pipeline,
    rolloutStream(deployment),
    (current) => ({
      command: { type: 'RecordReview' as const, review: pipeline.review(current, days, asOf) },
    }),
    registered,
  );
  const document = projectRollout(decided.state, decided.version);
  if (document) await pipeline.documents.publish(document);
  return { review: decided.state.lastReview, document };
}

async function loadDays(
  pipeline: Pipeline,
  deployment: string,
  dates: readonly CalendarDate[],
): Promise<DatedDay[]> {
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const stored = await pipeline.log.loadRange(deployment, dayStream(first), dayStream(last));
  const byStream = new Map<string, DayEvent[]>();
  for (const { stream, event } of stored) {
    byStream.set(stream, [...(byStream.get(stream) ?? []), event as DayEvent]);
  }
  return dates.map((date) => ({ date, state: fold(day, byStream.get(dayStream(date)) ?? []) }));
}
