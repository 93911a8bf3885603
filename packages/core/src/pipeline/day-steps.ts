import type { CalendarDate } from '../calendar.ts';
import { type DayCommand, type DayState, day, next } from '../day.ts';
import type { DayEvent } from '../day-events.ts';
import type { DayQuery } from '../day-query.ts';
import { dayStream, type StoredEvent } from '../events.ts';
import { type Decided, type Executed, execute, type Loaded, load, type StreamOf } from './execute.ts';
import type { Message, QueueName } from './messages.ts';
import type { Pipeline } from './ports.ts';

/** Which partition a step works on. */
export interface PartitionId {
  readonly deployment: string;
  readonly date: CalendarDate;
}

const streamOf = ({ deployment, date }: PartitionId): StreamOf<DayState, DayCommand, DayEvent> => ({
  decider: day,
  deployment,
  stream: dayStream(date),
});

export const loadDay = (pipeline: Pipeline, partition: PartitionId): Promise<Loaded<DayState>> =>
  load(pipeline.log, streamOf(partition));

/** The events of each of `dates`, which are in order; one read of the log. A date without events has an empty list. */
export async function loadDates(
  { log }: Pick<Pipeline, 'log'>,
  deployment: string,
  dates: readonly CalendarDate[],
): Promise<Map<CalendarDate, StoredEvent[]>> {
  const byDate = new Map(dates.map((date): [CalendarDate, StoredEvent[]] => [date, []]));
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return byDate;
  for (const event of await log.loadRange(deployment, dayStream(first), dayStream(last))) {
    byDate.get(event.stream.slice(dayStream('').length))?.push(event);
  }
  return byDate;
}

/** Decides one command on the day's stream and appends its event, if any. */
export function decideDay(
  pipeline: Pipeline,
  partition: PartitionId,
  decided: Decided<DayCommand>,
  known?: Loaded<DayState>,
): Promise<Executed<DayState>> {
  return execute(pipeline, streamOf(partition), () => decided, known);
}

/**
 * Sends what the state calls for, whether or not this step appended anything: after a crash between append and
 * send, the redelivered message finds its event there and still sends. A queue is never sent back to itself.
 */
export async function sendNext(
  pipeline: Pipeline,
  partition: PartitionId,
  { state, lastEventId }: Loaded<DayState>,
  from: QueueName,
): Promise<void> {
  const due = next(state);
  const cause = { causationId: lastEventId ?? '' };
  if (due.action === 'submit' && from !== 'partition-ready') {
    await pipeline.queues.send([{ queue: 'partition-ready', body: { ...partition, ...cause } }]);
  }
  if (due.action === 'watch' && from !== 'transform-submitted') {
    await pipeline.queues.send([watchMessage(partition, due.attempt, cause)], pipeline.watchDelaySeconds);
  }
  if (due.action === 'evaluate' && from !== 'outcomes-landed') {
    await pipeline.queues.send([{ queue: 'outcomes-landed', body: { ...partition, ...cause } }]);
  }
}

export function watchMessage(
  partition: PartitionId,
  attempt: number,
  cause: { readonly causationId: string },
): Message {
  return { queue: 'transform-submitted', body: { ...partition, attempt, ...cause } };
}

export function watchQueryMessage(
  partition: PartitionId,
  { queryExecutionId = '' }: DayQuery,
  cause: { readonly causationId: string },
): Message {
  return { queue: 'transform-submitted', body: { ...partition, queryExecutionId, ...cause } };
}
