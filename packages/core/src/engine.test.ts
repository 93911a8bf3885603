import { describe, expect, it } from 'vitest';
import { engineFor } from './engine.ts';
import { queryCost } from './query-cost.ts';

const asking = (engine: 'lambda' | 'athena' | 'auto', autoBytes = 1000) => ({
  evaluation: { engine, autoBytes, athena: { maxBytesScanned: 10 ** 12, maxAttempts: 3 } },
});

describe('what compares a look', () => {
  it('is what the definition says, whatever its files weigh', () => {
    expect(engineFor(asking('lambda'), 10 ** 12)).toEqual({
      engine: 'lambda',
      reason: 'the definition says lambda',
    });
    expect(engineFor(asking('athena'), 1)).toEqual({
      engine: 'athena',
      reason: 'the definition says athena',
    });
  });

  it('is decided by the bytes where the definition leaves it open, and says by which', () => {
    expect(engineFor(asking('auto'), 1000)).toEqual({
      engine: 'lambda',
      reason: '1000 bytes are within the 1000 of evaluation.autoBytes',
    });
    expect(engineFor(asking('auto'), 1001)).toEqual({
      engine: 'athena',
      reason: '1001 bytes are more than the 1000 of evaluation.autoBytes',
    });
  });
});

describe('what a query costs', () => {
  it.each([
    ['a terabyte', 2 ** 40, 5],
    ['half of one', 2 ** 39, 2.5],
    ['nothing at all, which counts as ten megabytes', 0, (5 * 10) / 2 ** 20],
    ['a byte more than eleven megabytes, which counts as twelve', 11 * 2 ** 20 + 1, (5 * 12) / 2 ** 20],
  ])('is for %s scanned what the list says', (_, bytes, amount) => {
    expect(queryCost(bytes, 5)).toEqual({ amount, currency: 'USD' });
  });
});
