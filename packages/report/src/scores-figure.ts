import * as Plot from '@observablehq/plot';
import { RECENT_DAYS, type ScoreHistory } from '@penumbra/core/history';
import { formatNumber, formatPercent } from './money.ts';
import { type Chart, INK, isWide, key } from './plot.ts';
import { type Bin, binsOf, rangeText } from './score-bins.ts';

/** Above these a population is commonly taken as another one, or as on its way there. */
export const DRIFT = { moving: 0.1, another: 0.25 } as const;

interface Column extends Bin {
  readonly recent: number;
  readonly baseline: number;
}

/** How the scores of the last mature days lie, against those of the days in shadow. */
export function scoresChart(
  { recent, baseline, drift }: ScoreHistory,
  threshold: number | null,
): Chart | null {
  const [now, then] = [shares(recent), shares(baseline)];
  const columns = binsOf(recent).map(
    (bin, index): Column => ({
      ...bin,
      recent: now[index] ?? 0,
      baseline: then[index] ?? 0,
    }),
  );
  if (drift === null) return null;
  const verdict =
    drift > DRIFT.another
      ? 'another population'
      : drift > DRIFT.moving
        ? 'a population on the move'
        : 'stable';
  const description = `Population stability index ${formatNumber(drift, 2)}: ${verdict}.`;
  return {
    id: 'scores',
    title: 'Which scores it gives',
    description,
    caption: `Share of records by score, in percent: the last ${RECENT_DAYS} mature days as columns, the days in shadow as a line. ${description} Below ${DRIFT.moving} is commonly taken as stable, above ${DRIFT.another} as another population.`,
    key: key([
      ['bar', `last ${RECENT_DAYS} mature days`],
      ['step', 'days in shadow'],
      ...(threshold === null ? [] : [['margin', `acts from ${threshold} on`] as const]),
    ]),
    plot: (width) => scoresPlot(columns, threshold, width),
    readings: columns.map((column) => ({
      x: column.middle,
      text: `Scores ${rangeText(column)}: ${formatPercent(100 * column.recent)} of the records lately, ${formatPercent(100 * column.baseline)} in shadow`,
    })),
  };
}

function shares(counts: readonly number[]): number[] {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (rows === 0 ? 0 : count / rows));
}

function scoresPlot(columns: readonly Column[], threshold: number | null, width: number): Plot.PlotOptions {
  const outline = columns.flatMap(({ low, high, baseline }) => [
    { score: low, baseline },
    { score: high, baseline },
  ]);
  return {
    height: isWide(width) ? 320 : 260,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 14,
    marginBottom: 42,
    x: { domain: [0, 1] },
    marks: [
      Plot.gridY({ ticks: 5, stroke: INK.line, strokeOpacity: 1 }),
      Plot.axisY({
        ticks: 5,
        tickFormat: (share: number) => formatPercent(100 * share),
        tickSize: 0,
        label: null,
      }),
      Plot.axisX({ ticks: 5, tickSize: 4, label: 'score', labelArrow: 'none' }),
      Plot.rectY(columns, {
        x1: 'low',
        x2: 'high',
        y: 'recent',
        fill: INK.challenger,
        fillOpacity: 0.45,
        inset: 0.5,
      }),
      Plot.line(outline, { x: 'score', y: 'baseline', stroke: INK.muted, strokeWidth: 1.5 }),
      threshold === null ? null : Plot.ruleX([threshold], { stroke: INK.harm, strokeDasharray: '5,3' }),
    ],
  };
}
