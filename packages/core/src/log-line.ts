import { isCalendarDate } from './calendar.ts';
import { canonicalJson } from './canonical-json.ts';
import { penumbraCodec, UnreadableEvent } from './codec.ts';
import { dayEventSchemas } from './day-events.ts';
import { eventId } from './envelope.ts';
import { dayStream, ROLLOUT, type StoredEvent } from './events.ts';
import { failure, type Problem, type Result, success } from './problem.ts';

/** Longest line that is read, in characters: DynamoDB keeps 400 KB an event, and JSON may spell a byte in six. */
export const LONGEST_LINE = 2_400_000;
const DEPLOYMENT = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

/** An event as one line of JSON, its fields always in the same order: the same log gives the same bytes. */
export function toLine(event: StoredEvent): string {
  const { deployment, stream, version, causationId, correlationId, actor, at } = event;
  const { type, schemaVersion, data } = penumbraCodec.encode(event);
  const place = { deployment, stream, version, eventId: event.eventId };
  const { kind, name } = actor;
  return JSON.stringify({
    ...place,
    causationId,
    correlationId,
    actor: { kind, name },
    at,
    type,
    schemaVersion,
    data,
  });
}

/** Where a line stands, for a person who has to mend it. */
export interface LinePlace {
  readonly where: string;
  readonly line: number;
}

/**
 * Reads one line of an exported log. The events of a stream must follow each other without a gap, so `lines` knows
 * what came before; nothing of a file is trusted, least of all the places that its events claim.
 */
export function lineReader(): (text: string, place: LinePlace) => Result<StoredEvent> {
  const versions = new Map<string, number>();
  return (text, place) => {
    const problem = (what: string): Result<never> => failure(problemAt(place, what));
    if (text.length > LONGEST_LINE) return problem(`it is longer than ${LONGEST_LINE} characters`);
    const read = parse(text);
    if (typeof read === 'string') return problem(read);
    const { deployment, stream, version } = read;
    const wrong = misplaced(read);
    if (wrong) return problem(wrong);
    const due = (versions.get(`${deployment}/${stream}`) ?? 0) + 1;
    if (version !== due) return problem(`${deployment}/${stream} has version ${version} where ${due} is due`);
    versions.set(`${deployment}/${stream}`, version);
    return success(read);
  };
}

function problemAt({ where, line }: LinePlace, what: string): Problem {
  return { where, line, what, remedy: 'Export the log again with penumbra export, and change nothing in it' };
}

/** The event, or why it is none. */
function parse(text: string): StoredEvent | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  try {
    return penumbraCodec.decode(json);
  } catch (error) {
    if (error instanceof UnreadableEvent) return error.message;
    throw error;
  }
}

function misplaced({ deployment, stream, version, eventId: id, at, event }: StoredEvent): string | undefined {
  if (deployment.length > 40 || !DEPLOYMENT.test(deployment)) return 'its deployment has no valid name';
  const date = stream.startsWith(dayStream('')) ? stream.slice(dayStream('').length) : undefined;
  if (stream !== ROLLOUT && (date === undefined || !isCalendarDate(date))) {
    return 'its stream is neither rollout nor day/YYYY-MM-DD';
  }
  if (Object.hasOwn(dayEventSchemas, event.type) !== (date !== undefined)) {
    return `${event.type} does not belong into ${stream}`;
  }
  if (id !== eventId(deployment, stream, version))
    return `its eventId is not ${deployment}/${stream}/${version}`;
  if (!INSTANT.test(at) || Number.isNaN(Date.parse(at))) return 'at is no instant in UTC';
  return undefined;
}

export const sameEvent = (a: StoredEvent, b: StoredEvent): boolean => canonicalJson(a) === canonicalJson(b);
