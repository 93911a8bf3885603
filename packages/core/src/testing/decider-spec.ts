import { expect } from 'vitest';
import { type Decider, fold } from '../decider.ts';

/**
 * given / when / then for a decider: given what happened, when a command comes, then this event, or nothing and
 * why. `thenEvent` also decides the command a second time on the new state, because a message that is delivered
 * twice must find nothing left to decide.
 */
export function specFor<State, Command, Event>(decider: Decider<State, Command, Event>) {
  return {
    given: (...history: readonly Event[]) => {
      const state = fold(decider, history);
      return {
        state,
        when: (command: Command) => {
          const decision = decider.decide(state, command);
          return {
            thenEvent: (expected: Event) => {
              expect(decision).toEqual({ event: expected });
              const again = decider.decide(decider.evolve(state, expected), command);
              expect(again, 'the same command again').toEqual({ nothing: expect.any(String) });
            },
            thenNothing: (why: string) => {
              expect(decision).toEqual({ nothing: expect.stringContaining(why) });
            },
          };
        },
      };
    },
  };
}
