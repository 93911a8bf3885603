import { type CalendarDate, datesFrom } from '@penumbra/core/calendar';
import { ROLLOUT, type StoredEvent } from '@penumbra/core/events';
import type { History, Intervention, ReviewedSlice } from '@penumbra/core/history';
import { projectRollout } from '@penumbra/core/project-rollout';
import { type RolloutState, rollout } from '@penumbra/core/rollout';
import type { RolloutEvent, RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { heldReasons, sliceStanding } from './course.ts';
import { cumulativeOf } from './cumulative.ts';
import { historyDay, type KnownDay, knownDay } from './history-day.ts';
import { nextStep } from './next-step.ts';
import { payOff } from './pay-off.ts';
import { scoreHistory } from './score-history.ts';

const DAY = 'day/';

/**
 * Tells a deployment's course from its log, in order of stream and version, as it was known with the review as of
 * `asOf`; by default the last one. Before the first review it is what is known without one. Undefined where the log
 * registers no deployment.
 */
export function historyOf(log: Iterable<StoredEvent>, asOf?: CalendarDate): History | undefined {
  const { rolloutEvents, byDate } = sorted(log);
  const reviewDates = rolloutEvents.flatMap(({ event }) =>
    event.type === 'RolloutReviewed' ? [event.data.asOf] : [],
  );
  const known = asOf === undefined ? rolloutEvents : upTo(rolloutEvents, asOf);
  const state = known.reduce(
    (before, { event }) => rollout.evolve(before, event as RolloutEvent),
    rollout.initial,
  );
  const document = projectRollout(state, known.at(-1)?.version ?? 0);
  const { definition, startDate, lastReview } = state;
  if (!definition || !document || startDate === undefined) return undefined;
  const lastDate = [...byDate.keys()].at(-1) ?? startDate;
  const until = asOf ?? lastDate;
  const to = lastDate < until ? lastDate : until;
  const knownUntil = asOf ?? '9999-12-31';
  const reviews = known.flatMap(({ event }) => (event.type === 'RolloutReviewed' ? [event.data] : []));
  const days = datesFrom(startDate, to).map((date) => knownDay(date, byDate.get(date) ?? [], knownUntil));
  const evidence = matureNumbers(days);
  const scores = scoreHistory(evidence, definition.policy.shadowDays);
  const context = {
    rollout: state,
    held: heldReasons(reviews),
    minRows: definition.policy.minRowsPerDay,
    baseline: scores?.baseline ?? [],
  };
  return {
    deployment: definition.deployment,
    definition,
    definitionVersion: state.definitionVersion,
    currency: payOff(definition.task).currency,
    from: startDate,
    to,
    asOf: lastReview?.asOf ?? to,
    paused: state.paused ?? null,
    overridden: state.overridden ?? null,
    slices: definition.slices.map(({ slice }) => sliceStanding(slice, state)),
    cumulative: cumulativeOf(evidence),
    days: days.map((day) => historyDay(day, context)),
    reviews: reviews.map(({ asOf: date, slices }) => ({ asOf: date, slices: slices.map(told) })),
    rollout: document,
    ahead: aheadOf(state),
    interventions: interventions(known),
    reviewDates,
    scores,
  };
}

function sorted(log: Iterable<StoredEvent>) {
  const rolloutEvents: StoredEvent[] = [];
  const byDate = new Map<CalendarDate, StoredEvent[]>();
  for (const stored of log) {
    if (stored.stream === ROLLOUT) {
      rolloutEvents.push(stored);
      continue;
    }
    const date = stored.stream.slice(DAY.length);
    const same = byDate.get(date);
    if (same) same.push(stored);
    else byDate.set(date, [stored]);
  }
  return { rolloutEvents, byDate };
}

/** What people did after a review belongs to the time before the next one. */
function upTo(events: readonly StoredEvent[], asOf: CalendarDate): readonly StoredEvent[] {
  const next = events.findIndex(({ event }) => event.type === 'RolloutReviewed' && event.data.asOf > asOf);
  return next < 0 ? events : events.slice(0, next);
}

const matureNumbers = (days: readonly KnownDay[]) =>
  days.flatMap(({ state }) => (state.mature ? [state.mature.summary.overall] : []));

const told = ({
  slice,
  from,
  to,
  action,
  rule,
  reasons,
  daysInStage,
  evidence,
}: SliceReview): ReviewedSlice => ({
  slice,
  from,
  to,
  action,
  rule,
  reasons,
  daysInStage,
  evidence: {
    matureDays: evidence.matureDays,
    rows: evidence.rows,
    meanDifference: evidence.meanDifference,
    lowerBound: evidence.lowerBound,
    upperBound: evidence.upperBound,
    verdict: evidence.verdict,
  },
});

function aheadOf(state: RolloutState): History['ahead'] {
  const { definition, lastReview } = state;
  if (!definition || !lastReview) return [];
  return lastReview.slices.map((reviewed) => ({
    slice: reviewed.slice,
    ...nextStep(definition, state, lastReview as RolloutReview, reviewed),
  }));
}

function interventions(events: readonly StoredEvent[]): Intervention[] {
  const found: Intervention[] = [];
  let after: CalendarDate | null = null;
  for (const { event, version, at, actor } of events) {
    const what = { version, at, after, by: actor.name };
    switch (event.type) {
      case 'RolloutReviewed':
        after = event.data.asOf;
        break;
      case 'DefinitionRevised':
        found.push({ ...what, type: event.type, slice: null, reason: '' });
        break;
      case 'RolloutPaused':
      case 'RolloutResumed':
        found.push({ ...what, type: event.type, slice: null, reason: event.data.reason });
        break;
      case 'StageApproved':
      case 'RolloutOverridden':
        found.push({ ...what, type: event.type, slice: event.data.slice, reason: event.data.reason });
    }
  }
  return found;
}
