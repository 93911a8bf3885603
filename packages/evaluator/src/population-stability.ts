/** Added to every bin: an empty one would make the index infinite. */
const HALF_A_ROW = 0.5;

/**
 * Population stability index of counts against a baseline's counts over the same bins: the sum over the bins of
 * (p - q) ln(p / q). Below .1 is commonly taken as stable, above .25 as another population. 0 without rows.
 *
 * Source: Siddiqi, "Credit Risk Scorecards" (2006), ch. 10; it is the symmetric Kullback-Leibler divergence.
 */
export function populationStabilityIndex(counts: readonly number[], baseline: readonly number[]): number {
  const total = (of: readonly number[]) => of.reduce((sum, count) => sum + count, 0);
  const [rows, baselineRows] = [total(counts), total(baseline)];
  if (rows === 0 || baselineRows === 0) return 0;
  const share = (count: number, all: number) => (count + HALF_A_ROW) / (all + HALF_A_ROW * counts.length);
  return counts.reduce((index, count, bin) => {
    const p = share(count, rows);
    const q = share(baseline[bin] ?? 0, baselineRows);
    return index + (p - q) * Math.log(p / q);
  }, 0);
}
