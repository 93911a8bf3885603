import { createRequire } from 'node:module';
import { type Contender, pathOf } from './contender-types.ts';
import { type Answer, BINS, NAMES, THRESHOLD, type TierNumbers } from './workload.ts';

/*
 * nodejs-polars, lazily, on one thread (POLARS_MAX_THREADS). It is a dependency of bench/ alone and may not be
 * installed where types are checked, so it is loaded by name and described here as far as it is used.
 */
interface Expr {
  readonly eq: (other: Expr) => Expr;
  readonly gtEq: (other: Expr) => Expr;
  readonly and: (other: Expr) => Expr;
  readonly mul: (other: Expr) => Expr;
  readonly sub: (other: Expr) => Expr;
  readonly sum: () => Expr;
  readonly count: () => Expr;
  readonly log: () => Expr;
  readonly floor: () => Expr;
  readonly isNotNull: () => Expr;
  readonly clip: (low: number, high: number) => Expr;
  readonly alias: (name: string) => Expr;
}
interface Frame {
  readonly join: (other: Frame, options: { on: string; how?: string }) => Frame;
  readonly filter: (condition: Expr) => Frame;
  readonly unique: (options: { subset: string[]; keep: string; maintainOrder: boolean }) => Frame;
  readonly withColumn: (column: Expr) => Frame;
  readonly withColumns: (...columns: Expr[]) => Frame;
  readonly groupBy: (by: string[]) => { agg: (...columns: Expr[]) => Frame };
  readonly collect: () => Promise<{ toRecords(): Record<string, unknown>[] }>;
}
interface Polars {
  readonly scanParquet: (path: string) => Frame;
  readonly scanCSV: (path: string) => Frame;
  readonly scanJson: (path: string) => Frame;
  readonly scanIPC: (path: string) => Frame;
  readonly col: (name: string) => Expr;
  readonly lit: (value: number) => Expr;
  readonly when: (condition: Expr) => { then: (value: Expr) => { otherwise: (value: Expr) => Expr } };
}

export const polars: Contender = async (day) => {
  const loaded: { default: Polars } | Polars = createRequire(import.meta.url)('nodejs-polars');
  const pl = 'default' in loaded ? loaded.default : loaded;
  const { col, lit } = pl;
  const scan = {
    'parquet-snappy': pl.scanParquet,
    'parquet-zstd': pl.scanParquet,
    csv: pl.scanCSV,
    jsonl: pl.scanJson,
    arrow: pl.scanIPC,
  }[day.format];
  const outcomes = scan(pathOf(day, 'outcomes')).unique({
    subset: ['id'],
    keep: 'last',
    maintainOrder: true,
  });
  const of = (name: string): Expr => col(name);
  const choose = (condition: Expr, yes: Expr, no: Expr): Expr => pl.when(condition).then(yes).otherwise(no);
  const positive = of('label').eq(lit(1));
  const worth = (acts: string) =>
    choose(
      of(acts).eq(lit(1)),
      choose(positive, of('amount').mul(lit(0.1)).sub(lit(80)), lit(-60)),
      choose(positive, lit(-320).sub(of('money')), lit(0)),
    );
  const joined = scan(pathOf(day, 'records'))
    .join(scan(pathOf(day, 'predictions')), { on: 'id' })
    .join(outcomes, { on: 'id', how: 'left' });
  const labelled = joined
    .filter(of('label').isNotNull())
    .withColumn(choose(of('score').gtEq(lit(THRESHOLD)), lit(1), lit(0)).alias('acts'))
    .withColumns(worth('acts').alias('gained'), worth('rule').alias('earned'))
    .withColumns(
      of('gained').sub(of('earned')).alias('d'),
      of('score').sub(of('label')).alias('miss'),
      choose(positive, of('score'), lit(1).sub(of('score')))
        .clip(1e-15, 1)
        .log()
        .mul(lit(-1))
        .alias('loss'),
      choose(of('score').eq(lit(1)), lit(BINS - 1), of('score').mul(lit(BINS)).floor()).alias('bin'),
    );
  const cell = (arm: string, acts: number, label: number, name: string) =>
    of(arm)
      .eq(lit(acts))
      .and(of('label').eq(lit(label)))
      .sum()
      .alias(name);
  const confusion = (arm: string, name: string) => [
    cell(arm, 1, 1, `${name}_tp`),
    cell(arm, 1, 0, `${name}_fp`),
    cell(arm, 0, 1, `${name}_fn`),
    cell(arm, 0, 0, `${name}_tn`),
  ];
  const rows = await records(joined.groupBy(['tier']).agg(of('rule').count().alias('rows')));
  const sums = await records(
    labelled
      .groupBy(['tier'])
      .agg(
        of('label').count().alias('labelled'),
        ...confusion('acts', 'challenger'),
        ...confusion('rule', 'incumbent'),
        of('d').sum().alias('difference'),
        of('d').mul(of('d')).sum().alias('difference_squared'),
        of('gained').sum().alias('challenger_value'),
        of('earned').sum().alias('incumbent_value'),
        of('miss').mul(of('miss')).sum().alias('brier'),
        of('loss').sum().alias('log_loss'),
      ),
  );
  const bins = await records(
    labelled.groupBy(['tier', 'label', 'bin']).agg(of('rule').count().alias('rows')),
  );
  const answer: Answer = {
    tiers: sums.map((sum) => {
      const all = rows.find(({ tier }) => tier === sum.tier);
      const numbers = NAMES.map((name) => [name, Number(name === 'rows' ? all?.rows : sum[name])]);
      return { tier: String(sum.tier), ...Object.fromEntries(numbers) } as TierNumbers;
    }),
    histogram: bins.map(
      ({ tier, label, bin, rows: count }) =>
        [String(tier), Number(label), Number(bin), Number(count)] as const,
    ),
  };
  return answer;
};

async function records(frame: Frame): Promise<Record<string, unknown>[]> {
  return (await frame.collect()).toRecords();
}
