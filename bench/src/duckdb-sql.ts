import { DuckDBInstance } from '@duckdb/node-api';
import { type Contender, type Day, pathOf } from './contender-types.ts';
import { type Answer, BINS, THRESHOLD, type TierNumbers, worthSql } from './workload.ts';

/** The whole query in SQL, on one thread. DuckDB reads no Arrow files, so that format is timed on its Parquet. */
const inSql =
  (joined: (day: Day) => string): Contender =>
  async (asked) => {
    const day: Day = asked.format === 'arrow' ? { ...asked, format: 'parquet-snappy' } : asked;
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run(`CREATE TEMP TABLE joined AS ${joined(day)}`);
    const acts = (arm: string, label: number) => (on: number) =>
      `count(*) FILTER (${arm} = ${on} AND label = ${label})`;
    const confusion = (arm: string, column: string) => `
      ${acts(column, 1)(1)} AS ${arm}_tp, ${acts(column, 0)(1)} AS ${arm}_fp,
      ${acts(column, 1)(0)} AS ${arm}_fn, ${acts(column, 0)(0)} AS ${arm}_tn`;
    const tiers = await connection.runAndReadAll(`
      SELECT tier, count(*) AS rows, count(label) AS labelled, ${confusion('challenger', 'acts')}, ${confusion('incumbent', 'rule')},
        sum(gained - earned) AS difference, sum((gained - earned) * (gained - earned)) AS difference_squared,
        sum(gained) AS challenger_value, sum(earned) AS incumbent_value, sum((score - label) * (score - label)) AS brier,
        sum(CASE label WHEN 1 THEN -ln(greatest(score, 1e-15)) WHEN 0 THEN -ln(greatest(1 - score, 1e-15)) END) AS log_loss
      FROM (SELECT *, CASE WHEN label IS NOT NULL THEN ${worthSql('acts')} END AS gained,
              CASE WHEN label IS NOT NULL THEN ${worthSql('rule')} END AS earned
            FROM (SELECT *, (score >= ${THRESHOLD})::INT AS acts FROM joined))
      GROUP BY tier`);
    const bins = await connection.runAndReadAll(
      `SELECT tier, label::INT, least(${BINS - 1}, floor(score * ${BINS}))::INT AS bin, count(*)::DOUBLE FROM joined WHERE label IS NOT NULL GROUP BY ALL`,
    );
    const answer: Answer = {
      tiers: tiers
        .getRowObjectsJS()
        .map(
          (row) =>
            Object.fromEntries(
              Object.entries(row).map(([name, value]) => [name, name === 'tier' ? value : Number(value)]),
            ) as TierNumbers,
        ),
      histogram: bins.getRowsJS() as unknown as Answer['histogram'],
    };
    return answer;
  };

/** As a user would write it. */
export const natural: Contender = inSql(
  (day) => `
  SELECT tier, rule, amount, score, label, money
  FROM '${pathOf(day, 'records')}' JOIN '${pathOf(day, 'predictions')}' USING (id)
  LEFT JOIN (SELECT id, last("label") AS label, last(money) AS money FROM '${pathOf(day, 'outcomes')}' GROUP BY id) USING (id)`,
);

/** The best form found: joins on a 64-bit hash of the id, which is smaller and compares faster (and may collide). */
export const byHash: Contender = inSql(
  (day) => `
  WITH records AS (SELECT hash(id) AS h, tier, rule, amount FROM '${pathOf(day, 'records')}'),
    predictions AS (SELECT hash(id) AS h, score FROM '${pathOf(day, 'predictions')}'),
    outcomes AS (SELECT hash(id) AS h, "label", money FROM '${pathOf(day, 'outcomes')}'),
    latest AS (SELECT h, last("label") AS label, last(money) AS money FROM outcomes GROUP BY h)
  SELECT tier, rule, amount, score, label, money FROM records JOIN predictions USING (h) LEFT JOIN latest USING (h)`,
);
