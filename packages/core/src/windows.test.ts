import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import type { DayState } from './day.ts';
import type { DaySummary, SliceNumbers } from './day-events.ts';
import { projectWindows, type SettledDays } from './windows.ts';

const START = '2001-01-01';
const dateOf = (index: number) => addDays(START, index);

const numbers = (value: number): SliceNumbers => ({
  rows: 10,
  labelled: 9,
  challenger: { value: value * 1.1 },
  incumbent: { value },
  difference: { sum: value * 0.1, sumOfSquares: 1 },
});
const matureDay = (value: number, slice = 'hubs'): DayState => {
  const summary: DaySummary = {
    overall: numbers(value),
    slices: { [slice]: numbers(value / 3) },
    duplicateOutcomes: 0,
    unmatchedOutcomes: 0,
  };
  const evaluated = { asOf: START, age: 2, summary, metrics: { key: 'm', sha256: 'aa' } };
  return { looks: [START], latest: evaluated, mature: evaluated };
};

describe('the windows of a deployment', () => {
  it('are empty before the first mature day', () => {
    const { windows } = projectWindows(new Map([[START, { looks: [] }]]), START);
    expect(windows.map(({ window, overall }) => [window, overall.days])).toEqual([
      ['7 days', 0],
      ['28 days', 0],
      ['since start', 0],
    ]);
  });

  it('hold the mature days of their length up to the newest one, in all and by slice', () => {
    const days = new Map(Array.from({ length: 30 }, (_, index) => [dateOf(index), matureDay(index)]));
    days.set(dateOf(29), { looks: [] });
    days.set(dateOf(28), matureDay(28, 'leisure'));
    const [week, month, all] = projectWindows(days, dateOf(20)).windows;
    expect(week).toMatchObject({ from: dateOf(22), to: dateOf(28), overall: { days: 7, rows: 70 } });
    expect(week?.slices).toMatchObject({ hubs: { days: 6 }, leisure: { days: 1, incumbent: 28 / 3 } });
    expect(month).toMatchObject({ from: dateOf(1), overall: { days: 28, incumbent: (28 * 29) / 2 } });
    expect(all).toMatchObject({ from: START, overall: { days: 29, labelled: 261 } });
  });

  it('kept up day by day are those of the whole history, to the last bit, whatever matures late', () => {
    const aDay = fc.record({ late: fc.nat(9), value: fc.double({ min: -1e6, max: 1e6, noNaN: true }) });
    const history = fc.array(fc.option(aDay, { freq: 5 }), { minLength: 1, maxLength: 90 });
    fc.assert(
      fc.property(history, (dates) => {
        let settled: SettledDays | undefined;
        for (let today = 0; today < dates.length + 10; today += 1) {
          const known = (from: number) =>
            new Map(
              dates.flatMap((day, index): [string, DayState][] =>
                day && index >= from && index + day.late <= today
                  ? [[dateOf(index), matureDay(day.value)]]
                  : [],
              ),
            );
          const open = dateOf(Math.max(0, today - 9));
          const from = dates.findIndex((_, index) => dateOf(index) >= (settled?.before ?? START));
          const kept = projectWindows(known(from < 0 ? dates.length : from), open, settled);
          expect(kept.windows).toEqual(projectWindows(known(0), open).windows);
          settled = kept.settled;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('let days settle that are in no rolling window and in no review, and keep their sum only', () => {
    const days = new Map(Array.from({ length: 100 }, (_, index) => [dateOf(index), matureDay(1)]));
    expect(projectWindows(days, dateOf(90)).settled).toMatchObject({
      before: dateOf(72),
      first: START,
      last: dateOf(71),
      overall: { days: 72 },
    });
    expect(projectWindows(days, dateOf(40)).settled).toMatchObject({
      before: dateOf(40),
      overall: { days: 40 },
    });
  });
});
