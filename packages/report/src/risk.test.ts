import type { JudgedDay } from '@penumbra/core/history';
import { expect, test } from 'vitest';
import { riskAt } from './risk.ts';

const day = (
  date: string,
  small: number,
  large: number,
  status: JudgedDay['status'] = 'mature',
): JudgedDay => ({
  date,
  status,
  reason: '',
  rows: 300,
  labelled: 300,
  meanDifference: 0,
  slices: {
    small: { rows: 100, meanDifference: small },
    large: { rows: 200, meanDifference: large },
  },
});

const days = [day('2001-02-01', 1, -2), day('2001-02-02', -3, 4), day('2001-02-03', -50, -50, 'held')];

test('a day costs what its served share would have lost; days that are no evidence do not count', () => {
  // 100 records × −3, half of them served.
  expect(riskAt(days, { small: 50 })).toEqual({
    days: 2,
    losingDays: 1,
    worst: { date: '2001-02-02', money: -150 },
  });
});

test('slices make good for each other within a day', () => {
  // 2001-02-01: 100 × 1 − 200 × 2 = −300; 2001-02-02: −300 + 800 = 500.
  expect(riskAt(days, { small: 100, large: 100 })).toMatchObject({
    losingDays: 1,
    worst: { date: '2001-02-01', money: -300 },
  });
});

test('nothing served, nothing at risk', () => {
  expect(riskAt(days, {})).toEqual({ days: 2, losingDays: 0, worst: null });
  expect(riskAt([], { small: 100 })).toEqual({ days: 0, losingDays: 0, worst: null });
});
