import { expect } from 'vitest';
import { type Decider, fold } from '../decider.ts';

/**
 * given / when / then for a decider. `then` also decides the command a second time on the new state, because a
 * message that is delivered twice must find nothing left to decide.
 */
export function specFor<State, Command, Event>(decider: Decider<State, Command, Event>) {
  return {
    given: (...history: Event[]) => {
      const state = fold(decider, history);
      return {
        state,
        when: (command: Command) => {
          const decision = decider.decide(state, command);
          return {
            thenEvent: (expected: Event) => {
              expect(decision).toEqual({ event: expected });
              const again = decider.decide(decider.evolve(state, expected), command);
              expect(again, 'the same command again').toHaveProperty('nothing');
            },
            thenNothing: (why: string | RegExp) => {
              expect(decision).toHaveProperty('nothing');
              if ('nothing' in decision) expect(decision.nothing).toMatch(why);
            },
          };
        },
      };
    },
  };
}
