import { formatCount, formatMoney, formatPercent, perRecordFormat } from '@penumbra/report/money';
import Table from 'cli-table3';
import type { Simulation } from './simulate-command.ts';

/** A simulation in lines for a terminal. */
export function simulationLines(simulation: Simulation): string[] {
  const { deployment, slice, currency, basis, maturityDays, margin, horizon, seed, effects } = simulation;
  const money = perRecordFormat(currency, [...effects.map(({ effect }) => effect), basis.standardDeviation], {
    signed: true,
  });
  const table = new Table({
    head: ['truly earns more', 'a day', `proven in ${horizon} days`, 'half are by day', 'nine in ten by'],
    colAligns: ['right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { effect, share, median, nineInTen } of effects) {
    table.push([
      money(effect),
      formatMoney(effect * basis.rowsPerDay, currency, { signed: true }),
      formatPercent(100 * share),
      median ?? 'later',
      nineInTen ?? 'later',
    ]);
  }
  const runs = effects[0]?.runs ?? 0;
  return [
    `${deployment}, ${slice}: ${basisOf(simulation, money)}`,
    table.toString(),
    `Days are mature ones, on which a first promotion comes; outcomes take ${maturityDays} days more. The first row is a` +
      ` challenger that is ${margin > 0 ? 'just as bad as the margin allows' : 'worth nothing'}: it should hardly ever be` +
      ` promoted. ${formatCount(runs)} runs of each, seed ${seed}.`,
  ];
}

function basisOf({ basis }: Simulation, money: (value: number) => string): string {
  const { matureDays, rowsPerDay, standardDeviation, observed } = basis;
  const days = `${formatCount(rowsPerDay)} records a day, spread of the daily mean ${money(standardDeviation).replace('+', '')} a record`;
  if (matureDays === 0 || observed === null) return `${days}, as you said`;
  return `${days}, as on its ${matureDays} mature days, which show ${money(observed)} a record`;
}
