import * as Plot from '@observablehq/plot';
import type { History } from '@penumbra/core/history';
import { formatNumber } from './money.ts';
import { type Chart, clipTo, type DateRange, INK, isWide, key } from './plot.ts';
import { at, dateAxis } from './plot-axes.ts';
import { DRIFT } from './scores-figure.ts';

interface Drift {
  readonly date: Date;
  readonly day: string;
  readonly index: number;
}

/** How far each day's scores are from those of the days in shadow. Null where no day has both. */
export function driftChart(history: Pick<History, 'days' | 'from' | 'to'>): Chart | null {
  const found = history.days.flatMap(({ date, drift }): Drift[] =>
    drift === null ? [] : [{ date: at(date), day: date, index: drift }],
  );
  const last = found.at(-1);
  if (!last) return null;
  const description = `On ${last.day} the population stability index was ${formatNumber(last.index, 2)}.`;
  return {
    id: 'drift',
    title: 'Drift, day by day',
    description,
    caption: `Population stability index of a day’s scores against the days in shadow; it has no unit, and 0 is no drift. Single days swing more than weeks. ${description}`,
    key: key([
      ['line', 'index of the day'],
      ['margin', `${DRIFT.another}, commonly another population`],
    ]),
    plot: (width, range) => driftPlot(history, found, width, range),
    readings: found.map(({ date, day, index }) => ({
      x: date,
      text: `${day}: population stability index ${formatNumber(index, 2)}`,
    })),
  };
}

function driftPlot(
  { from, to }: Pick<History, 'from' | 'to'>,
  found: readonly Drift[],
  width: number,
  range: DateRange | undefined,
): Plot.PlotOptions {
  const clip = clipTo(range);
  const x = dateAxis(range?.from ?? from, range?.to ?? to, isWide(width) ? 10 : 4);
  return {
    height: isWide(width) ? 200 : 190,
    marginLeft: 44,
    marginRight: 14,
    marginTop: 14,
    marginBottom: 38,
    x: { type: 'utc', domain: x.domain, insetLeft: 6, insetRight: 6 },
    y: { domain: [0, Math.max(0.3, ...found.map(({ index }) => index))], nice: true },
    marks: [
      Plot.gridY({ ticks: 4, stroke: INK.line, strokeOpacity: 1 }),
      Plot.axisY({ ticks: 4, tickSize: 0, label: null }),
      Plot.axisX(x.ticks, { tickFormat: x.format, tickSize: 4, label: null }),
      Plot.ruleY([DRIFT.another], { stroke: INK.harm, strokeDasharray: '5,3' }),
      Plot.line(found, { x: 'date', y: 'index', stroke: INK.challenger, strokeWidth: 1.8, clip }),
    ],
  };
}
