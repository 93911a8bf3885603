import type { ReportDocument } from './document.ts';
import { type Html, html, type Part, table } from './html.ts';
import { countOf, formatCount, formatPercent, perRecordFormat } from './money.ts';
import { reasonList, verdictBadge } from './slices-table.ts';
import { type Change, changes, type Hold, holds } from './traffic-changes.ts';

const ACTIONS: Readonly<Record<Change['action'], string>> = {
  promote: '▲ promoted',
  'roll-back': '▼ rolled back',
  outside: '● moved by hand',
};

/** Every review that moved traffic, and, folded, those that did not. */
export function decisionLog(document: ReportDocument): Html {
  const moves = changes(document);
  return html`${moves.length === 0 ? html`<p class="empty">No review has moved any traffic${document.reviews.length === 0 ? ': there is no review yet' : ''}.</p>` : changesTable(document, moves)}${holdDetails(document)}`;
}

function changesTable(document: ReportDocument, moves: readonly Change[]): Html {
  const { currency } = document;
  const perRecord = perRecordFormat(
    currency,
    moves.flatMap(({ evidence }) => [evidence?.meanDifference ?? null, evidence?.lowerBound ?? null]),
    { signed: true },
  );
  const amount = (value: number | null | undefined): Part =>
    value === null || value === undefined ? html`<span class="none">none</span>` : perRecord(value);
  return table<Change>(
    `Reviews that moved traffic, the first one first. Money in ${currency} per record, as of the review.`,
    [
      { head: 'Review', cell: ({ asOf }) => html`<span class="nowrap">${asOf}</span>` },
      { head: 'Slice', cell: ({ slice }) => slice },
      {
        head: 'Traffic',
        cell: ({ from, to, action }) =>
          html`<span class="move ${action}">${ACTIONS[action]}</span> <span class="nowrap">${formatPercent(from.percent)} → <strong>${formatPercent(to.percent)}</strong></span>`,
      },
      { head: 'Verdict', cell: ({ evidence }) => (evidence ? verdictBadge(evidence.verdict) : '') },
      {
        head: 'Mature days',
        meaning: 'Days whose outcomes are old and covered enough to be evidence',
        number: true,
        cell: ({ evidence }) => (evidence ? formatCount(evidence.matureDays) : ''),
      },
      {
        head: 'Rows',
        meaning: 'Records with an outcome, of the mature days',
        number: true,
        cell: ({ evidence }) => (evidence ? formatCount(evidence.rows) : ''),
      },
      {
        head: 'Mean difference',
        meaning: `${currency} per record, challenger minus incumbent; each mature day weighs the same`,
        number: true,
        cell: ({ evidence }) => amount(evidence?.meanDifference),
      },
      {
        head: 'Lower bound',
        meaning: `${currency} per record; the truth lies above it, at all looks together`,
        number: true,
        cell: ({ evidence }) => amount(evidence?.lowerBound),
      },
      {
        head: 'Rule and reasons',
        prose: true,
        cell: ({ rule, reasons }) => html`<span class="rule">${rule}</span> ${reasonList(reasons)}`,
      },
    ],
    moves,
    'log',
  );
}

function holdDetails(document: ReportDocument): Html | null {
  const runs = holds(document);
  if (runs.length === 0) return null;
  const dates = document.reviews.filter(({ slices }) => slices.every(({ action }) => action === 'hold'));
  return html`<details><summary>${countOf(dates.length, 'review')} of ${formatCount(document.reviews.length)} changed nothing: why each slice was held</summary>
${table<Hold>(
  'Reviews in a row that held a slice by the same rule; the reason is that of the last of them.',
  [
    { head: 'Slice', cell: ({ slice }) => slice },
    { head: 'Held at', number: true, cell: ({ percent }) => formatPercent(percent) },
    { head: 'Reviews', number: true, cell: ({ reviews }) => formatCount(reviews) },
    { head: 'From', cell: ({ from }) => html`<span class="nowrap">${from}</span>` },
    { head: 'To', cell: ({ to }) => html`<span class="nowrap">${to}</span>` },
    {
      head: 'Rule and reasons',
      prose: true,
      cell: ({ rule, reasons }) => html`<span class="rule">${rule}</span> ${reasonList(reasons)}`,
    },
  ],
  runs,
)}</details>`;
}
