import { BUCKETS, challengerBuckets } from '@penumbra/core/bucketing';
import type { Definition } from '@penumbra/core/definition';
import { cutsOf } from '@penumbra/core/policy-schema';
import { BINS } from '../metric-layout.ts';
import { doubleLiteral } from './double-literal.ts';
import { carried, NO_RECORD, NONE, SAMPLES } from './result-columns.ts';
import { STATE } from './row-codes.ts';
import { needsArms } from './sql-columns.ts';
import { type Summand, summandsOf } from './summands.ts';

/** Subqueries from `per_id` to `checked`: what is to be said of each id, and every number of it that is summed. */
export function comparedRows(definition: Definition): string[] {
  const { first, second, tooLarge } = summandsOf(definition);
  const arms = needsArms(definition);
  return [
    judged(definition),
    valued(definition, first, arms),
    `"differed" AS (SELECT *, ${listed(second)} FROM "valued")`,
    checked([...first, ...second], tooLarge, arms),
  ];
}

const listed = (summands: readonly Summand[]): string =>
  summands.map(({ name, sql }) => `${sql} AS "${name}"`).join(', ');

/** What is to be said of each id, before its numbers are looked at. */
function judged(definition: Definition): string {
  const arms = needsArms(definition);
  const differ = 'coalesce("landed" % 2, 0) = 1';
  const sameHash = 'coalesce("hash" = "other_hash", 1 = 0)';
  const cases = [
    `WHEN "code" <> 0 THEN "code"`,
    `WHEN "records" IS NULL AND "predictions" IS NOT NULL THEN ${STATE.SCORE_OF_NO_RECORD}`,
    `WHEN "records" IS NULL AND "landed" IS NOT NULL THEN ${STATE.OUTCOME_OF_NO_RECORD}`,
    `WHEN "records" IS NULL THEN ${STATE.HASH_OF_NO_RECORD}`,
    `WHEN "records" > 1 THEN ${STATE.RECORD_TWICE}`,
    `WHEN "predictions" > 1 THEN ${STATE.SCORED_TWICE}`,
    `WHEN ${differ} THEN ${STATE.OUTCOMES_DIFFER}`,
    ...(arms
      ? [
          `WHEN "hash" IS NULL THEN ${STATE.NO_HASH}`,
          `WHEN "hash" <> "other_hash" THEN ${STATE.HASHES_DIFFER}`,
        ]
      : []),
    `WHEN "predictions" IS NULL THEN ${STATE.NO_SCORE}`,
  ];
  const foreign = '"records" IS NULL AND "predictions" IS NULL';
  const sound = `coalesce("records" = 1 AND "predictions" = 1, 1 = 0) AND NOT ${differ}${arms ? ` AND ${sameHash}` : ''}`;
  const rows = `"records", "predictions", "outcomes"${arms ? ', "hashes"' : ''}`;
  // Everything but good records goes without numbers, so that nothing of it gets into a sum.
  const record = `"code" = 0 AND "records" = 1`;
  const ofRecord = (name: string) => `CASE WHEN ${record} THEN "${name}" END AS "${name}"`;
  return `"judged" AS (SELECT CASE ${cases.join(' ')} ELSE ${STATE.COMPARED} END AS "state",
    CASE WHEN "code" = 0 AND NOT (${foreign}) AND NOT (${sound}) THEN "id" END AS "example",
    CASE WHEN "code" <> 0 THEN "id" END AS "path", CASE WHEN "code" <> 0 THEN coalesce(${rows}) ELSE 1 END AS "n",
    CASE WHEN "code" = 0 THEN coalesce("outcomes", 0) ELSE 0 END AS "outcomes", CASE WHEN "landed" IS NOT NULL THEN 1 ELSE 0 END AS "with_outcome",
    CASE WHEN ${record} THEN "slice" ELSE ${NO_RECORD} END AS "slice", ${ofRecord('incumbent')},
    ${definition.records.amount === undefined ? '0E0 AS "amount"' : 'coalesce("amount", 0E0) AS "amount"'},
    ${ofRecord('score')}, ${ofRecord('label')}, coalesce("money", 0E0) AS "money"${arms ? ', "hash"' : ''}
  FROM "per_id")`;
}

function valued(definition: Definition, first: readonly Summand[], arms: boolean): string {
  const { task } = definition;
  const labelled = '"label" IS NOT NULL AND "score" IS NOT NULL';
  const classification = task.type === 'binary-classification';
  const columns = [
    `CASE WHEN ${labelled} THEN ${classification ? 'CAST("label" AS INTEGER)' : '1'} ELSE ${NONE} END AS "outcome"`,
    classification
      ? `CASE WHEN "score" >= ${doubleLiteral(task.threshold)} THEN 1 WHEN "score" IS NOT NULL THEN 0 ELSE ${NONE} END AS "challenger"`
      : `${NONE} AS "challenger"`,
    classification
      ? `CASE WHEN "incumbent" = 1E0 THEN 1 WHEN "incumbent" = 0E0 THEN 0 ELSE ${NONE} END AS "decided"`
      : `${NONE} AS "decided"`,
    classification
      ? `CASE WHEN NOT (${labelled}) THEN ${NONE} WHEN "score" >= 1E0 THEN ${BINS - 1} ELSE CAST(floor("score" * ${doubleLiteral(BINS)}) AS INTEGER) END AS "bin"`
      : `${NONE} AS "bin"`,
    ...armColumns(definition, arms),
  ];
  return `"valued" AS (SELECT *, ${[...columns, listed(first)].join(', ')} FROM "judged")`;
}

/** The stratum of a record's unit, and in how many samples its unit is counted: by the first of its rows alone. */
function armColumns(definition: Definition, arms: boolean): string[] {
  if (!arms) return [`${NONE} AS "stratum"`];
  const bounds = cutsOf(definition.policy).map((percent, stratum) => {
    // bucket < bound, of which the bucket is hash × BUCKETS / 2^32 rounded down: exact in whole numbers.
    const bound = (BigInt(challengerBuckets(percent)) * 2n ** 32n + BigInt(BUCKETS) - 1n) / BigInt(BUCKETS);
    return `WHEN "hash" < ${bound} THEN ${stratum}`;
  });
  const stratum = `CASE WHEN "slice" < 0 THEN ${NONE} ${bounds.join(' ')} ELSE ${bounds.length} END`;
  const first = `row_number() OVER (PARTITION BY "slice", "hash") = 1`;
  const samples = Array.from(
    { length: SAMPLES - 1 },
    (_, sample) => `WHEN "hash" % ${2 ** (sample + 1)} <> 0 THEN ${sample}`,
  );
  return [
    `${stratum} AS "stratum"`,
    `CASE WHEN "slice" < 0 THEN ${NONE} WHEN ${first} THEN CASE ${samples.join(' ')} ELSE ${SAMPLES - 1} END ELSE ${NONE} END AS "sample"`,
  ];
}

/** Takes numbers that are too large out of the sums, and says so. */
function checked(summands: readonly Summand[], tooLarge: string, arms: boolean): string {
  const whole = `"state" IN (${STATE.COMPARED}, ${STATE.NO_SCORE})`;
  const renamed: Readonly<Record<string, string>> = {
    '"state"': `CASE WHEN ${whole} AND coalesce(${tooLarge}, 1 = 0) THEN ${STATE.TOO_LARGE} ELSE "state" END AS "state"`,
    '"label"': '"outcome" AS "label"',
    '"incumbent"': '"decided" AS "incumbent"',
  };
  const named = carried(arms).map((column) => renamed[column] ?? column);
  const summed = summands.map(
    ({ name }) => `CASE WHEN "state" = ${STATE.COMPARED} THEN "${name}" END AS "${name}"`,
  );
  return `"checked" AS (SELECT ${[...carried(arms), ...summed].join(', ')}
  FROM (SELECT ${[...named, ...summands.map(({ name }) => `"${name}"`)].join(', ')} FROM "differed") AS "renamed")`;
}
