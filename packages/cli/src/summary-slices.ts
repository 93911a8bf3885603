import type { Verdict } from '@penumbra/core/rollout-events';
import type { TrialDocument } from '@penumbra/local/trial-document';
import { formatCount, formatPercent, perRecordFormat } from '@penumbra/report/money';
import { verdictText } from '@penumbra/report/words';
import Table from 'cli-table3';
import type pc from 'picocolors';
import { shortenName } from './summary-text.ts';

const GAP = '  ';
const HEAD = ['Slice', 'Stage', 'Traffic', 'Verdict', 'Mature\ndays', 'Rows', 'Mean\ndiff.', 'Lower\nbound'];
const HEAD_LINES = 2;
const SHORTEST_NAME = 8;

type Colours = ReturnType<typeof pc.createColors>;

/** The slices as a table of `width` columns; a slice's name gives way where they do not suffice. */
export function slicesInColumns(document: TrialDocument, width: number, colours: Colours): string {
  const { slices, currency, definition } = document;
  const perRecord = perRecordFormat(
    currency,
    slices.flatMap(({ meanDifference, lowerBound }) => [meanDifference, lowerBound]),
    { signed: true },
  );
  const amount = (value: number | null) => (value === null ? 'none' : perRecord(value));
  const stages = definition.policy.stages.length;
  const rows = slices.map(
    ({ slice, stage, percent, verdict, matureDays, rows, meanDifference, lowerBound }) => [
      slice,
      stage === 0 ? 'shadow' : `${stage}/${stages}`,
      formatPercent(percent),
      verdictText(verdict),
      formatCount(matureDays),
      formatCount(rows),
      amount(meanDifference),
      amount(lowerBound),
    ],
  );
  const widest = (column: number) =>
    Math.max(
      ...[HEAD, ...rows].flatMap((row) => (row[column] ?? '').split('\n').map(({ length }) => length)),
    );
  const others = HEAD.slice(1).reduce((sum, _, index) => sum + widest(index + 1) + GAP.length, 0);
  const forName = Math.max(SHORTEST_NAME, width - others);
  const table = new Table({
    head: HEAD,
    chars: BORDERLESS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: ['left', 'left', 'right', 'left', 'right', 'right', 'right', 'right'],
  });
  rows.forEach(([name = '', ...rest], index) => {
    const verdict = slices[index]?.verdict ?? 'NOT_ASSESSABLE';
    const cells = rest.map((cell, column) => (column === 2 ? inColour(verdict, cell, colours) : cell));
    table.push([shortenName(name, forName), ...cells]);
  });
  return table
    .toString()
    .split('\n')
    .map((line, index) => (index < HEAD_LINES ? colours.dim(line.trimEnd()) : line.trimEnd()))
    .join('\n');
}

const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
} as const;

/** Cyan and red differ for colour-blind readers too; the symbol says it without. */
function inColour(verdict: Verdict, text: string, colours: Colours): string {
  if (verdict === 'EXCEEDS' || verdict === 'MEETS') return colours.cyan(text);
  return verdict === 'HARMS' ? colours.red(text) : colours.dim(text);
}
