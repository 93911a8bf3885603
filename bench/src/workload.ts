import { createHash } from 'node:crypto';

/** One day of the benchmark: what is decided, and what the digest of a contender's answer is made of. */
export const FORMATS = ['parquet-snappy', 'parquet-zstd', 'csv', 'jsonl', 'arrow'] as const;
export type Format = (typeof FORMATS)[number];

export const THRESHOLD = 0.2;
export const BINS = 2048;

/** Value of a decision: with, without action; the outcome positive, negative. */
export const worthSql = (acts: string): string => `CASE WHEN ${acts} = 1
  THEN CASE WHEN label = 1 THEN -80 + 0.1 * amount ELSE -60 END
  ELSE CASE WHEN label = 1 THEN -320 - money ELSE 0 END END`;

/** The numbers of one tier, in the order of NAMES; sums as they come. */
export const NAMES = [
  'rows',
  'labelled',
  'challenger_tp',
  'challenger_fp',
  'challenger_fn',
  'challenger_tn',
  'incumbent_tp',
  'incumbent_fp',
  'incumbent_fn',
  'incumbent_tn',
  'difference',
  'difference_squared',
  'challenger_value',
  'incumbent_value',
  'brier',
  'log_loss',
] as const;
export type TierNumbers = { readonly tier: string } & Readonly<Record<(typeof NAMES)[number], number>>;

export interface Answer {
  readonly tiers: readonly TierNumbers[];
  /** tier, label, bin, rows of every bin that is not empty */
  readonly histogram: readonly (readonly [string, number, number, number])[];
}

/** A hash of an answer: counts exactly, sums to 9 digits, since most contenders add in plain doubles. */
export function digestOf({ tiers, histogram }: Answer): string {
  const numbers = [...tiers]
    .sort((a, b) => (a.tier < b.tier ? -1 : 1))
    .map((of) => [of.tier, ...NAMES.map((name) => Number(of[name].toPrecision(9)))]);
  const bins = histogram.map((bin) => bin.join()).sort();
  return createHash('sha256')
    .update(JSON.stringify([numbers, bins]))
    .digest('hex')
    .slice(0, 12);
}
