import { chosen } from './chosen.ts';
import { type Draw, draws } from './draws.ts';
import { UNSCORABLE_DATE } from './scenario.ts';
import { OPERATIONS, type OperationName, TRANSFORM_ENDS, type TransformEnd } from './seams.ts';

/** Attempts of a transform that may be made to end badly; the definition allows one more. */
const MOST_BAD_ATTEMPTS = 2;
/** Within every chance, and above each. */
const ALWAYS = 0;
const NEVER = 1;

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

/** One fault for every request of an operation that is made for a message received for the first time. */
export interface Aim {
  readonly operation: OperationName;
  readonly kind: string;
  /** Whether no event of a transform arrives either. */
  readonly eventsLost?: true;
}

/** Faults at every seam, drawn from a seed; or some of them for certain, and no others. */
export type Faults = { readonly seed: number } | { readonly aims: readonly Aim[] };

export const planFor = (faults: Faults): Plan =>
  'seed' in faults ? planOf(faults.seed) : aimedPlan(faults.aims);

/** An event's identity is a job and its status. */
const isTransformEvent = (identity: unknown) => / \w+$/.test(String(identity));

/** Nothing is left to chance. */
function aimedPlan(aims: readonly Aim[]): Plan {
  const eventsLost = aims.some((aim) => aim.eventsLost);
  return {
    draw: (what, _queue, identity) =>
      what === 'delivery' && eventsLost && isTransformEvent(identity) ? ALWAYS : NEVER,
    fault(name, ...words) {
      return words.at(-1) === 1 ? aims.find(({ operation }) => operation === name)?.kind : undefined;
    },
    transformEnd: () => undefined,
    badAttempts: () => 0,
  };
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
