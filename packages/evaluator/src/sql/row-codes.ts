/**
 * What a row of a result is of. Numbers below 100: records by their id; above: rows of files that have no id to be
 * joined by, from which the kind of file and the column follow.
 */
export const STATE = {
  COMPARED: 0,
  RECORD_TWICE: 1,
  SCORED_TWICE: 2,
  SCORE_OF_NO_RECORD: 3,
  NO_SCORE: 4,
  OUTCOMES_DIFFER: 5,
  TOO_LARGE: 6,
  NO_HASH: 7,
  HASHES_DIFFER: 8,
  OUTCOME_OF_NO_RECORD: 9,
  HASH_OF_NO_RECORD: 10,
} as const;

export type Kind = 'records' | 'predictions' | 'outcomes' | 'arms';
const BASES: readonly [Kind, number][] = [
  ['records', 1000],
  ['predictions', 2000],
  ['outcomes', 3000],
  ['arms', 4000],
];
const HEADER = 0;
/** A text in a slice's field that only the other engine reads as a number. */
const ODD_NUMBER = 1;
/** Names no record of the day. */
const UNMATCHED = 2;
const FIRST_COLUMN = 3;

export interface RowCodes {
  readonly header: number;
  readonly oddNumber: number;
  readonly unmatched: number;
  readonly badCell: (column: number) => number;
}

export function rowCodes(kind: Kind): RowCodes {
  const base = BASES.find(([name]) => name === kind)?.[1] ?? 0;
  return {
    header: base + HEADER,
    oddNumber: base + ODD_NUMBER,
    unmatched: base + UNMATCHED,
    badCell: (column) => base + FIRST_COLUMN + column,
  };
}

export type RowMeaning =
  | { readonly kind: Kind; readonly what: 'header' | 'odd number' | 'unmatched' }
  | { readonly kind: Kind; readonly what: 'bad cell'; readonly column: number };

/** What a code from rowCodes says. */
export function meaningOf(code: number): RowMeaning {
  const [kind, base] = BASES.find(([, start]) => code >= start && code < start + 1000) ??
    BASES[0] ?? ['records', 0];
  const rest = code - base;
  if (rest === HEADER) return { kind, what: 'header' };
  if (rest === ODD_NUMBER) return { kind, what: 'odd number' };
  return rest === UNMATCHED
    ? { kind, what: 'unmatched' }
    : { kind, what: 'bad cell', column: rest - FIRST_COLUMN };
}
