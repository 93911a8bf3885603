import type { Backtest, Move, Served } from '@penumbra/evaluator/backtest';
import { countOf, formatCount, formatMoney, formatPercent } from '@penumbra/report/money';
import { columns, wrap } from './summary-text.ts';

const WIDEST = 120;

/** A backtest for a terminal: slice by slice, then the decisions side by side. */
export function backtestText(found: Backtest, simulated: boolean, terminal: number): string[] {
  const width = Math.min(WIDEST, Math.max(70, terminal));
  const { deployment, from, to, sameAgain, slices, differences, ignored } = found;
  const head = [
    'slice',
    'policy',
    'opened',
    'complete',
    'at the end',
    'rollbacks',
    'records',
    'money',
    'harm',
  ];
  const rows = slices.flatMap(({ slice, recorded, other }) => [
    [slice, 'recorded', ...servedCells(recorded, found.currency)],
    ['', 'other', ...servedCells(other, found.currency)],
  ]);
  const moves = differences.map(({ asOf, slice, recorded, other }) => [
    asOf,
    slice,
    moveText(recorded),
    moveText(other),
    (other ?? recorded)?.reason ?? '',
  ]);
  const note = simulated
    ? 'A trial: nobody was served. Money is what the challenger would have earned more than the incumbent on the records that each policy would have given it; harm is the part of it on days on which it lost.'
    : 'Money is what the challenger would have earned more than the incumbent on the records that each policy gives it, valued on the recorded outcomes; harm is the part of it on days on which it lost.';
  return [
    `${deployment}, reviews as of ${from} to ${to}: the recorded policy and the other one, on the same evidence`,
    ...wrap(note, width),
    ...(sameAgain
      ? []
      : wrap(
          'The recorded decisions were made by another version of the code: run again they differ.',
          width,
        )),
    '',
    ...columns([head, ...rows], width),
    '',
    ...(moves.length === 0
      ? ['No review moves a slice differently.']
      : [
          `${countOf(moves.length, 'decision')} ${moves.length === 1 ? 'differs' : 'differ'}:`,
          ...columns([['as of', 'slice', 'recorded', 'other', 'because'], ...moves], width),
        ]),
    ...(ignored.length === 0 ? [] : ['', 'Without meaning under the other policy:', ...ignored]),
  ];
}

function servedCells(
  { opened, complete, percent, rollbacks, records, money, harm }: Served,
  currency: string,
): string[] {
  return [
    opened ?? 'never',
    complete ?? 'never',
    formatPercent(percent),
    String(rollbacks),
    formatCount(records),
    formatMoney(money, currency, { signed: true }),
    formatMoney(harm, currency),
  ];
}

function moveText(move: Move | undefined): string {
  return move ? `${formatPercent(move.from.percent)} → ${formatPercent(move.to.percent)}` : 'held';
}
