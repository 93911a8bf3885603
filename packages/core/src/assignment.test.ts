import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileAssignment } from './assignment.ts';
import { bucketOf } from './bucketing.ts';
import type { RolloutDocument } from './rollout-document.ts';

const VALID_UNTIL = '2001-03-03T00:00:00Z';
const NOW = Date.parse('2001-03-01T12:00:00Z');

const document = (percent: number, over: Partial<RolloutDocument> = {}): RolloutDocument => ({
  deployment: 'rebooking',
  version: 7,
  definitionVersion: 1,
  asOf: '2001-02-27',
  validUntil: VALID_UNTIL,
  certificate: { reviewId: 'rebooking/review/2001-02-27', sha256: '0'.repeat(64) },
  slices: [
    { slice: 'small', when: [{ field: 'passengers', below: 100 }], percent },
    { slice: 'hubs', when: [{ field: 'airport', oneOf: ['ATL', 'ORD'] }], percent: 0 },
    { slice: 'all-in', when: [{ field: 'airport', equals: 'SFO' }], percent: 100 },
  ],
  ...over,
});
const small = { passengers: 50 };

describe('who decides a request', () => {
  const assign = compileAssignment(document(25));
  const certified = { reviewId: 'rebooking/review/2001-02-27', version: 7 };

  it('is a matter of the unit’s bucket, in a slice that is shared', () => {
    const units = Array.from({ length: 200 }, (_, index) => `unit-${index}`);
    for (const unit of units) {
      const arm = bucketOf('rebooking', unit) < 25_000 ? 'challenger' : 'incumbent';
      const expected = { arm, percent: 25, slice: 'small', reason: 'SPLIT', ...certified };
      expect(assign(unit, small, NOW)).toEqual(expected);
    }
    expect(new Set(units.map((unit) => assign(unit, small, NOW).arm)).size).toBe(2);
  });

  it('is the challenger in a slice at 100 %, the incumbent in one at 0 %', () => {
    expect(assign('u', { airport: 'SFO' }, NOW)).toMatchObject({ arm: 'challenger', reason: 'FULL' });
    expect(assign('u', { airport: 'ATL' }, NOW)).toMatchObject({ arm: 'incumbent', reason: 'SHADOW' });
  });

  it.each<[string, unknown, Readonly<Record<string, unknown>>, number, string]>([
    ['no slice matches', 'u', {}, NOW, 'NO_SLICE'],
    ['the attribute is an object', 'u', { airport: { toString: () => 'SFO' } }, NOW, 'NO_SLICE'],
    ['the attribute is inherited', 'u', Object.create({ airport: 'SFO' }), NOW, 'NO_SLICE'],
    ['there is no unit', undefined, { airport: 'SFO' }, NOW, 'NO_UNIT'],
    ['the unit is empty', '', { airport: 'SFO' }, NOW, 'NO_UNIT'],
    ['the unit is no text', 7, { airport: 'SFO' }, NOW, 'NO_UNIT'],
    ['the document has expired', 'u', { airport: 'SFO' }, Date.parse(VALID_UNTIL), 'EXPIRED'],
    ['the clock is broken', 'u', { airport: 'SFO' }, Number.NaN, 'EXPIRED'],
  ])('is the incumbent where %s', (_, unit, attributes, now, reason) => {
    expect(assign(unit, attributes, now)).toMatchObject({
      arm: 'incumbent',
      percent: 0,
      slice: null,
      reason,
    });
  });

  it('is told by the same frozen answer every time', () => {
    const first = assign('u', { airport: 'SFO' }, NOW);
    expect(assign('v', { airport: 'SFO' }, NOW)).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
  });

  it('is never a unit’s old arm again while the percentage grows', () => {
    const ramp = fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), ramp, (unit, thousandths) => {
        const arms = thousandths
          .sort((a, b) => a - b)
          .map((share) => compileAssignment(document(share / 1000))(unit, small, NOW).arm);
        expect(arms.lastIndexOf('incumbent')).toBeLessThan(
          arms.includes('challenger') ? arms.indexOf('challenger') : arms.length,
        );
      }),
    );
  });

  it('of one deployment says nothing of another: chi-square of the four combinations, one degree of freedom', () => {
    const a = compileAssignment(document(50));
    const b = compileAssignment(document(50, { deployment: 'pricing' }));
    const counts = [0, 0, 0, 0];
    const units = 40_000;
    for (let index = 0; index < units; index += 1) {
      const at = (assign: typeof a) => (assign(`customer-${index}`, small, NOW).arm === 'challenger' ? 1 : 0);
      const cell = 2 * at(a) + at(b);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    const [n00 = 0, n01 = 0, n10 = 0, n11 = 0] = counts;
    const product = (n00 + n01) * (n10 + n11) * (n00 + n10) * (n01 + n11);
    const chiSquare = (units * (n00 * n11 - n01 * n10) ** 2) / product;
    // 1 in 10,000 of independent draws are above.
    expect(chiSquare).toBeLessThan(15.14);
  });

  it('is spread evenly: chi-square of a thousand cells', () => {
    const cells = new Float64Array(1000);
    const units = 200_000;
    for (let index = 0; index < units; index += 1) {
      const cell = Math.floor(bucketOf('rebooking', `customer-${index}`) / 100);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    const expected = units / cells.length;
    const chiSquare = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 1 in 10,000 of uniform draws are above (999 degrees of freedom).
    expect(chiSquare).toBeLessThan(1176);
  });
});
