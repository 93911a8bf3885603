import { type CalendarDate, datesFrom } from '../calendar.ts';
import { day, next } from '../day.ts';
import type { DayEvent } from '../day-events.ts';
import { fold } from '../decider.ts';
import { type BackfillStep, backfillStep, type PastDate } from './backfill-plan.ts';
import { closedFiles } from './closed-folder.ts';
import { loadDates, loadDay } from './day-steps.ts';
import { keys } from './keys.ts';
import { listLanded } from './landed.ts';
import { rejectedFilesNow } from './mending.ts';
import type { Message } from './messages.ts';
import type { Pipeline } from './ports.ts';

export interface BackfillRequest {
  readonly deployment: string;
  /** First and last date of records. */
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

export interface BackfillOptions extends BackfillRequest {
  /** Transforms at once, those included that ran before. */
  readonly concurrency: number;
  /** Waits a moment between two looks at the log. */
  readonly pause: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number, date: CalendarDate) => void;
}

export interface PlannedDate extends PastDate {
  /** Events that its stream has. */
  readonly version: number;
  readonly plan: BackfillStep;
}

/** Minutes without an event after which a message is sent again: longer than a transform waits for its quota. */
const STALLED_MINUTES = 15;

/** What a message of ours gets further. */
const STEPS_OF_OURS = new Set<BackfillStep['step']>(['transform', 'evaluate', 'land-predictions']);

/** What each date of the range needs, before anything is sent. */
export async function planBackfill(
  pipeline: Pipeline,
  { deployment, from, to }: BackfillRequest,
): Promise<PlannedDate[]> {
  const { definition, state } = await pipeline.rollouts(deployment);
  const [, first = from] = [from, state.startDate ?? from].sort();
  const by = { definition, definitionVersion: state.definitionVersion };
  const dates = datesFrom(first, to);
  const stored = await loadDates(pipeline, deployment, dates);
  const landed = await listLanded(pipeline.objects, deployment, first);
  const planned: PlannedDate[] = [];
  for (const [date, events] of stored) {
    const folded = fold(
      day,
      events.map(({ event }) => event as DayEvent),
    );
    const past = {
      date,
      state: folded,
      records: await closedFiles(pipeline.objects, keys.records(deployment, date)),
      rejectedNow: await rejectedFilesNow(pipeline.objects, deployment, date, folded),
    };
    planned.push({ ...past, version: events.length, plan: backfillStep(past, landed, by) });
  }
  return planned;
}

interface InFlight {
  readonly past: PlannedDate;
  version: number;
  /** When it was last sent, or last moved. ISO 8601 in UTC. */
  since: string;
  step: BackfillStep['step'];
}

/**
 * Sends the message of each date that needs one, oldest first, with at most `concurrency` transforms at once, and
 * waits until the pipeline has done the rest. What is done is left out, so a further run resumes; when the signal
 * aborts, no more is sent, and what was sent goes on without us.
 */
export async function backfillDays(
  pipeline: Pipeline,
  planned: readonly PlannedDate[],
  options: BackfillOptions,
): Promise<void> {
  const { deployment, concurrency, signal } = options;
  const { definition, state: rollout } = await pipeline.rollouts(deployment);
  const by = { definition, definitionVersion: rollout.definitionVersion };
  const landed = await listLanded(pipeline.objects, deployment, planned[0]?.date ?? options.from);
  const work = planned.filter(({ plan: { step } }) => STEPS_OF_OURS.has(step));
  const isRunning = ({ state }: PlannedDate) => next(state).action === 'watch';
  // Transforms that run already count, whoever began them.
  const waiting = [...work.filter(isRunning), ...work.filter((past) => !isRunning(past))];
  const inFlight = new Set<InFlight>();
  const send = async (flight: InFlight) => {
    flight.since = pipeline.now();
    await pipeline.queues.send([messageOf(deployment, flight.past.date, flight.step)]);
  };
  const look = async (flight: InFlight) => {
    const { date, records } = flight.past;
    const { state, version } = await loadDay(pipeline, { deployment, date });
    if (version !== flight.version) flight.since = pipeline.now();
    flight.version = version;
    const rejectedNow = await rejectedFilesNow(pipeline.objects, deployment, date, state);
    const past = { date, state, records, rejectedNow };
    flight.step = backfillStep(past, landed, by).step;
  };

  for (let done = 0; done < work.length && !signal?.aborted; await options.pause()) {
    for (const flight of inFlight) {
      await look(flight);
      if (flight.step === 'done' || flight.step === 'held') {
        inFlight.delete(flight);
        done += 1;
        options.onProgress?.(done, work.length, flight.past.date);
      } else if (minutesBetween(flight.since, pipeline.now()) >= STALLED_MINUTES) await send(flight);
    }
    let transforms = [...inFlight].filter(({ step }) => step === 'transform').length;
    for (let past = waiting[0]; past; past = waiting[0]) {
      const { step } = past.plan;
      if (step === 'transform' && transforms >= concurrency && !isRunning(past)) break;
      waiting.shift();
      if (step === 'transform') transforms += 1;
      const flight = { past, version: past.version, since: '', step };
      inFlight.add(flight);
      await send(flight);
    }
  }
}

const minutesBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 60_000;

const messageOf = (deployment: string, date: CalendarDate, step: BackfillStep['step']): Message => ({
  queue: step === 'evaluate' ? 'outcomes-landed' : 'partition-ready',
  body: { deployment, date, causationId: 'backfill' },
});
