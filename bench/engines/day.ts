import { type Definition, parseDefinition } from '@penumbra/core/definition';
import type { NamedFile } from '@penumbra/evaluator/column-spec';
import type { SliceTotals } from '@penumbra/evaluator/finalize';

export const DATE = '2001-02-03';
/** Days after the date on which outcomes land; corrections come on the last of them. */
export const LANDING_DAYS = 3;
export type BenchFormat = 'csv' | 'jsonl' | 'parquet';

/** A day whose money depends on amounts and outcomes, in three slices, with units cut at the default stages. */
export function benchDefinition(format: BenchFormat): Definition {
  const parsed = parseDefinition({
    deployment: 'engines',
    task: {
      type: 'binary-classification',
      threshold: 0.25,
      payoff: {
        currency: 'USD',
        truePositive: { fixed: -80, perAmount: 0.1 },
        falsePositive: { fixed: -60.01 },
        falseNegative: { fixed: -320, perMoney: -1 },
        trueNegative: { perAmount: 0.01 },
      },
    },
    records: { format, id: 'id', unit: 'unit', incumbent: 'rule', amount: 'amount' },
    predictions: { format, id: 'id', score: 'score' },
    outcomes: { format, id: 'id', label: 'label', money: 'money', maturityDays: LANDING_DAYS },
    slices: ['regional', 'midsize', 'hub'].map((tier) => ({
      slice: tier,
      when: [{ field: 'tier', equals: tier }],
    })),
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

/** The files of a generated day: their keys in the bucket and where they lie. */
export interface GeneratedDay {
  readonly format: BenchFormat;
  readonly rows: number;
  readonly records: readonly NamedFile[];
  readonly predictions: readonly NamedFile[];
  readonly outcomes: readonly NamedFile[];
  readonly arms: readonly NamedFile[];
}

/** What an engine found and took. */
export interface EngineRun {
  readonly seconds: number;
  readonly peakMegabytes: number;
  /** SHA-256 of every whole number: counts, histograms, units. */
  readonly digest: string;
  /** Every sum, in one order. */
  readonly sums: readonly number[];
  readonly overall: Pick<SliceTotals, 'rows' | 'labelled' | 'difference'>;
}
