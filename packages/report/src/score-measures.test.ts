import { addDays, datesFrom } from '@penumbra/core/calendar';
import { expect, test } from 'vitest';
import { recentDates, scoreMeasures } from './score-measures.ts';

const days = (from: string, count: number, status: 'mature' | 'waiting' | 'held') =>
  datesFrom(from, addDays(from, count - 1)).map((date) => ({ date, status }));

test('scores are told from the last mature days', () => {
  const year = [...days('2001-01-01', 60, 'mature'), ...days('2001-03-02', 5, 'waiting')];
  expect(recentDates(year)).toEqual({ from: '2001-02-02', to: '2001-03-01' });
  expect(recentDates(days('2001-01-01', 3, 'mature'))).toEqual({ from: '2001-01-01', to: '2001-01-03' });
  expect(recentDates(days('2001-01-01', 3, 'held'))).toBeNull();
});

test('mature days of long before are left out: no more dates than are read at once', () => {
  const gap = [
    ...days('2001-01-01', 2, 'mature'),
    ...days('2001-01-03', 150, 'held'),
    ...days('2001-06-02', 2, 'mature'),
  ];
  expect(recentDates(gap)).toEqual({ from: '2001-06-02', to: '2001-06-03' });
});

test('each measure says what it is a number of, and what nothing but the share of positives would give', () => {
  const quality = {
    labelled: 1000,
    auc: 0.8312,
    brier: 0.0712,
    positives: { truePositive: 60, falseNegative: 40 },
  };
  const [auc, brier] = scoreMeasures(quality, 28);
  expect([auc?.value, brier?.value]).toEqual(['0.831', '0.0712']);
  expect(auc?.meaning).toContain('0.5 is chance');
  expect(auc?.meaning).toContain('Over 1,000\u00a0records with an outcome, of the last 28\u00a0mature days.');
  expect(brier?.meaning).toContain(
    'To say 10\u00a0% of every record, the share of positive ones, would give 0.09',
  );
});

test('a class that is absent leaves no area under a curve', () => {
  const quality = { labelled: 9, auc: null, brier: 0.1, positives: { truePositive: 0, falseNegative: 0 } };
  expect(scoreMeasures(quality, 1)[0]).toMatchObject({ value: 'none' });
});
