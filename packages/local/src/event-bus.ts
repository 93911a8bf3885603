import { randomUUID } from 'node:crypto';
import { ACCOUNT, REGION } from './aws-names.ts';
import { assertPattern, type EventPattern, matchesPattern } from './event-pattern.ts';

export type EventRule = {
  name: string;
  /** The account's own bus unless it is named. */
  bus?: string;
  pattern: EventPattern;
  target: string;
};

export type EventFaults = {
  /** How many copies of each event reach a target. EventBridge promises at least one. */
  repeatEvents?: number;
  /** Which part of the events reaches no target at all, from 0 to 1; the same seed always loses the same ones. */
  loseEvents?: { fraction: number; seed: number };
};

export type EventBus = {
  put(event: { source: string; detailType: string; resources: string[]; detail: object }, bus?: string): void;
};

/** What AWS calls the bus that every account has. */
const DEFAULT = 'default';

/** An event bus whose rules send the whole event, as EventBridge writes it, as a message to a queue. */
export function createEventBus(
  rules: EventRule[],
  faults: EventFaults,
  send: (queue: string, body: string) => void,
): EventBus {
  // A pattern that cannot be evaluated must fail the start, not the event that first meets it.
  for (const { name, pattern } of rules) assertPattern(pattern, name);
  const isLost = lossOf(faults.loseEvents);

  return {
    put({ source, detailType, resources, detail }, name = DEFAULT) {
      const event = {
        version: '0',
        id: randomUUID(),
        'detail-type': detailType,
        source,
        account: ACCOUNT,
        time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        region: REGION,
        resources,
        detail,
      };
      if (isLost()) return;
      const body = JSON.stringify(event);
      for (const { pattern, target, bus = DEFAULT } of rules) {
        if (bus !== name || !matchesPattern(pattern, event)) continue;
        for (let copy = 0; copy < (faults.repeatEvents ?? 1); copy += 1) send(target, body);
      }
    },
  };
}

function lossOf(loss: EventFaults['loseEvents']): () => boolean {
  if (!loss) return () => false;
  let state = loss.seed >>> 0;
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 < loss.fraction;
  };
}
