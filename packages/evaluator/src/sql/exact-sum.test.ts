import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { total } from '../compensated-sum.ts';
import { type DuckDb, openDuckDb } from '../duckdb.ts';
import { doubleLiteral } from './double-literal.ts';
import {
  addExactSum,
  cuttingColumns,
  cuttingSteps,
  type ExactSum,
  LARGEST_VALUE,
  LOSS_POWERS,
  SHARE_POWERS,
  SQUARE_POWERS,
  summedColumns,
  VALUE_POWERS,
} from './exact-sum.ts';

let db: DuckDb;
beforeAll(async () => {
  db = await openDuckDb();
});
afterAll(() => db.close());

/** The sum of some doubles as SQL finds it, in two doubles. */
async function partsBySql(values: readonly number[], powers: readonly number[]): Promise<Float64Array> {
  const sum: ExactSum = { name: 'value', powers };
  const rows = values.map((value) => `(${doubleLiteral(value)})`).join(', ');
  const cut = Array.from(
    { length: cuttingSteps([sum]) },
    (_, step) => `, cut_${step} AS (SELECT ${cuttingColumns([sum], step).join(', ')} FROM cut_${step - 1})`,
  );
  const reader = await db.connection.runAndReadAll(
    `WITH first AS (SELECT CAST(v AS DOUBLE) AS "value" FROM (VALUES ${rows}) AS t(v))${cut.join('').replace('cut_-1', 'first')}
     SELECT ${summedColumns([sum]).join(', ')} FROM cut_${powers.length - 1}`,
  );
  const [row = {}] = reader.getRowObjectsJson();
  const into = new Float64Array(2);
  addExactSum(sum, (column) => row[column], into, 0);
  return into;
}

const sumBySql = async (values: readonly number[], powers: readonly number[]): Promise<number> =>
  total(await partsBySql(values, powers), 0);

/** A double as a whole multiple of 2^-1074, which every double is. */
function multiple(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const high = bits.getUint32(0);
  const exponent = high >>> 20;
  const digits = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const size = exponent === 0 ? digits : (digits | (1n << 52n)) << BigInt(exponent - 1);
  return value < 0 ? -size : size;
}

const exactly = (values: readonly number[]): bigint =>
  values.reduce((sum, value) => sum + multiple(value), 0n);

/** The bound of exact-sum.ts, and one rounding of the sum to a double. */
function expectClose(found: number, values: readonly number[], powers: readonly number[]): void {
  const exact = exactly(values);
  const off = multiple(found) - exact;
  const bound =
    ((BigInt(values.length) ** 2n) << BigInt(1074 - 54 + (powers.at(-1) ?? 0))) +
    (exact < 0n ? -exact : exact) / 2n ** 52n +
    1n;
  expect(off < 0n ? -off : off, `${found} of ${values.length} values`).toBeLessThanOrEqual(bound);
}

const sized = (largest: number) =>
  fc.oneof(
    fc.double({ min: -largest, max: largest, noNaN: true }),
    fc.constantFrom(largest, -largest, 0, -0, 0.1, -0.07, 1e-9, 5e-324, 1 / 3, 2 ** -73, 1 - 2 ** -53),
  );

describe('sums of doubles by whole numbers', () => {
  it.each([
    ['values', VALUE_POWERS, 2 * LARGEST_VALUE],
    ['squares', SQUARE_POWERS, 4 * LARGEST_VALUE ** 2],
    ['shares', SHARE_POWERS, 1],
    ['losses', LOSS_POWERS, 35],
  ] as const)('of %s are within the stated bound at any size, in any order', async (_, powers, largest) => {
    const value = sized(largest).filter((each) => Math.abs(each) <= largest);
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 60 }), async (values) => {
        expectClose(await sumBySql(values, powers), values, powers);
        // What cancels leaves nothing behind: to what remains, a plain sum of doubles would be far off.
        const cancelled = [...values, 1e-3, ...values.map((each) => -each).reverse()];
        expectClose(await sumBySql(cancelled, powers), cancelled, powers);
      }),
      { numRuns: 25, seed: 2001 },
    );
  });

  it('keep what one double would lose, for sums of many days', async () => {
    expect([...(await partsBySql([2 ** 50, 2 ** -60], VALUE_POWERS))]).toEqual([2 ** 50, 2 ** -60]);
  });

  it('of many equal values do not drift, where a plain sum does', async () => {
    const reader = await db.connection.runAndReadAll(
      `WITH first AS (SELECT 7E-2 AS "value" FROM range(1000000)),
       zero AS (SELECT ${cuttingColumns([{ name: 'value', powers: VALUE_POWERS }], 0).join(', ')} FROM first),
       one AS (SELECT ${cuttingColumns([{ name: 'value', powers: VALUE_POWERS }], 1).join(', ')} FROM zero)
       SELECT ${summedColumns([{ name: 'value', powers: VALUE_POWERS }]).join(', ')},
         (SELECT sum("value") FROM first) AS plain FROM one`,
    );
    const [row = {}] = reader.getRowObjectsJson();
    const into = new Float64Array(2);
    addExactSum({ name: 'value', powers: VALUE_POWERS }, (column) => row[column], into, 0);
    // 0.07 is a whole multiple of 2^-56.
    const exact = Number((multiple(0.07) >> BigInt(1074 - 56)) * 1_000_000n) * 2 ** -56;
    expect(total(into, 0)).toBe(exact);
    expect(Number(row.plain)).not.toBe(exact);
  });
});
