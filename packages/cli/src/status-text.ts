import { countOf, formatCount, formatPercent, formatPerRecord } from '@penumbra/report/money';
import Table from 'cli-table3';
import type { DeploymentStatus, SliceStatus } from './status-of.ts';

/** Held days that are shown; the rest is counted. */
const MOST_HELD = 3;

/** A status in lines for a terminal. */
export function statusLines(status: DeploymentStatus): string[] {
  const { deployment, definitionVersion, startDate, asOf, evidenceDays, paused, overridden, held } = status;
  return [
    `${deployment}, definition ${definitionVersion}, records from ${startDate}; ` +
      (asOf === null
        ? 'not reviewed yet'
        : `reviewed as of ${asOf}, ${countOf(evidenceDays, 'day')} of evidence`),
    ...(overridden === null ? [] : [`overridden: ${overridden}`]),
    ...(paused === null ? [] : [`paused: ${paused}`]),
    tableOf(status),
    ...status.slices.flatMap(nextLine),
    ...held.slice(-MOST_HELD).map(({ date, reason }) => `${date} is held: ${reason}`),
    ...(held.length > MOST_HELD ? [`${held.length - MOST_HELD} more days are held`] : []),
  ];
}

function tableOf({ slices, currency }: DeploymentStatus): string {
  const table = new Table({
    head: ['slice', 'served', 'verdict', 'per record', 'between', 'and', 'days', 'records'],
    colAligns: ['left', 'right', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  const money = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : formatPerRecord(value, currency, { signed: true });
  for (const { slice, percent, evidence } of slices) {
    table.push([
      slice,
      formatPercent(percent),
      evidence?.verdict ?? 'not reviewed',
      money(evidence?.meanDifference),
      money(evidence?.lowerBound),
      money(evidence?.upperBound),
      formatCount(evidence?.matureDays ?? 0),
      formatCount(evidence?.rows ?? 0),
    ]);
  }
  return table.toString();
}

function nextLine({ slice, next }: SliceStatus): string[] {
  if (next === null) return [];
  if (next.percent === null) return [`${slice}: everything is served`];
  const missing = next.missing.length === 0 ? 'the next review' : next.missing.join('; ');
  return [`${slice}: to ${formatPercent(next.percent)} it needs ${missing}`];
}
