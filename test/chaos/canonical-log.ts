import type { StoredEvent } from '@penumbra/core/events';
import { JOB_NAME_PREFIX } from './names.ts';

/** What a fault may add to the log, exactly. Everything else must be as in the run without faults. */
export interface Allowed {
  /** Attempts at a date's transform that were made to end badly: TransformSubmitted and TransformFailed of each. */
  badAttempts(date: string): number;
  /** Times that a date's predictions were cut off: a PartitionRejected of the step `predictions` of each. */
  truncations(date: string): number;
}

export const NOTHING_ADDED: Allowed = { badAttempts: () => 0, truncations: () => 0 };

/**
 * The log in a form that two runs share: identifiers and times aside, and without what `allowed` grants. One line of
 * JSON an event, in order of stream and version.
 */
export function canonicalLog(log: readonly StoredEvent[], allowed: Allowed): string[] {
  const streams = new Map<string, StoredEvent[]>();
  for (const stored of log) streams.set(stored.stream, [...(streams.get(stored.stream) ?? []), stored]);
  return [...streams].flatMap(([stream, events]) => {
    const date = stream.replace('day/', '');
    const kept = withoutAdditions(events, allowed.badAttempts(date), allowed.truncations(date));
    return kept.map((event) => canonicalEvent(event, kept, events, allowed.badAttempts(date)));
  });
}

/** Only the first ones are taken out, as many as were brought about: any further one shows as a difference. */
function withoutAdditions(
  events: readonly StoredEvent[],
  badAttempts: number,
  truncations: number,
): StoredEvent[] {
  let rejections = 0;
  return events.filter(({ event }) => {
    if (event.type === 'TransformSubmitted') return event.data.attempt > badAttempts;
    if (event.type === 'TransformFailed') return !(event.data.attempt <= badAttempts && event.data.retry);
    if (event.type !== 'PartitionRejected' || event.data.step !== 'predictions') return true;
    rejections += 1;
    return rejections > truncations;
  });
}

function canonicalEvent(
  stored: StoredEvent,
  kept: readonly StoredEvent[],
  all: readonly StoredEvent[],
  badAttempts: number,
): string {
  const { stream, event, actor, causationId, correlationId, eventId, version } = stored;
  const place = (id: string) => {
    const at = all.findIndex((other) => other.eventId === id);
    if (at < 0) return id;
    // An event that was taken out stands for the one before it.
    const last = all.slice(0, at + 1).findLast((other) => kept.includes(other));
    return `event ${last ? kept.indexOf(last) + 1 : 0}`;
  };
  const line = {
    stream,
    number: kept.indexOf(stored) + 1,
    gapless: version === all.indexOf(stored) + 1,
    event: place(eventId),
    cause: place(causationId),
    correlation: place(correlationId),
    actor,
    type: event.type,
    data: renumbered(event.data, badAttempts),
  };
  return renumberedJobs(JSON.stringify(line), badAttempts);
}

function renumbered(data: object, badAttempts: number): object {
  return 'attempt' in data && typeof data.attempt === 'number'
    ? { ...data, attempt: data.attempt - badAttempts }
    : data;
}

const JOB = new RegExp(`(${JOB_NAME_PREFIX}-[a-z0-9]+-\\d{4}-\\d{2}-\\d{2})-(\\d+)`, 'g');

/** A text with the numbers that transforms would have without the bad ones. */
export function renumberedJobs(text: string, badAttempts: number): string {
  return text.replace(JOB, (_, name: string, attempt: string) => `${name}-${Number(attempt) - badAttempts}`);
}

/** The first place where two runs differ, for a person to read; undefined where they do not. */
export function firstDifference(expected: readonly string[], actual: readonly string[]): string | undefined {
  const at = [...expected, ...actual].findIndex((_, index) => expected[index] !== actual[index]);
  if (at < 0) return undefined;
  return `line ${at + 1} of the log\n${around(expected[at], actual[at])}`;
}

const CONTEXT = 60;

/** Both lines from a little before the first character that differs. */
function around(expected = '(nothing)', actual = '(nothing)'): string {
  let at = 0;
  while (at < expected.length && expected[at] === actual[at]) at += 1;
  const start = Math.max(0, at - CONTEXT);
  const head = (line: string) => `${line.slice(0, 90)}${line.length > 90 ? ' …' : ''}`;
  const cut = (line: string) => `${start > 0 ? '…' : ''}${line.slice(start, at + 3 * CONTEXT)}`;
  return [
    `  without faults: ${head(expected)}`,
    `  with faults:    ${head(actual)}`,
    `  they part at:   ${cut(expected)}`,
    `  and:            ${cut(actual)}`,
  ].join('\n');
}
