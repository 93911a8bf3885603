import { describe, expect, it } from 'vitest';
import {
  guessFeatures,
  guessId,
  guessIncumbent,
  guessLabel,
  guessUnit,
  nameFrom,
  proposeSlices,
  sliceColumns,
} from './guess.ts';
import type { ColumnProfile, Sample } from './sample.ts';

const ROWS = 10_000;

const column = (
  name: string,
  kind: ColumnProfile['kind'],
  more: Partial<ColumnProfile> = {},
): ColumnProfile => ({
  name,
  kind,
  rows: ROWS,
  distinct: 500,
  values: [],
  quantiles: undefined,
  ...more,
});
const categories = (name: string, counts: Readonly<Record<string, number>>) =>
  column(name, 'text', {
    distinct: Object.keys(counts).length,
    values: Object.entries(counts).map(([value, rows]) => ({ value, rows })),
  });
const sample = (...columns: ColumnProfile[]): Sample => ({
  path: 'a.csv',
  format: 'csv',
  rows: ROWS,
  columns,
  oddCells: [],
});

const orders = sample(
  column('fingerprint', 'text', { distinct: ROWS }),
  column('order_id', 'number', { distinct: ROWS }),
  column('day', 'date', { distinct: 20 }),
  column('customer', 'text', { distinct: 3000 }),
  categories('shade', { red: 5000, blue: 5000 }),
  categories('country', { IS: 300, PT: 1500, NL: 3000, DE: 5200 }),
  column('night', 'binary', { distinct: 2 }),
  column('rule_blocks', 'binary', { distinct: 2 }),
  column('amount', 'number', { quantiles: [41.23, 187.9] }),
);

describe('what a column is for', () => {
  it('the id tells records apart, and is named like one', () => {
    expect(guessId(orders)).toMatchObject({ value: 'order_id', because: expect.stringContaining('10,000') });
    expect(guessId(sample(column('country', 'text')))).toBeUndefined();
  });

  it('the unit is somebody who comes back; where nobody does, each record is its own', () => {
    expect(guessUnit(orders, 'order_id').value).toBe('customer');
    expect(guessUnit(sample(column('id', 'text', { distinct: ROWS })), 'id').value).toBe('id');
  });

  it('the incumbent is 0 or 1, and named like a decision', () => {
    expect(guessIncumbent(orders, ['order_id'])).toMatchObject({
      value: 'rule_blocks',
      type: 'binary-classification',
    });
  });

  it('the incumbent is a number where it is named like a forecast', () => {
    const demand = sample(column('units_forecast', 'number'), column('weekend', 'binary'));
    expect(guessIncumbent(demand, [])).toMatchObject({ value: 'units_forecast', type: 'regression' });
    expect(guessIncumbent(sample(column('name', 'text')), [])).toBeUndefined();
  });

  it('the label fits the task', () => {
    const outcomes = sample(column('refund', 'number'), column('seen', 'binary'), column('fraud', 'binary'));
    expect(guessLabel(outcomes, 'binary-classification', 'id')?.value).toBe('fraud');
    expect(guessLabel(sample(column('note', 'text')), 'binary-classification', 'id')).toBeUndefined();
  });

  it('features are the numbers that nothing else has taken', () => {
    expect(guessFeatures(orders, ['order_id', 'rule_blocks'])).toEqual(['night', 'amount']);
  });
});

describe('slices', () => {
  it('go by a column that is named like a part of the business', () => {
    expect(sliceColumns(orders, [])).toEqual(['country', 'shade']);
  });

  it('come with the fewest records first, those that are too few a day together', () => {
    expect(proposeSlices(orders, 'country', undefined, 'day').value).toEqual([
      { slice: 'is-and-others', when: [{ field: 'country', oneOf: ['IS', 'PT', 'NL'] }] },
      { slice: 'de', when: [{ field: 'country', equals: 'DE' }] },
    ]);
  });

  it('are few, whatever the number of values', () => {
    const many = Object.fromEntries(Array.from({ length: 18 }, (_, index) => [`V ${index}`, 555]));
    const found = proposeSlices(sample(categories('plan', many)), 'plan', undefined, undefined).value;
    expect(found.length).toBeLessThanOrEqual(5);
    const values = found.flatMap(({ when }) => when.flatMap((each) => ('oneOf' in each ? each.oneOf : [])));
    expect(values).toHaveLength(18);
  });

  it('go by the amount where no column cuts the traffic, small ones first', () => {
    expect(proposeSlices(orders, undefined, 'amount', 'day').value).toEqual([
      { slice: 'small', when: [{ field: 'amount', below: 41 }] },
      { slice: 'middle', when: [{ field: 'amount', atLeast: 41, below: 190 }] },
      { slice: 'large', when: [{ field: 'amount', atLeast: 190 }] },
    ]);
  });
});

it.each([
  ['My Model!', 'my-model'],
  ['2026 loans', 'loans'],
  ['—', 'my-model'],
])('the folder %s makes the name %s', (folder, name) => {
  expect(nameFrom(folder)).toBe(name);
});
