import { expect, test } from 'vitest';
import {
  countOf,
  formatMoney,
  formatPercent,
  formatPerRecord,
  moneyTickFormat,
  perRecordFormat,
} from './money.ts';

test.each([
  [1.84, 'USD', '$1.84'],
  [0.012, 'USD', '$0.012'],
  [-0.00031, 'USD', '−$0.00031'],
  [-320, 'USD', '−$320.00'],
  [0, 'USD', '$0.00'],
  [-0, 'USD', '$0.00'],
  [1.5, 'JPY', '¥1.5'],
  [120, 'JPY', '¥120'],
])('an amount of %s %s per record reads %s', (value, currency, text) => {
  expect(formatPerRecord(value, currency)).toBe(text);
});

test('a column of amounts has the same decimals throughout, and no negative zero', () => {
  const format = perRecordFormat('USD', [1.84, -0.012, null]);
  expect([1.84, -0.012, -0.0000001].map(format)).toEqual(['$1.840', '−$0.012', '$0.000']);
});

test('a difference shows its sign; none has none', () => {
  const format = perRecordFormat('USD', [1], { signed: true });
  expect([1, -1, 0, -0.0001].map(format)).toEqual(['+$1.00', '−$1.00', '$0.00', '$0.00']);
});

test('a sum has cents while they matter', () => {
  expect([12.5, 999.6, -1_341_308.4, -0.001].map((value) => formatMoney(value, 'USD'))).toEqual([
    '$12.50',
    '$1,000',
    '−$1,341,308',
    '$0.00',
  ]);
});

test('ticks have the decimals that their distance needs', () => {
  expect([0, 0.5].map(moneyTickFormat('USD', 0.5, 2))).toEqual(['$0.00', '$0.50']);
  expect([-2, 0].map(moneyTickFormat('USD', 1, 2))).toEqual(['−$2', '$0']);
  expect([0, 1_500_000].map(moneyTickFormat('USD', 5e5, 1.5e6))).toEqual(['$0', '$1.5M']);
});

test('percentages and counts stay on one line', () => {
  expect([25, 0.3, 0, 100].map(formatPercent)).toEqual(['25\u00a0%', '0.3\u00a0%', '0\u00a0%', '100\u00a0%']);
  expect(countOf(1, 'day')).toBe('1\u00a0day');
  expect(countOf(1200, 'day')).toBe('1,200\u00a0days');
});
