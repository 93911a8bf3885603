import type { Decider } from '../decider.ts';
import { fold } from '../decider.ts';
import { type Actor, eventId } from '../envelope.ts';
import type { EventLog } from '../event-log.ts';
import type { PenumbraEvent, StoredEvent } from '../events.ts';

/** Rounds of "somebody was first": more than any number of workers on one stream explains. */
const MOST_CONFLICTS = 20;

export interface Loaded<State> {
  readonly state: State;
  /** Events in the stream. */
  readonly version: number;
  /** Id of the newest event, and of the first. */
  readonly lastEventId: string | undefined;
}

export interface Executed<State> extends Loaded<State> {
  readonly appended: StoredEvent | undefined;
  /** Why nothing was appended. */
  readonly nothing: string | undefined;
}

export interface StreamOf<State, Command, Event> {
  readonly decider: Decider<State, Command, Event>;
  readonly deployment: string;
  readonly stream: string;
}

export interface Decided<Command> {
  readonly command: Command;
  /** What led to the command, where that is not the newest event of the stream. */
  readonly causationId?: string | undefined;
}

/** The state of a stream now; given an earlier one, only what came after it is read. */
export async function load<State, Command, Event extends PenumbraEvent>(
  log: EventLog,
  { decider, deployment, stream }: StreamOf<State, Command, Event>,
  known?: Loaded<State>,
): Promise<Loaded<State>> {
  const events = await log.load(deployment, stream, known?.version ?? 0);
  const last = events.at(-1);
  if (!last) return known ?? { state: decider.initial, version: 0, lastEventId: undefined };
  const state = fold(
    decider,
    events.map(({ event }) => event as Event),
    known?.state,
  );
  return { state, version: last.version, lastEventId: last.eventId };
}

/**
 * One decision, one event, one conditional put: decides on the stream as it is, appends, and where somebody was
 * first, loads what they wrote and decides again.
 */
export async function execute<State, Command, Event extends PenumbraEvent>(
  { log, now, actor }: { readonly log: EventLog; readonly now: () => string; readonly actor: Actor },
  target: StreamOf<State, Command, Event>,
  decideOn: (state: State) => Decided<Command>,
  known?: Loaded<State>,
): Promise<Executed<State>> {
  const { decider, deployment, stream } = target;
  let loaded = known ?? (await load(log, target));
  for (let round = 0; round < MOST_CONFLICTS; round += 1) {
    const { command, causationId } = decideOn(loaded.state);
    const decision = decider.decide(loaded.state, command);
    if ('nothing' in decision) return { ...loaded, appended: undefined, nothing: decision.nothing };
    const version = loaded.version + 1;
    const id = eventId(deployment, stream, version);
    const event: StoredEvent = {
      deployment,
      stream,
      version,
      eventId: id,
      causationId: causationId ?? loaded.lastEventId ?? id,
      // A day is one chain of steps; in the rollout every event is a decision of its own.
      correlationId: stream.startsWith('day/') ? eventId(deployment, stream, 1) : id,
      actor,
      at: now(),
      event: decision.event,
    };
    if ((await log.append(event)) === 'appended') {
      const state = decider.evolve(loaded.state, decision.event);
      return { state, version, lastEventId: id, appended: event, nothing: undefined };
    }
    loaded = await load(log, target, loaded);
  }
  throw new Error(
    `${deployment}/${stream}: ${MOST_CONFLICTS} conflicts in a row; is a second writer looping?`,
  );
}
