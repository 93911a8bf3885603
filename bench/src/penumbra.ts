import { parseDefinition } from '@penumbra/core/definition';
import { duckDbOnDemand } from '@penumbra/evaluator/duckdb';
import { evaluateDay } from '@penumbra/evaluator/evaluate-day';
import { finalize } from '@penumbra/evaluator/finalize';
import { type Contender, pathOf } from './contender-types.ts';
import { THRESHOLD } from './workload.ts';

const TIERS = ['regional', 'midsize', 'large', 'hub'];

export const penumbra: Contender = async (day) => {
  const format = day.format.startsWith('parquet') ? 'parquet' : day.format;
  const parsed = parseDefinition({
    deployment: 'bench',
    task: {
      type: 'binary-classification',
      threshold: THRESHOLD,
      payoff: {
        currency: 'USD',
        truePositive: { fixed: -80, perAmount: 0.1 },
        falsePositive: { fixed: -60 },
        falseNegative: { fixed: -320, perMoney: -1 },
        trueNegative: {},
      },
    },
    records: { format, id: 'id', unit: 'unit', incumbent: 'rule', amount: 'amount' },
    predictions: { format, id: 'id', score: 'score' },
    outcomes: { format, id: 'id', label: 'label', money: 'money', maturityDays: 1 },
    // One stage of everything: no arms to be told apart, which no contender does.
    policy: { stages: [{ percent: 100 }] },
    slices: TIERS.map((tier) => ({ slice: tier, when: [{ field: 'tier', equals: tier }] })),
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const db = duckDbOnDemand({ threads: 1 });
  const file = (kind: 'records' | 'predictions' | 'outcomes', name: string) => [
    { name, path: pathOf(day, kind) },
  ];
  const evaluation = await evaluateDay(db, parsed.value, {
    records: file('records', 'records/day'),
    predictions: file('predictions', 'predictions/day'),
    outcomes: file('outcomes', 'outcomes/day'),
  });
  if (!evaluation.ok) throw new Error(JSON.stringify(evaluation.problems));
  const { slices } = finalize(evaluation.metrics);
  return {
    tiers: [...slices].map(([tier, { challenger, incumbent, ...of }]) => ({
      tier,
      rows: of.rows,
      labelled: of.labelled,
      challenger_tp: challenger.truePositive,
      challenger_fp: challenger.falsePositive,
      challenger_fn: challenger.falseNegative,
      challenger_tn: challenger.trueNegative,
      incumbent_tp: incumbent.truePositive,
      incumbent_fp: incumbent.falsePositive,
      incumbent_fn: incumbent.falseNegative,
      incumbent_tn: incumbent.trueNegative,
      difference: of.difference,
      difference_squared: of.differenceSquared,
      challenger_value: challenger.value,
      incumbent_value: incumbent.value,
      brier: of.brier,
      log_loss: of.logLoss,
    })),
    histogram: [...slices].flatMap(([tier, { positives, negatives }]) =>
      [negatives, positives].flatMap((bins, label) =>
        [...bins.entries()]
          .filter(([, rows]) => rows > 0)
          .map(([bin, rows]) => [tier, label, bin, rows] as const),
      ),
    ),
  };
};
