import type { CalendarDate } from '../calendar.ts';
import { type DayState, day } from '../day.ts';
import type { DayEvent } from '../day-events.ts';
import { fold } from '../decider.ts';
import { knownAsOf } from '../known-as-of.ts';
import type { RolloutState } from '../rollout.ts';
import type { RolloutDocument } from '../rollout-document.ts';
import type { RolloutReview } from '../rollout-events.ts';
import { loadDates } from './day-steps.ts';
import { rolloutStream } from './deployments.ts';
import { execute, type Loaded } from './execute.ts';
import { keepWindows } from './keep-windows.ts';
import type { Pipeline } from './ports.ts';
import { publishRollout } from './publish-rollout.ts';
import { reportedDays } from './reported-days.ts';
import { reviewWindow } from './review-window.ts';

export interface DatedDay {
  readonly date: CalendarDate;
  readonly state: DayState;
}

export interface Reviewed {
  /** The review of this call, or of an earlier one of the same as-of date. */
  readonly review: RolloutReview | undefined;
  readonly document: RolloutDocument | undefined;
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
  const reported = await reportedDays(pipeline, deployment, state, asOf);
  const decided = await execute(
    pipeline,
    rolloutStream(deployment),
    (current) => ({
      command: { type: 'RecordReview' as const, review: pipeline.review(current, days, asOf, reported) },
    }),
    registered,
  );
  const document = await publishRollout(pipeline, decided);
  // After the document: applications wait for that one, and people for these.
  await keepWindows(pipeline, deployment, decided);
  await pipeline.snapshots.publish(deployment, snapshotOf(decided));
  return { review: decided.state.lastReview, document };
}

const snapshotOf = ({ state, version, lastEventId }: Loaded<RolloutState>) => ({
  state,
  version,
  lastEventId,
});

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
