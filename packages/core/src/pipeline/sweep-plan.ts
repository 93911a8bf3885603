import { addDays, type CalendarDate } from '../calendar.ts';
import { type DayState, day, next, owedLooks } from '../day.ts';
import type { FileRef } from '../day-events.ts';
import { type DayQuery, isGivenUp } from '../day-query.ts';
import type { Definition } from '../definition.ts';
import { looksAt } from '../looks.ts';
import { sameData } from '../same-data.ts';
import { closedThrough, type Landed, landedThrough } from './landed.ts';
import { mending } from './mending.ts';
import type { Message } from './messages.ts';

/** What a sweep can find; the first five are stuck, the others wait for somebody outside. */
export type FindingKind =
  | 'ready-not-submitted'
  | 'transform-overdue'
  | 'query-overdue'
  | 'complete-not-evaluated'
  | 'mature-not-reviewed'
  | 'never-ready'
  | 'outcomes-open';

export const FINDING_KINDS: readonly FindingKind[] = [
  'ready-not-submitted',
  'transform-overdue',
  'query-overdue',
  'complete-not-evaluated',
  'mature-not-reviewed',
  'never-ready',
  'outcomes-open',
];

/** Something that should have happened by now, and what makes it happen. */
export interface Finding {
  readonly kind: FindingKind;
  /** Date of the records; of the landing folder for outcomes-open, as-of date for mature-not-reviewed. */
  readonly date: CalendarDate;
  readonly what: string;
  /** What to send again; absent where nothing that we send would help, or where a review is due instead. */
  readonly message?: Message;
}

/** How long each step may take before it counts as stuck. */
export interface SweepLimits {
  /** From one event of a day to the next, in minutes, while nothing outside is waited for. */
  readonly stepMinutes: number;
  /** From a submission until the job is asked, in minutes. */
  readonly transformMinutes: number;
  /** From a submission until the query is asked for, in minutes: Athena ends one after half an hour, as a rule. */
  readonly queryMinutes: number;
  /** From midnight UTC after a date until its folders should be closed and its review made, in hours. */
  readonly dayHours: number;
}

export const SWEEP_LIMITS: SweepLimits = {
  stepMinutes: 30,
  transformMinutes: 120,
  queryMinutes: 45,
  dayHours: 12,
};

export interface SweptDay {
  readonly date: CalendarDate;
  readonly state: DayState;
  readonly lastEventId: string | undefined;
  /** When its newest event was decided. */
  readonly lastAt: string | undefined;
  /** Files of its closed records folder; undefined where that is open, or was not looked at. */
  readonly records: readonly FileRef[] | undefined;
  /** Of a look that was rejected: see mending.ts. */
  readonly rejectedNow: readonly FileRef[] | undefined;
}

/** Everything that a sweep looks at: the log's state, what is closed, and the time. */
export interface SweepView {
  readonly deployment: string;
  readonly definition: Definition;
  readonly definitionVersion: number;
  readonly lastReview: CalendarDate | undefined;
  readonly inEvidence: ReadonlySet<CalendarDate>;
  readonly days: readonly SweptDay[];
  readonly landed: Landed;
  /** ISO 8601 in UTC. */
  readonly now: string;
}

/** What is stuck in a deployment, in order of date, and the next action for each. Pure. */
export function planSweep(view: SweepView, limits: SweepLimits = SWEEP_LIMITS): Finding[] {
  const findings = view.days.flatMap((swept) => {
    const due = next(swept.state);
    if (due.action === 'watch-query') return query(view, limits, swept, due.query);
    if (swept.state.predictions) return evaluation(view, limits, swept);
    return swept.state.partition && swept.state.partition.rows > 0
      ? transform(view, limits, swept)
      : readiness(view, limits, swept);
  });
  return [...findings, ...openOutcomes(view, limits), ...missingReview(view, limits)];
}

const MINUTE_MS = 60_000;
const minutesSince = (at: string, now: string) => (Date.parse(now) - Date.parse(at)) / MINUTE_MS;
/** Whether an event is so many minutes old. One that lies ahead was decided by a clock that had jumped: it is too. */
const isOlder = (at: string, minutes: number, now: string) => {
  const age = minutesSince(at, now);
  return age < 0 || age >= minutes;
};
/** Whether a date is over for so long that what belongs to it should be there. */
const isPast = (date: CalendarDate, { dayHours }: SweepLimits, now: string) =>
  minutesSince(`${addDays(date, 1)}T00:00:00Z`, now) >= dayHours * 60;

const messageOf = (
  queue: 'partition-ready' | 'outcomes-landed',
  { deployment }: SweepView,
  { date, lastEventId }: SweptDay,
): Message => ({ queue, body: { deployment, date, causationId: lastEventId ?? 'sweep' } });

/** No partition yet, or an empty one: its folder is open, or its message was lost, or it was mended since. */
function readiness(view: SweepView, limits: SweepLimits, swept: SweptDay): Finding[] {
  const { date, state, records } = swept;
  if (!isPast(date, limits, view.now)) return [];
  const seen = state.rejected?.files ?? state.partition?.files;
  const open = { kind: 'never-ready' as const, date, what: 'no _SUCCESS object closes its records' };
  if (!records) return seen ? [] : [open];
  if (seen && sameData(seen, records)) return [];
  const what = seen
    ? 'its records were mended, and nobody looked again'
    : 'its records are closed, and nobody looked at them';
  return [{ ...open, what, message: messageOf('partition-ready', view, swept) }];
}

function transform(view: SweepView, limits: SweepLimits, swept: SweptDay): Finding[] {
  const { date, state, lastAt, lastEventId } = swept;
  const due = next(state);
  const waits = (minutes: number) => lastAt !== undefined && isOlder(lastAt, minutes, view.now);
  if (due.action === 'submit' && waits(limits.stepMinutes)) {
    const what = view.definition.model
      ? `attempt ${due.attempt} at its transform is not submitted`
      : 'its predictions are not there';
    return [{ kind: 'ready-not-submitted', date, what, message: messageOf('partition-ready', view, swept) }];
  }
  if (due.action === 'watch' && waits(limits.transformMinutes)) {
    const { attempt } = due;
    const causationId = lastEventId ?? 'sweep';
    // Not the watch queue: there every message begins one more chain of looks that lasts as long as the job.
    const message: Message = {
      queue: 'transform-complete',
      body: { deployment: view.deployment, date, attempt, causationId },
    };
    const what = `${state.transform?.jobName} was submitted at ${lastAt}`;
    return [{ kind: 'transform-overdue', date, what, message }];
  }
  return [];
}

/** A query whose end nobody heard of. Whoever evaluates the date asks Athena first. */
function query(view: SweepView, limits: SweepLimits, swept: SweptDay, running: DayQuery): Finding[] {
  const { date, lastAt } = swept;
  if (lastAt === undefined || !isOlder(lastAt, limits.queryMinutes, view.now)) return [];
  const what = `query ${running.queryExecutionId} was submitted at ${lastAt}`;
  return [{ kind: 'query-overdue', date, what, message: messageOf('outcomes-landed', view, swept) }];
}

function evaluation(view: SweepView, limits: SweepLimits, swept: SweptDay): Finding[] {
  const { date, state, lastAt, rejectedNow } = swept;
  const { definition, landed, now } = view;
  if (lastAt !== undefined && !isOlder(lastAt, limits.stepMinutes, now)) return [];
  const { maturityDays, minCoverage } = definition.outcomes;
  const finding = (
    what: string,
    queue: 'outcomes-landed' | 'partition-ready' = 'outcomes-landed',
  ): Finding[] => [{ kind: 'complete-not-evaluated', date, what, message: messageOf(queue, view, swept) }];
  const owed = owedLooks(state, looksAt(date, definition.outcomes), closedThrough(landed.closed, date) ?? '');
  // One that was given up is held for a reason that the log tells; another definition, or the next look, tries again.
  const { definitionVersion } = view;
  const look = owed.find(({ asOf }) => !isGivenUp(state.query, { asOf, definitionVersion, restates: false }));
  if (!look) {
    return 'event' in day.decide(state, { type: 'Mature', maturityDays, minCoverage })
      ? finding('it is old enough and covered, and not yet mature')
      : [];
  }
  if (!isPast(look.asOf, limits, now)) return [];
  const rejected = state.rejected?.asOf === look.asOf ? state.rejected : undefined;
  if (!rejected) return finding(`it has not been looked at as of ${look.asOf}`);
  // Rejected data stays so until somebody mends it; looking at it again and again finds the same.
  const due = mending(state, landedThrough(landed, date, look.asOf), rejectedNow);
  if (due === 'somebody') return [];
  return finding(
    `its ${rejected.step} as of ${look.asOf} were mended, and nobody looked again`,
    due === 'predictions' ? 'partition-ready' : 'outcomes-landed',
  );
}

/** The first landing folder that is still open although days wait for it. */
function openOutcomes({ days, definition, landed, now }: SweepView, limits: SweepLimits): Finding[] {
  const waiting = days.find(({ state }) => state.predictions && !state.mature && !state.rejected);
  if (!waiting) return [];
  const through = closedThrough(landed.closed, waiting.date);
  const open = through === undefined ? waiting.date : addDays(through, 1);
  const needed = looksAt(waiting.date, definition.outcomes).some(({ asOf }) => asOf >= open);
  if (!needed || !isPast(open, limits, now)) return [];
  return [
    { kind: 'outcomes-open', date: open, what: 'no _SUCCESS object closes the outcomes landed that day' },
  ];
}

function missingReview({ days, lastReview, inEvidence, now }: SweepView, limits: SweepLimits): Finding[] {
  const yesterday = addDays(now.slice(0, 10), -1);
  if (!isPast(yesterday, limits, now)) return [];
  if (lastReview !== undefined && lastReview >= yesterday) return [];
  const [first] = days.filter(
    ({ date, state }) =>
      state.mature && !inEvidence.has(date) && state.mature.asOf > (lastReview ?? '') && date <= yesterday,
  );
  if (!first) return [];
  const what = `${first.date} is mature, and the last review is ${lastReview ? `as of ${lastReview}` : 'still to come'}`;
  return [{ kind: 'mature-not-reviewed', date: yesterday, what }];
}
