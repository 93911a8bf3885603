import type { Definition } from '@penumbra/core/definition';
import { summedColumns } from './exact-sum.ts';
import { needsArms } from './sql-columns.ts';
import type { Summand } from './summands.ts';

/** Slice of rows that are no record's. */
export const NO_RECORD = -9;
/** Where a row has no label, no decision or no bin. */
export const NONE = -1;
/** A unit counts in the samples of 1 in 2^0 to 1 in 2^14, as far as its hash lies in them: see distinct-units.ts. */
export const SAMPLES = 15;

/** Columns of a result that say which rows its sums are of. */
export const GROUP_COLUMNS = [
  'state',
  'path',
  'slice',
  'stratum',
  'label',
  'challenger',
  'incumbent',
] as const;
export const COUNT_COLUMNS = ['n', 'outcomes', 'with_outcome'] as const;
export const sampleColumn = (sample: number): string => `units_${sample}`;

/** What a record is grouped and counted by, on its way through the steps of cutting. */
export const carried = (arms: boolean): string[] =>
  [...GROUP_COLUMNS, 'bin', ...COUNT_COLUMNS, 'example', ...(arms ? ['sample'] : [])].map(
    (name) => `"${name}"`,
  );

const KEYS = [...GROUP_COLUMNS, 'bin'].map((name) => `"${name}"`).join(', ');

/** Everything that is in one bin of one slice's scores, of the same decisions and the same outcome. */
export function grouped(definition: Definition, summands: readonly Summand[], from: string): string {
  const counts = COUNT_COLUMNS.map((name) => `sum("${name}") AS "${name}"`);
  const samples = needsArms(definition)
    ? Array.from(
        { length: SAMPLES },
        (_, sample) => `count(CASE WHEN "sample" >= ${sample} THEN 1 END) AS "${sampleColumn(sample)}"`,
      )
    : [];
  return `"grouped" AS (SELECT ${[KEYS, 'min("example") AS "example"', ...counts, ...samples, ...summedColumns(summands)].join(', ')}
  FROM "${from}" GROUP BY ${KEYS})`;
}

/**
 * The result: once without the bins, and for the histograms once by bin, outcome and slice alone. Whole numbers that
 * no double holds are given as text.
 */
export function totals(definition: Definition, summands: readonly Summand[]): string {
  const groups = GROUP_COLUMNS.map((name) => `"${name}"`).join(', ');
  const binned = definition.task.type === 'binary-classification';
  const cells = binned ? 'CASE WHEN grouping("bin") = 1 THEN SUM END' : 'SUM';
  const whole = (column: string, of = cells) =>
    `${of.replace('SUM', `CAST(sum("${column}") AS VARCHAR)`)} AS "${column}"`;
  const rest = (column: string, of = cells) => `${of.replace('SUM', `sum("${column}")`)} AS "${column}"`;
  const sums = summands.flatMap(({ name, powers }) => {
    const of = name === 'score_sum' ? 'SUM' : cells;
    return [...powers.map((_, level) => whole(`${name}_${level}`, of)), rest(`${name}_rest`, of)];
  });
  const counts = [
    ...COUNT_COLUMNS,
    ...(needsArms(definition) ? Array.from({ length: SAMPLES }, (_, sample) => sampleColumn(sample)) : []),
  ];
  const bin = binned ? `CASE WHEN grouping("bin") = 0 THEN "bin" END` : 'CAST(NULL AS INTEGER)';
  const sets = binned ? `GROUPING SETS ((${groups}), ("state", "slice", "label", "bin"))` : groups;
  return `SELECT ${[groups, `${bin} AS "bin"`, 'min("example") AS "example"', ...counts.map((name) => whole(name, name === 'n' ? 'SUM' : cells)), ...sums].join(', ')}
FROM "grouped" GROUP BY ${sets}`;
}
