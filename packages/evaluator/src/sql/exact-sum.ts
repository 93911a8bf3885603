import { addTo } from '../compensated-sum.ts';
import { identifier } from '../duckdb.ts';
import { doubleLiteral } from './double-literal.ts';

/**
 * How the values of one column are summed without rounding. Each value is cut into whole multiples of powers of two:
 * multiples of 2^powers[0], of the rest those of 2^powers[1], and so on, which SQL adds as whole numbers; what is
 * below the last power is added as doubles. Cutting is exact in binary floating point: a multiple is at most 2^62, and
 * a rest is never longer than its value. So with n values the error of the sum is at most n² × 2^(last - 54).
 */
export interface ExactSum {
  readonly name: string;
  /** Exponents of the grids, falling by at most 62. */
  readonly powers: readonly number[];
}

/** Largest size of a value and of a prediction's error: so large is what the grids below hold. */
export const LARGEST_VALUE: number = 2 ** 50;

/** The grids of differences of two values, at most 2^51. */
export const VALUE_POWERS: readonly number[] = [-11, -72];
/** Of squares of them, at most 2^102. */
export const SQUARE_POWERS: readonly number[] = [40, -21, -82];
/** Of scores, and of their squared distance to 0 or 1; at most 1. */
export const SHARE_POWERS: readonly number[] = [-61];
/** Of logarithmic losses, at most 35. */
export const LOSS_POWERS: readonly number[] = [-56];

const part = (name: string, level: number): string => identifier(`${name}_${level}`);
const rest = (name: string): string => identifier(`${name}_rest`);

/** Columns of a sum in a result: one for each grid, then the rest. */
export const sumColumns = ({ name, powers }: ExactSum): string[] => [
  ...powers.map((_, level) => `${name}_${level}`),
  `${name}_rest`,
];

/** How many steps it takes to cut the values of the longest of some sums. */
export const cuttingSteps = (sums: readonly ExactSum[]): number =>
  Math.max(0, ...sums.map(({ powers }) => powers.length));

/**
 * The columns that one step of cutting gives on top of what the step before gave: a step reads its rest from
 * `<name>_rest`, the first one from `<name>` itself.
 */
export function cuttingColumns(sums: readonly ExactSum[], step: number): string[] {
  return sums.flatMap(({ name, powers }) => {
    const power = powers[step];
    const known = powers.slice(0, step).map((_, level) => part(name, level));
    if (power === undefined) return [...known, rest(name)];
    const from = step === 0 ? identifier(name) : rest(name);
    const multiple = `CAST(${from} * ${doubleLiteral(2 ** -power)} AS BIGINT)`;
    return [
      ...known,
      `${multiple} AS ${part(name, step)}`,
      `${from} - CAST(${multiple} AS DOUBLE) * ${doubleLiteral(2 ** power)} AS ${rest(name)}`,
    ];
  });
}

/** The sums of what cuttingColumns gave, of one group. */
export const summedColumns = (sums: readonly ExactSum[]): string[] =>
  sums.flatMap(({ name, powers }) => [
    ...powers.map((_, level) => `sum(CAST(${part(name, level)} AS DECIMAL(38, 0))) AS ${part(name, level)}`),
    `sum(${rest(name)}) AS ${rest(name)}`,
  ]);

/** Adds what SQL summed to the two doubles at `at`: see compensated-sum.ts. `read` gives the columns of a row. */
export function addExactSum(
  { name, powers }: ExactSum,
  read: (column: string) => unknown,
  into: Float64Array,
  at: number,
): void {
  const finest = powers.at(-1) ?? 0;
  let whole = 0n;
  for (const [level, power] of powers.entries()) {
    whole += wholeNumber(read(`${name}_${level}`)) << BigInt(power - finest);
  }
  // Number() rounds to the nearest double, so that high and low part together hold 106 bits of the sum.
  const high = Number(whole);
  const low = Number(whole - BigInt(high));
  addTo(into, at, high * 2 ** finest);
  addTo(into, at, low * 2 ** finest);
  addTo(into, at, Number(read(`${name}_rest`) ?? 0));
}

function wholeNumber(value: unknown): bigint {
  if (value === null || value === undefined || value === '') return 0n;
  return BigInt(String(value));
}
