import * as Plot from '@observablehq/plot';
import type { HistoryDay } from '@penumbra/core/history';
import { countOf, formatPercent } from './money.ts';
import { type Chart, INK, isWide, key } from './plot.ts';

/** What share of the records had an outcome at an age, over all days that were looked at then. */
interface AtAge {
  readonly age: number;
  readonly least: number;
  readonly median: number;
  readonly most: number;
  readonly days: number;
}

/** How outcomes come in as days grow older. Null while none was looked at. */
export function coverageChart(
  days: readonly HistoryDay[],
  { maturityDays, minCoverage }: { readonly maturityDays: number; readonly minCoverage: number },
): Chart | null {
  const ages = byAge(days);
  if (ages.length === 0) return null;
  const needed = formatPercent(100 * minCoverage);
  const mature = ages.find(({ age }) => age === maturityDays);
  const reached = mature
    ? `At ${countOf(maturityDays, 'day')} the middle day has ${formatPercent(100 * mature.median)} of its outcomes; ${needed} are needed.`
    : `${needed} are needed after ${countOf(maturityDays, 'day')}; no day is that old yet.`;
  return {
    id: 'coverage',
    title: 'How outcomes come in',
    description: reached,
    caption: `Share of a day’s records, in percent, whose outcome had landed so many days later. ${reached}`,
    key: key([
      ['line', 'the middle day'],
      ['band', 'between the least and the most covered day'],
      ['margin', 'what maturity needs'],
    ]),
    plot: (width) => coveragePlot(ages, minCoverage, width),
    readings: ages.map(({ age, least, median, most, days: of }) => ({
      x: age,
      text: `After ${countOf(age, 'day')}: ${formatPercent(100 * median)} of the outcomes on the middle day, ${formatPercent(100 * least)} to ${formatPercent(100 * most)} over ${countOf(of, 'day')}`,
    })),
  };
}

function byAge(days: readonly HistoryDay[]): AtAge[] {
  const shares = new Map<number, number[]>();
  for (const { looks } of days) {
    for (const { age, coverage } of looks) shares.set(age, [...(shares.get(age) ?? []), coverage]);
  }
  return [...shares]
    .sort(([a], [b]) => a - b)
    .map(([age, found]) => {
      const sorted = found.sort((a, b) => a - b);
      return {
        age,
        least: sorted[0] ?? 0,
        median: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
        most: sorted.at(-1) ?? 0,
        days: sorted.length,
      };
    });
}

function coveragePlot(ages: readonly AtAge[], minCoverage: number, width: number): Plot.PlotOptions {
  const lowest = Math.min(minCoverage, ...ages.map(({ least }) => least));
  const bottom = Math.max(0, Math.floor((lowest - 0.02) * 10) / 10);
  const oldest = ages.at(-1)?.age ?? 1;
  const ticks = [...new Set(ages.map(({ age }) => age))].filter(
    (age, index, all) => index === 0 || age - (all[index - 1] ?? 0) >= oldest / (isWide(width) ? 24 : 8),
  );
  return {
    height: isWide(width) ? 240 : 220,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 14,
    marginBottom: 42,
    x: { domain: [Math.min(0, ages[0]?.age ?? 0), Math.max(oldest, 1)], insetLeft: 4, insetRight: 4 },
    y: { domain: [bottom, 1] },
    marks: [
      Plot.gridY({ ticks: 4, stroke: INK.line, strokeOpacity: 1 }),
      Plot.axisY({
        ticks: 4,
        tickFormat: (share: number) => formatPercent(100 * share),
        tickSize: 0,
        label: null,
      }),
      Plot.axisX(ticks, {
        tickFormat: String,
        tickSize: 4,
        label: 'days after the date',
        labelArrow: 'none',
      }),
      Plot.areaY(ages, { x: 'age', y1: 'least', y2: 'most', fill: INK.challenger, fillOpacity: 0.16 }),
      Plot.ruleY([minCoverage], { stroke: INK.harm, strokeDasharray: '5,3' }),
      Plot.line(ages, { x: 'age', y: 'median', stroke: INK.challenger, strokeWidth: 2 }),
      Plot.dot(ages, { x: 'age', y: 'median', r: 3, fill: INK.challenger }),
    ],
  };
}
