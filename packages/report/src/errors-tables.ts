import type { Confusion } from '@penumbra/core/day-events';
import type { Cumulative } from '@penumbra/core/history';
import type { ReportDocument } from './document.ts';
import { type Html, html, type Part, table } from './html.ts';
import { countOf, formatCount, formatMoney, formatPerRecord } from './money.ts';
import { cellInWords } from './payoff.ts';
import { AUC_MEANING, BRIER_MEANING } from './score-measures.ts';

/** How both arms were right and wrong, in rows, in words and in measures. */
export function errorsSection(document: ReportDocument): Html {
  const { cumulative } = document;
  if (cumulative.days === 0) return html`<p class="empty">Nothing to count before the first mature day.</p>`;
  return html`${confusionTable(document)}${errorTable(document)}${measuresTable(document)}`;
}

const CELLS: readonly (readonly [keyof Confusion, string, (label: string) => string])[] = [
  ['truePositive', 'True positive', (label) => `acted, and ${label} was 1`],
  ['falsePositive', 'False positive', (label) => `acted, and ${label} was 0: a false alarm`],
  ['falseNegative', 'False negative', (label) => `did not act, and ${label} was 1: a miss`],
  ['trueNegative', 'True negative', (label) => `did not act, and ${label} was 0`],
];

function confusionTable({ definition, cumulative, currency }: ReportDocument): Html | null {
  const { confusion, labelled } = cumulative;
  if (!confusion || definition.task.type !== 'binary-classification') return null;
  const { payoff, threshold } = definition.task;
  const { challenger, incumbent } = confusion;
  const rows = CELLS.map(([cell, name, meaning]): ConfusionRow => {
    const worth = payoff[cell];
    const difference = challenger[cell] - incumbent[cell];
    return {
      name,
      meaning: meaning(definition.outcomes.label),
      worth: cellInWords(worth, currency),
      challenger: challenger[cell],
      incumbent: incumbent[cell],
      // Only a fixed pay-off turns a number of rows into money; the others depend on which rows they are.
      money: worth.perAmount === 0 && worth.perMoney === 0 ? difference * worth.fixed : null,
    };
  });
  const share = (count: number): Part =>
    html`${formatCount(count)} <small>${((100 * count) / Math.max(1, labelled)).toFixed(1)}\u00a0%</small>`;
  return table<ConfusionRow>(
    `Decisions against outcomes: ${formatCount(labelled)} rows with an outcome, of ${countOf(cumulative.days, 'mature day')}. The challenger acts where its score is at least ${threshold}.`,
    [
      { head: 'Cell', cell: ({ name }) => name },
      { head: 'What it is here', prose: true, cell: ({ meaning }) => meaning },
      { head: `Worth, ${currency} per record`, number: true, cell: ({ worth }) => worth },
      { head: 'Challenger, rows', number: true, cell: (row) => share(row.challenger) },
      { head: 'Incumbent, rows', number: true, cell: (row) => share(row.incumbent) },
      {
        head: 'Difference, rows',
        number: true,
        cell: (row) => signedCount(row.challenger - row.incumbent),
      },
      { head: `Difference, ${currency}`, number: true, cell: ({ money }) => moneyOf(money, currency) },
    ],
    [...rows, sumOf(rows)],
    'sum',
  );
}

interface ConfusionRow {
  readonly name: string;
  readonly meaning: string;
  readonly worth: string;
  readonly challenger: number;
  readonly incumbent: number;
  /** What the difference is worth; null where the rows alone do not tell. */
  readonly money: number | null;
}

function sumOf(rows: readonly ConfusionRow[]): ConfusionRow {
  const sum = (value: (row: ConfusionRow) => number) => rows.reduce((total, row) => total + value(row), 0);
  return {
    name: 'All',
    meaning: 'every row with an outcome',
    worth: '',
    challenger: sum(({ challenger }) => challenger),
    incumbent: sum(({ incumbent }) => incumbent),
    money: rows.some(({ money }) => money === null) ? null : sum(({ money }) => money ?? 0),
  };
}

function moneyOf(money: number | null, currency: string): Part {
  if (money === null) return html`<span class="none">depends on the row</span>`;
  return formatMoney(money, currency, { signed: true });
}

function signedCount(count: number): string {
  return count > 0 ? `+${formatCount(count)}` : formatCount(count);
}

function errorTable({ definition, cumulative }: ReportDocument): Html | null {
  const { error } = cumulative;
  if (!error) return null;
  const rows = [
    {
      name: 'Mean absolute error',
      meaning: 'how far a prediction is off on average; smaller is better',
      challenger: error.challenger.meanAbsolute,
      incumbent: error.incumbent.meanAbsolute,
    },
    {
      name: 'Root mean squared error',
      meaning: 'the same with large misses weighing more; smaller is better',
      challenger: error.challenger.rootMeanSquared,
      incumbent: error.incumbent.rootMeanSquared,
    },
  ];
  return table<(typeof rows)[number]>(
    `Errors in units of ${definition.outcomes.label}: ${formatCount(cumulative.labelled)} rows with an outcome, of ${countOf(cumulative.days, 'mature day')}.`,
    [
      { head: 'Measure', cell: ({ name }) => name },
      { head: 'What it says', prose: true, cell: ({ meaning }) => meaning },
      { head: 'Challenger', number: true, cell: (row) => row.challenger.toFixed(3) },
      { head: 'Incumbent', number: true, cell: (row) => row.incumbent.toFixed(3) },
    ],
    rows,
  );
}

function measuresTable({ cumulative, currency }: ReportDocument): Html | null {
  const rows = measures(cumulative, currency);
  if (rows.length === 0) return null;
  return table<Measure>(
    'Measures of both arms over all mature days.',
    [
      { head: 'Measure', cell: ({ name }) => name },
      { head: 'What it says', prose: true, cell: ({ meaning }) => meaning },
      { head: 'Challenger', number: true, cell: ({ challenger }) => challenger },
      { head: 'Incumbent', number: true, cell: ({ incumbent }) => incumbent },
    ],
    rows,
  );
}

interface Measure {
  readonly name: string;
  readonly meaning: string;
  readonly challenger: string;
  readonly incumbent: Part;
}

function measures({ valuePerRecord, auc, brier, logLoss }: Cumulative, currency: string): Measure[] {
  const unscored = html`<span class="none">no score</span>`;
  const score = (name: string, value: number | null, meaning: string): Measure[] =>
    value === null ? [] : [{ name, meaning, challenger: value.toFixed(4), incumbent: unscored }];
  const worth: Measure[] =
    valuePerRecord === null
      ? []
      : [
          {
            name: `Worth, ${currency} per record`,
            meaning:
              'what the decisions earned, by what was assumed below; more is better, costs are negative',
            challenger: formatPerRecord(valuePerRecord.challenger, currency),
            incumbent: formatPerRecord(valuePerRecord.incumbent, currency),
          },
        ];
  return [
    ...worth,
    ...score('AUC', auc, AUC_MEANING),
    ...score('Brier score', brier, BRIER_MEANING),
    ...score('Log loss', logLoss, 'like the Brier score, but hard on confident mistakes; 0 is perfect'),
  ];
}
