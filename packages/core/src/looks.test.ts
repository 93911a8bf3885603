import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysBetween } from './calendar.ts';
import { type Look, looksAt } from './looks.ts';
import { exampleDefinition } from './testing/example-definition.ts';

const outcomes = (maturityDays: number, watchDays: number, provisionalAges?: number[]) => ({
  ...exampleDefinition.outcomes,
  maturityDays,
  watchDays,
  ...(provisionalAges ? { provisionalAges } : {}),
});
const told = (looks: readonly Look[]) => looks.map(({ age, kind }) => `${kind} ${age}`);

describe('the looks at a day', () => {
  it('are provisional below maturity, then maturity, then the watch with growing steps to its last day', () => {
    expect(told(looksAt('2001-02-03', outcomes(4, 7)))).toEqual([
      'provisional 1',
      'provisional 2',
      'provisional 3',
      'maturity 4',
      'watch 5',
      'watch 6',
      'watch 7',
      'watch 9',
      'watch 11',
    ]);
  });
  it('are as of the date when the day has that age', () => {
    expect(looksAt('2001-02-27', outcomes(2, 1)).map(({ asOf }) => asOf)).toEqual([
      '2001-02-28',
      '2001-03-01',
      '2001-03-02',
    ]);
  });
  it('are one where outcomes land at once and nobody watches', () => {
    expect(told(looksAt('2001-02-03', outcomes(0, 0)))).toEqual(['maturity 0']);
  });
  it('are as the definition says, in order and each once', () => {
    expect(told(looksAt('2001-02-03', outcomes(10, 0, [7, 3, 7, 10, 0])))).toEqual([
      'provisional 0',
      'provisional 3',
      'provisional 7',
      'maturity 10',
    ]);
  });
  it('are a dozen or so for a maturity of 240 days, not 240', () => {
    const looks = looksAt('2001-02-03', outcomes(240, 0));
    expect(looks.length).toBeLessThanOrEqual(13);
    expect(looks.at(-1)?.age).toBe(240);
  });
  it('always grow in age, mature exactly once, and stay bounded', () => {
    const days = fc.integer({ min: 0, max: 1000 });
    const ages = fc.option(fc.array(days, { maxLength: 20 }), { nil: undefined });
    fc.assert(
      fc.property(days, days, ages, (maturityDays, watchDays, provisionalAges) => {
        const looks = looksAt('2001-02-03', outcomes(maturityDays, watchDays, provisionalAges));
        looks.forEach((look, index) => {
          expect(look.age).toBeGreaterThan(looks[index - 1]?.age ?? -1);
          expect(daysBetween('2001-02-03', look.asOf)).toBe(look.age);
        });
        expect(looks.filter(({ kind }) => kind === 'maturity').map(({ age }) => age)).toEqual([maturityDays]);
        expect(looks.at(-1)?.age).toBe(maturityDays + watchDays);
        expect(looks.length).toBeLessThanOrEqual(20 + 1 + 16);
      }),
    );
  });
});
