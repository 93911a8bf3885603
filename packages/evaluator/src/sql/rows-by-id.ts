import type { Definition } from '@penumbra/core/definition';
import { identifier, literal } from '../duckdb.ts';
import type { DayQuery } from './day-query.ts';
import { rowCodes } from './row-codes.ts';
import { type RowSelect, rowSelect } from './row-select.ts';
import { sliceCase } from './slice-case.ts';
import { kindsOf, needsArms } from './sql-columns.ts';
import { type AthenaTable, PARTITION } from './tables.ts';

/** Subqueries that end with `per_id`: one row an id, of what each kind of file has for it. */
export const rowsById = (definition: Definition, query: DayQuery): string[] => [
  ...readRows(definition, query),
  ...perId(needsArms(definition)),
];

/** The rows of each kind, by id: a row that is no good has a code, and its file for an id. */
function readRows(definition: Definition, query: DayQuery): string[] {
  const { database, tables, date, jobName } = query;
  const kinds = kindsOf(definition);
  const { records: of, predictions: given } = definition;
  const onDate = `"${PARTITION.date}" = ${literal(date)}`;
  const records = rowSelect(definition, tables.records, kinds.records);
  const scores = rowSelect(definition, tables.predictions, kinds.predictions);
  if (definition.model && jobName === undefined) throw new Error('internal: the scores of which transform?');
  const ofJob = definition.model ? ` AND "${PARTITION.job}" = ${literal(jobName ?? '')}` : '';
  const { arms } = tables;
  const coded = (name: string, select: RowSelect, where: string) =>
    `"${name}" AS (SELECT *, ${select.code} AS "code" FROM (${select.cells(database, where)}) AS "cells")`;
  const amount = of.amount === undefined ? '0E0' : records.cell(of.amount);
  return [
    coded('record_rows', records, onDate),
    `"record_ids" AS (SELECT "id", "code", count(*) AS "records", max("slice") AS "slice", max("incumbent") AS "incumbent", max("amount") AS "amount"
    FROM (SELECT ${idOrPath(records.cell(of.id))} AS "id", "code", ${sliceCase(definition.slices, records.field)} AS "slice",
      ${records.cell(of.incumbent)} AS "incumbent", ${amount} AS "amount" FROM "record_rows") AS "named" GROUP BY "id", "code")`,
    coded('score_rows', scores, `${onDate}${ofJob}`),
    `"score_ids" AS (SELECT "id", "code", count(*) AS "predictions", max("score") AS "score"
    FROM (SELECT ${idOrPath(scores.cell(given?.id ?? 'id'))} AS "id", "code", ${scores.cell(given?.score ?? 'score')} AS "score" FROM "score_rows") AS "named" GROUP BY "id", "code")`,
    ...outcomeRows(definition, query, records),
    `"outcome_ids" AS (SELECT "id", "code", sum("n") AS "outcomes", max("landed") AS "landed",
      max_by("label", "landed") AS "label", max_by("money", "landed") AS "money" FROM "landed_outcomes" GROUP BY "id", "code")`,
    ...(arms ? [hashRows(database, arms, onDate)] : []),
  ];
}

/** The hashes of the units, as arm-lines.ts writes them. */
function hashRows(database: string, { name, columns }: AthenaTable, where: string): string {
  const [id = '', hash = ''] = columns.map((column) => identifier(column.name));
  const codes = rowCodes('arms');
  return `"hash_ids" AS (SELECT "id", "code", count(*) AS "hashes", min("hash") AS "hash", max("hash") AS "other_hash"
    FROM (SELECT CASE WHEN ${id} IS NULL OR ${hash} IS NULL THEN ${codes.badCell(0)} ELSE 0 END AS "code",
      CASE WHEN ${id} IS NULL OR ${hash} IS NULL THEN "$path" ELSE ${id} END AS "id", TRY_CAST(${hash} AS BIGINT) AS "hash"
      FROM ${identifier(database)}.${identifier(name)} WHERE ${where}) AS "cells" GROUP BY "id", "code")`;
}

/** One row an id, of what each kind of file has for it: none of them need have it at all. */
function perId(arms: boolean): string[] {
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ['record_ids', ['records', 'slice', 'incumbent', 'amount']],
    ['score_ids', ['predictions', 'score']],
    ['outcome_ids', ['outcomes', 'landed', 'label', 'money']],
    ...(arms ? [['hash_ids', ['hashes', 'hash', 'other_hash']] as const] : []),
  ];
  const [first, ...others] = kinds;
  let joined = first?.[0] ?? '';
  let columns = first?.[1] ?? [];
  const joins = others.map(([other, more], index) => {
    const name = index === others.length - 1 ? 'per_id' : `with_${other}`;
    const key = (column: string) =>
      `coalesce("${joined}"."${column}", "${other}"."${column}") AS "${column}"`;
    const all = [...columns, ...more];
    const join = `"${name}" AS (SELECT ${[key('id'), key('code'), ...all.map((column) => `"${column}"`)].join(', ')}
    FROM "${joined}" FULL JOIN "${other}" ON "${joined}"."id" = "${other}"."id" AND "${joined}"."code" = "${other}"."code")`;
    joined = name;
    columns = all;
    return join;
  });
  return joins;
}

const idOrPath = (id: string): string => `CASE WHEN "code" = 0 THEN ${id} ELSE "path" END`;

/**
 * The outcomes of each id and landing day, as one row: within a folder nothing tells which one is the later. `landed`
 * is twice the days since the date, and one more where the outcomes of that day differ.
 */
function outcomeRows(definition: Definition, query: DayQuery, records: RowSelect): string[] {
  const { database, tables, date, landedThrough, recordsFirst = false } = query;
  const { id, label, money } = definition.outcomes;
  const rows = rowSelect(definition, tables.outcomes, kindsOf(definition).outcomes);
  const landed = `"${PARTITION.landed}"`;
  const worth = moneyCounts(definition) && money !== undefined ? rows.cell(money) : '0E0';
  // The bounds are in the partition's own words, so that no other folder is looked at.
  const where = `${landed} BETWEEN ${literal(date)} AND ${literal(landedThrough)}`;
  const since = `date_diff('day', CAST(${literal(date)} AS DATE), CAST(${landed} AS DATE))`;
  const foreign = rowCodes('outcomes').unmatched;
  const known = recordsFirst
    ? `"known_outcomes" AS (SELECT CASE WHEN "code" = 0 THEN "known_id" ELSE "id" END AS "id",
      CASE WHEN "code" = 0 AND "known_id" IS NULL THEN ${foreign} ELSE "code" END AS "code", "landed", "label", "money"
    FROM "outcome_rows" LEFT JOIN (SELECT DISTINCT ${records.cell(definition.records.id)} AS "known_id" FROM "record_rows" WHERE "code" = 0) AS "known"
      ON "id" = "known_id")`
    : undefined;
  return [
    `"coded_outcomes" AS (SELECT *, ${rows.code} AS "code" FROM (${rows.cells(database, where)}) AS "cells")`,
    `"outcome_rows" AS (SELECT ${idOrPath(rows.cell(id))} AS "id", "code", CASE WHEN "code" = 0 THEN ${since} END AS "landed",
      ${rows.cell(label)} AS "label", ${worth} AS "money" FROM "coded_outcomes")`,
    ...(known ? [known] : []),
    `"landed_outcomes" AS (SELECT "id", "code",
      2 * "landed" + CASE WHEN min("label") <> max("label") OR min("money") <> max("money") THEN 1 ELSE 0 END AS "landed",
      min("label") AS "label", min("money") AS "money", count(*) AS "n"
    FROM ${known ? '"known_outcomes"' : '"outcome_rows"'} GROUP BY "id", "code", "landed")`,
  ];
}

/** Whether the outcome's money is in the metrics at all, as join-rows.ts has it. */
const moneyCounts = ({ task, outcomes }: Definition): boolean =>
  task.type !== 'regression' && outcomes.money !== undefined;
