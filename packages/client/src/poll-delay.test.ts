import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pollDelay } from './poll-delay.ts';

const random = fc.double({ min: 0, max: 1, noNaN: true });
const failures = fc.nat({ max: 2000 });
const every = fc.integer({ min: 1000, max: 3_600_000 });

describe('the time until the next request', () => {
  it('is never longer than the poll, whatever failed before', () => {
    fc.assert(
      fc.property(every, failures, random, (every, failures, random) => {
        const delay = pollDelay({ every, failures, retryAfter: 0, random });
        expect(delay).toBeGreaterThan(0);
        expect(delay).toBeLessThanOrEqual(every);
      }),
    );
  });

  it('is spread over a fifth of the poll, so that clients that start together part', () => {
    const of = (random: number) => pollDelay({ every: 30_000, failures: 0, retryAfter: 0, random });
    expect([of(0), of(0.5), of(1)]).toEqual([24_000, 27_000, 30_000]);
  });

  it('is what the server asks for, up to ten minutes', () => {
    const of = (retryAfter: number) => pollDelay({ every: 30_000, failures: 3, retryAfter, random: 1 });
    expect([of(0), of(120_000), of(86_400_000)]).toEqual([4000, 120_000, 600_000]);
  });
});
