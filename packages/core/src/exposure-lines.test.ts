import { describe, expect, it } from 'vitest';
import { exposureSchema, fromLines, toLines } from './exposure-lines.ts';
import type { Exposure } from './exposures.ts';

const exposure: Exposure = {
  deployment: 'rebooking',
  unit: 'customer-7',
  slice: 'hubs',
  arm: 'challenger',
  percent: 2.5,
  version: 12,
  at: 983_232_000_000,
};

describe('a batch of exposures as JSON lines', () => {
  it('has one line an exposure, and one for those that were lost', () => {
    const lines = toLines({ exposures: [exposure, { ...exposure, unit: 'b' }], dropped: 3 });
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([exposure, { ...exposure, unit: 'b' }, { dropped: 3 }]);
  });

  it('reads as it was written', () => {
    const batch = { exposures: [exposure, { ...exposure, unit: 'line\nbreak' }], dropped: 3 };
    expect(fromLines(toLines(batch))).toEqual(batch);
  });

  it.each([
    ['cut off', '{"deployment":"rebo'],
    ['something else', '{"hello":"world"}'],
    ['with a field too many', JSON.stringify({ ...exposure, colour: 'red' })],
    ['of no arm', JSON.stringify({ ...exposure, arm: 'both' })],
  ])('counts a line that is %s as an exposure that was lost', (_, line) => {
    expect(fromLines(`${line}\n${toLines({ exposures: [exposure], dropped: 2 })}`)).toEqual({
      exposures: [exposure],
      dropped: 3,
    });
  });

  it.each([
    ['an empty unit', { unit: '' }],
    ['half a character', { unit: 'a\ud83d' }],
    ['a unit as long as a page', { unit: 'x'.repeat(1001) }],
    ['a percentage beyond all', { percent: 101 }],
    ['a version that is no whole number', { version: 1.5 }],
  ])('takes no exposure with %s', (_, change) => {
    expect(exposureSchema.safeParse(exposure).success).toBe(true);
    expect(exposureSchema.safeParse({ ...exposure, ...change }).success).toBe(false);
  });
});
