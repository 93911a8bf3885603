import { addDays } from '@penumbra/core/calendar';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combine, type DayMetrics, initialize } from './day-metrics.ts';
import { countAt } from './metric-layout.ts';
import { addDay, enterStage, openWindows, rolling, type Windows } from './windows.ts';

const ROWS = countAt('rows');
const START = '2001-02-01';
/** Powers of two tell by their sum which days are in it. */
function dayOf(index: number): DayMetrics {
  const metrics = initialize('regression', ['hub']);
  const numbers = metrics.slices.get('hub');
  if (numbers) numbers[ROWS] = 2 ** index;
  return metrics;
}
const rowsOf = (metrics: DayMetrics) => metrics.slices.get('hub')?.[ROWS];
const daysIn = (indices: readonly number[]) => indices.reduce((sum, index) => sum + 2 ** index, 0);
function fill(indices: readonly number[], windows: Windows = openWindows('regression', ['hub'])): Windows {
  for (const index of indices) addDay(windows, addDays(START, index), dayOf(index));
  return windows;
}

describe('windows over mature days', () => {
  it('roll over the latest days and sum up all, in whatever order the days mature', () => {
    const order = fc.uniqueArray(fc.nat({ max: 45 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(order, (indices) => {
        const windows = fill(indices);
        const sorted = [...indices].sort((a, b) => a - b);
        expect(rowsOf(rolling(windows, 7))).toBe(daysIn(sorted.slice(-7)));
        expect(rowsOf(rolling(windows, 28))).toBe(daysIn(sorted.slice(-28)));
        expect(rowsOf(windows.sinceStart)).toBe(daysIn(indices));
      }),
    );
  });

  it('count a day once, however often it is added', () => {
    const windows = fill([0, 1, 2]);
    expect(addDay(windows, addDays(START, 1), dayOf(20))).toBe(false);
    expect(rowsOf(windows.sinceStart)).toBe(daysIn([0, 1, 2]));
    expect(rowsOf(rolling(windows, 7))).toBe(daysIn([0, 1, 2]));
  });

  it('start again with the day after a stage began', () => {
    const windows = fill([0, 2, 3]);
    const numbers = () => windows.sinceStage.get('hub')?.numbers[ROWS];
    expect(numbers()).toBe(daysIn([0, 2, 3]));
    enterStage(windows, 'hub', addDays(START, 2));
    expect(numbers()).toBe(daysIn([3]));
    fill([4, 1, 5], windows);
    expect(numbers()).toBe(daysIn([3, 4, 5]));
    expect(rowsOf(windows.sinceStart)).toBe(daysIn([0, 1, 2, 3, 4, 5]));
  });

  it('are those of the days combined at once', () => {
    const days = [0, 1, 2, 3].map(dayOf);
    expect(fill([0, 1, 2, 3]).sinceStart).toEqual(days.reduce(combine));
  });

  it('hold no more days than the longest window has', () => {
    expect(fill([...Array(45).keys()]).recent).toHaveLength(28);
  });
});
