/**
 * What a command leads to: one event, or nothing and why. Nothing is an answer, not a failure: a redelivered
 * message finds its event already there.
 */
export type Decision<Event> = { readonly event: Event } | { readonly nothing: string };

/** A pure decision maker over one stream. No clock, no randomness, no input but its arguments. */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  readonly decide: (state: State, command: Command) => Decision<Event>;
  readonly evolve: (state: State, event: Event) => State;
}

/** The state after `events`, in the order of their versions. */
export function fold<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  events: Iterable<Event>,
  from: State = decider.initial,
): State {
  let state = from;
  for (const event of events) state = decider.evolve(state, event);
  return state;
}
