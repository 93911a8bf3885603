import { chosen } from './chosen.ts';
import { type Draw, draws } from './draws.ts';
import { UNSCORABLE_DATE } from './scenario.ts';
import { OPERATIONS, type OperationName, TRANSFORM_ENDS, type TransformEnd } from './seams.ts';

/** Attempts of a transform that may be made to end badly; the definition allows one more. */
const MOST_BAD_ATTEMPTS = 2;

/**
 * Which faults a seed brings. Nothing is counted or remembered: a decision follows from what is done, for which
 * message, and how often that message was received, so the order in which workers get to it changes nothing.
 */
export interface Plan {
  readonly draw: Draw;
  fault(operation: OperationName, ...words: readonly (string | number)[]): string | undefined;
  /** How an attempt at a date's transform is made to end badly, if it is. */
  transformEnd(deployment: string, date: string, attempt: number): TransformEnd | undefined;
  /** Attempts that end badly before the one that is left alone. */
  badAttempts(deployment: string, date: string): number;
}

export function planOf(seed: number): Plan {
  const draw = draws(seed);
  const transformEnd: Plan['transformEnd'] = (deployment, date, attempt) => {
    if (attempt > MOST_BAD_ATTEMPTS || date === UNSCORABLE_DATE) return undefined;
    return chosen(TRANSFORM_ENDS, draw('transform', deployment, date, attempt));
  };
  return {
    draw,
    fault(operation, ...words) {
      const { chance, kinds } = OPERATIONS[operation];
      const drawn = draw(operation, ...words);
      return drawn < chance ? kinds[Math.floor((drawn / chance) * kinds.length)] : undefined;
    },
    transformEnd,
    badAttempts(deployment, date) {
      let bad = 0;
      while (transformEnd(deployment, date, bad + 1)) bad += 1;
      return bad;
    },
  };
}
