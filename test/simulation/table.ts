import type { Cell } from './cells.ts';
import type { CellResult } from './run-cell.ts';

const HEAD = [
  'What',
  'Situation',
  'Runs',
  'Happened',
  '95 % interval',
  'Median days',
  'Daily t-test',
  'Target',
  '',
];

/** The table for a terminal. */
export function textTable(results: readonly CellResult[]): string {
  const rows = [HEAD, ...results.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The same for docs/evidence.md. */
export function markdownTable(results: readonly CellResult[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(HEAD), line(HEAD.map(() => '---')), ...results.map((result) => line(rowOf(result)))].join(
    '\n',
  );
}

function rowOf({ cell, runs, share, interval, median, naiveShare, misses }: CellResult): string[] {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  return [
    cell.group,
    cell.name,
    runs.toLocaleString('en-US'),
    percent(share),
    `${percent(interval[0])} to ${percent(interval[1])}`,
    cell.group.startsWith('false') ? '' : median === null ? 'never' : String(median),
    cell.group === 'false promotion' && naiveShare !== null ? percent(naiveShare) : '',
    targetOf(cell),
    misses.length > 0 ? `MISSED: ${misses.join('; ')}` : targetOf(cell) === '' ? '' : 'met',
  ];
}

function targetOf({ atMost, atLeast, medianAtMost }: Cell): string {
  const percent = (value: number) => `${Number((100 * value).toFixed(1))} %`;
  return [
    ...(atMost === undefined ? [] : [`≤ ${percent(atMost)}`]),
    ...(atLeast === undefined ? [] : [`≥ ${percent(atLeast)}`]),
    ...(medianAtMost === undefined ? [] : [`median ≤ ${medianAtMost} days`]),
  ].join(', ');
}
