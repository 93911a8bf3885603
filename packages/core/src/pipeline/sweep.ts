import { addDays, type CalendarDate, datesFrom } from '../calendar.ts';
import { day } from '../day.ts';
import type { DayEvent } from '../day-events.ts';
import { fold } from '../decider.ts';
import { closedFiles } from './closed-folder.ts';
import { loadDates } from './day-steps.ts';
import { keys } from './keys.ts';
import { listLanded } from './landed.ts';
import { rejectedFilesNow } from './mending.ts';
import type { Pipeline } from './ports.ts';
import { review } from './review.ts';
import { SLACK_DAYS } from './review-window.ts';
import { type Finding, planSweep, SWEEP_LIMITS, type SweepLimits, type SweepView } from './sweep-plan.ts';

/**
 * [schedule] Finds what is stuck in a deployment and sends its next action again. May run at any time, twice, and
 * at once with everything else: what it sends are the messages of the pipeline, which may come twice anyway.
 */
export async function sweep(
  pipeline: Pipeline,
  { deployment }: { readonly deployment: string },
  limits: SweepLimits = SWEEP_LIMITS,
): Promise<readonly Finding[]> {
  const findings = planSweep(await viewOf(pipeline, deployment), limits);
  const messages = findings.flatMap(({ message }) => message ?? []);
  if (messages.length > 0) await pipeline.queues.send(messages);
  for (const { kind, date } of findings) {
    if (kind === 'mature-not-reviewed') await review(pipeline, { deployment, asOf: date });
  }
  return findings;
}

/** Reads what the planner looks at: the dates of the review window up to yesterday, and no others. */
export async function viewOf(pipeline: Pipeline, deployment: string): Promise<SweepView> {
  const { definition, state } = await pipeline.rollouts(deployment);
  const now = pipeline.now();
  const { maturityDays, watchDays } = definition.outcomes;
  const yesterday = addDays(now.slice(0, 10), -1);
  const oldest = addDays(yesterday, -(maturityDays + watchDays + SLACK_DAYS));
  const [, first = yesterday] = [oldest, state.startDate ?? yesterday].sort();
  const stored = await loadDates(pipeline, deployment, datesFrom(first, yesterday));
  const days = await Promise.all(
    [...stored].map(async ([date, events]) => {
      const folded = fold(
        day,
        events.map(({ event }) => event as DayEvent),
      );
      const last = events.at(-1);
      const hasRecords = folded.partition !== undefined && folded.partition.rows > 0;
      const records = hasRecords
        ? undefined
        : await closedFiles(pipeline.objects, keys.records(deployment, date));
      const rejectedNow = await rejectedFilesNow(pipeline.objects, deployment, date, folded);
      return { date, state: folded, lastEventId: last?.eventId, lastAt: last?.at, records, rejectedNow };
    }),
  );
  return {
    deployment,
    definition,
    definitionVersion: state.definitionVersion,
    lastReview: state.lastReview?.asOf,
    inEvidence: new Set(state.evidence.map(({ date }): CalendarDate => date)),
    days,
    landed: await listLanded(pipeline.objects, deployment, first, yesterday),
    now,
  };
}
