import type { SliceStanding } from '@penumbra/core/history';
import type { Verdict } from '@penumbra/core/rollout-events';
import type { ReportDocument } from './document.ts';
import { type Html, html, type Part, table } from './html.ts';
import { formatCount, formatPercent, perRecordFormat } from './money.ts';
import { sentence, stageName, VERDICTS } from './words.ts';

/** A verdict by symbol, word and colour. */
export function verdictBadge(verdict: Verdict): Html {
  const { symbol, label } = VERDICTS[verdict];
  return html`<span class="badge ${verdict.toLowerCase()}"><span aria-hidden="true">${symbol}</span> ${label}</span>`;
}

/** Where each slice stands, in order of risk. */
export function slicesTable(document: ReportDocument): Html {
  const { currency, definition, slices } = document;
  const perRecord = perRecordFormat(
    currency,
    slices.flatMap(({ meanDifference, lowerBound }) => [meanDifference, lowerBound]),
    { signed: true },
  );
  const amount = (value: number | null) =>
    value === null ? html`<span class="none">none yet</span>` : perRecord(value);
  const stages = definition.policy.stages.length;
  return html`${table<SliceStanding>(
    `Slices in order of business risk, the least first, as of ${document.asOf}. Money in ${currency} per record.`,
    [
      { head: 'Slice', cell: ({ slice }) => slice },
      {
        head: 'Stage',
        meaning: 'Step of the policy; shadow is before the first',
        cell: ({ stage }) => stageName(stage, stages),
      },
      {
        head: 'Traffic',
        meaning: 'Percent of the slice’s units that the challenger decides',
        number: true,
        cell: ({ percent }) => formatPercent(percent),
      },
      { head: 'Verdict', cell: ({ verdict }) => verdictBadge(verdict) },
      {
        head: 'Mature days',
        meaning: 'Days whose outcomes are old and covered enough to be evidence',
        number: true,
        cell: ({ matureDays }) => formatCount(matureDays),
      },
      {
        head: 'Rows',
        meaning: 'Records with an outcome, of the mature days',
        number: true,
        cell: ({ rows }) => formatCount(rows),
      },
      {
        head: 'Mean difference',
        meaning: `${currency} per record, challenger minus incumbent; each mature day weighs the same`,
        number: true,
        cell: ({ meanDifference }) => amount(meanDifference),
      },
      {
        head: 'Lower bound',
        meaning: `${currency} per record; the truth lies above it, at all looks together`,
        number: true,
        cell: ({ lowerBound }) => amount(lowerBound),
      },
      { head: 'Reasons', prose: true, cell: ({ reasons }) => reasonList(reasons) },
    ],
    slices,
    'slices',
  )}${legend(document)}`;
}

/** Reasons, a line each. */
export function reasonList(reasons: readonly string[]): Part {
  return reasons.map((reason) => html`<span class="reason">${sentence(reason)}</span> `);
}

function legend({ slices, definition }: ReportDocument): Html {
  const used = (Object.keys(VERDICTS) as Verdict[]).filter((verdict) =>
    slices.some((slice) => slice.verdict === verdict),
  );
  return html`<p class="note">${used.map(
    (verdict) => html`${verdictBadge(verdict)} ${VERDICTS[verdict].meaning}. `,
  )}The mean difference gives each mature day the same weight, however many rows it has; the truth lies above the lower bound, at all looks together, with a chance that is designed to be at least ${formatPercent(100 * (1 - definition.policy.alpha))}.</p>`;
}
