import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { costsOf, costTable, PRICES, SIZES } from './costs.ts';

const PAGE = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');

describe('the costs that docs/deploy.md works out', () => {
  it('are what the prices give for the functions and alarms that there are', () => {
    expect(PAGE, `put this table into docs/deploy.md:\n${costTable()}`).toContain(costTable());
  });

  it.each(
    Object.entries({
      lambdaGbSecond: PRICES.lambdaGbSecond,
      transformHour: PRICES.transformHour,
      s3StandardGbMonth: PRICES.s3StandardGbMonth,
      dynamoMillionWrites: PRICES.dynamoMillionWrites,
      dynamoGbMonth: PRICES.dynamoGbMonth,
    }),
  )('rest on prices that the page names: %s', (_, price) => {
    expect(PAGE.replaceAll('\n', ' ')).toMatch(new RegExp(` ${price} an? `.replace('.', '\\.')));
  });

  it('grow with the records', () => {
    const sums = SIZES.map((size) => costsOf(size).reduce((sum, { dollars }) => sum + dollars, 0));
    expect([...sums].sort((a, b) => a - b)).toEqual(sums);
    expect(sums.every(Number.isFinite)).toBe(true);
  });
});
