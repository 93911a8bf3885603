import { describe, expect, it } from 'vitest';
import { runAtOnce } from './load/deployments-at-once.ts';
import { type Entry, sumBy } from './load/ledger.ts';
import { oneDayAfter } from './load/one-day-after.ts';

/*
 * The small size of `npm run bench:pipeline`: what the pipeline asks of AWS, counted at the SDK's clients, with more
 * deployments and with more history. Calls are counted, and no time.
 */

const LIMIT = 180_000;
/** An event that overtakes the record of what it is about costs a look or two more. */
const RACES = 0.1;

const callsOf = (entries: readonly Entry[], per: number) =>
  new Map(
    [...sumBy(entries, ({ step, operation }) => `${step} ${operation}`)].map(([k, { calls }]) => [
      k,
      calls / per,
    ]),
  );

describe('what a partition of a day costs', () => {
  it(
    'is the same with more deployments beside it, and no step scans or lists from the root',
    async () => {
      const alone = await runAtOnce({ deployments: 1, days: 1 });
      const many = await runAtOnce({ deployments: 4, days: 1 });
      expect(many.events).toBe(4 * alone.events);
      const [before, now] = [
        callsOf(alone.entries, alone.partitions),
        callsOf(many.entries, many.partitions),
      ];
      for (const [step, calls] of now) {
        expect(calls, step).toBeLessThanOrEqual((before.get(step) ?? 0) * (1 + RACES) + RACES);
      }
      expect(before.get('partition-ready CreateTransformJob')).toBe(1);
      expect([...alone.forbidden, ...many.forbidden]).toEqual([]);
      expect(many.largestItem.bytes).toBeLessThan(400_000);
    },
    LIMIT,
  );

  it(
    'does not grow with the days behind it, once these fill the window that a review looks at',
    async () => {
      const [grown, old] = [await oneDayAfter(45), await oneDayAfter(180)];
      const calls = ({ entries }: typeof old) => [...callsOf(entries, 1)].sort();
      expect(calls(old)).toEqual(calls(grown));
      expect([...grown.forbidden, ...old.forbidden]).toEqual([]);

      const read = ({ entries }: typeof old, steps: (step: string) => boolean) =>
        entries.filter(({ step }) => steps(step)).reduce((sum, { readUnits }) => sum + readUnits, 0);
      // A review weighs all days of its evidence, some bytes each; the steps of a day read none of them.
      expect(read(old, (step) => step !== 'review')).toBe(read(grown, (step) => step !== 'review'));
      expect(read(old, (step) => step === 'review')).toBeLessThan(
        1.5 * read(grown, (step) => step === 'review'),
      );
    },
    LIMIT,
  );
});
