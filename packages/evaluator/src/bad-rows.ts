import type { Problem } from '@penumbra/core/problem';

/** Problems told about one file; more of the same help nobody. */
export const MOST_PROBLEMS = 5;

/** Rows of a day that could not be read and were left out, and how many the definition tolerates. */
export interface BadRows {
  readonly tolerated: number;
  /** By what was read and from which file: a file is read again in a later pass, and its rows count once. */
  readonly found: Map<string, number>;
}

export const badRows = (tolerated: number): BadRows => ({ tolerated, found: new Map() });

export function countBadRows({ found }: BadRows): number {
  let sum = 0;
  for (const rows of found.values()) sum += rows;
  return sum;
}

/** Notes the bad rows of a file, and tells whether so many are tolerated. */
export function noteBadRows(bad: BadRows, file: string, rows: number): boolean {
  bad.found.set(file, rows);
  return countBadRows(bad) <= bad.tolerated;
}

/** What a person reads where more rows are bad than tolerated. */
export function tooMany(bad: BadRows, problems: readonly Problem[]): Problem[] {
  const first = problems.slice(0, MOST_PROBLEMS);
  if (bad.tolerated === 0) return first;
  return first.map((problem) => ({
    ...problem,
    remedy: `${problem.remedy}; at most ${bad.tolerated} bad rows a day are tolerated`,
  }));
}
