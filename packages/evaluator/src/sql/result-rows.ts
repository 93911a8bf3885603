import { addExactSum } from './exact-sum.ts';
import type { Summands } from './summands.ts';

/** A row of a result as Athena or DuckDB gives it: texts, numbers, or nothing. */
export type ResultRow = Readonly<Record<string, unknown>>;

/** A row that says something of rows of the day that are alike. */
export interface CellRow {
  readonly state: number;
  readonly path: string | undefined;
  readonly example: string | undefined;
  readonly slice: number;
  readonly stratum: number;
  readonly label: number;
  readonly challenger: number;
  readonly incumbent: number;
  /** Undefined in the rows that are not of a bin of the histograms. */
  readonly bin: number | undefined;
  readonly count: (column: string) => number;
  /** Adds a sum, by the summand's name, to two doubles. */
  readonly addSum: (name: string, into: Float64Array, at: number) => void;
}

/** Reads a row; throws on one that the statement cannot have given. */
export function readRow(row: ResultRow, { first, second }: Summands): CellRow {
  const number = (column: string): number | undefined => {
    const value = row[column];
    if (value === null || value === undefined || value === '') return undefined;
    const found = Number(value);
    if (Number.isNaN(found))
      throw new Error(`a result with ${column} = ${JSON.stringify(String(value))}, which is no number`);
    return found;
  };
  const needed = (column: string): number => {
    const found = number(column);
    if (found === undefined) throw new Error(`a result without ${column}: it is of another statement`);
    return found;
  };
  const text = (column: string): string | undefined => {
    const value = row[column];
    return value === null || value === undefined || value === '' ? undefined : String(value);
  };
  const summands = new Map([...first, ...second].map((summand) => [summand.name, summand]));
  const bin = number('bin');
  return {
    state: needed('state'),
    path: text('path'),
    example: text('example'),
    slice: needed('slice'),
    stratum: number('stratum') ?? -1,
    label: needed('label'),
    challenger: number('challenger') ?? -1,
    incumbent: number('incumbent') ?? -1,
    bin,
    count: (column) => number(column) ?? 0,
    addSum(name, into, at) {
      const summand = summands.get(name);
      if (summand) addExactSum(summand, (column) => row[column], into, at);
    },
  };
}
