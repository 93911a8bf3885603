import type { Definition } from '@penumbra/core/definition';
import { literal } from '../duckdb.ts';
import { comparedRows } from './compared-rows.ts';
import type { DayQuery } from './day-query.ts';
import { cuttingColumns, cuttingSteps } from './exact-sum.ts';
import { carried, grouped, totals } from './result-columns.ts';
import { rowsById } from './rows-by-id.ts';
import { needsArms } from './sql-columns.ts';
import { summandsOf } from './summands.ts';

/**
 * A day's comparison as one SELECT in what Trino and DuckDB have in common; the same text for both. Every table is
 * read once, but for the records where `recordsFirst`. Its rows are read by metricsFromRows.
 */
export function dayStatement(definition: Definition, query: DayQuery): string {
  const { first, second } = summandsOf(definition);
  const summands = [...first, ...second];
  const steps = Array.from({ length: cuttingSteps(summands) }, (_, step) => step);
  const kept = carried(needsArms(definition));
  const parts = [
    ...rowsById(definition, query),
    ...comparedRows(definition),
    ...steps.map((step) => {
      const columns = [...kept, ...cuttingColumns(summands, step)].join(', ');
      return `"cut_${step}" AS (SELECT ${columns} FROM "${step === 0 ? 'checked' : `cut_${step - 1}`}")`;
    }),
    grouped(definition, summands, `cut_${steps.length - 1}`),
  ];
  return `WITH ${parts.join(',\n')}\n${totals(definition, summands)}`;
}

/** Wraps a query so that Athena writes its rows to S3, as JSON lines. What is unloaded is documented to be a SELECT. */
export const unloadStatement = (select: string, { location }: { readonly location: string }): string =>
  `UNLOAD (SELECT * FROM (${select}) AS "result") TO ${literal(location)} WITH (format = 'JSON', compression = 'NONE')`;
