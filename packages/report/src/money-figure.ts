import * as Plot from '@observablehq/plot';
import type { ReportDocument } from './document.ts';
import { dayGain, type Findings } from './findings.ts';
import { html } from './html.ts';
import { formatMoney, formatPerRecord } from './money.ts';
import { type Chart, clipTo, type DateRange, INK, isWide } from './plot.ts';
import { at, dateAxis, moneyAxis } from './plot-axes.ts';

/** The money that adds up over the mature days. Null before the first. */
export function moneyChart(document: ReportDocument, { gain, mature }: Findings): Chart | null {
  if (!gain) return null;
  const { currency } = document;
  let total = 0;
  const sums = mature.map((day): Sum => {
    total += dayGain(day);
    return { date: at(day.date), day: day.date, gain: dayGain(day), total };
  });
  const perRecord = formatPerRecord(gain.perRecord, currency, { signed: true });
  const money = (value: number) => formatMoney(value, currency, { signed: true });
  return {
    id: 'money',
    title: 'What it adds up to',
    description: `Cumulative difference in money: ${money(total)} over all mature days, ${perRecord} per record.`,
    caption: html`Each mature day adds its difference per record times its records with an outcome: what the challenger would have earned more (falling: less) in ${currency}, had it decided all traffic.`,
    key: null,
    plot: (width, range) => moneyPlot(document, sums, width, range),
    readings: sums.map((sum) => ({
      x: sum.date,
      text: `${sum.day}: ${money(sum.gain)} that day, ${money(sum.total)} since the start`,
    })),
  };
}

interface Sum {
  readonly date: Date;
  readonly day: string;
  readonly gain: number;
  readonly total: number;
}

function moneyPlot(
  document: ReportDocument,
  sums: readonly Sum[],
  width: number,
  range: DateRange | undefined,
): Plot.PlotOptions {
  const { currency } = document;
  const wide = isWide(width);
  const clip = clipTo(range);
  const { from, to } = range ?? document;
  const y = moneyAxis(
    currency,
    sums.map((sum) => sum.total),
    4,
  );
  const x = dateAxis(from, to, wide ? 10 : 4);
  return {
    height: wide ? 260 : 220,
    marginLeft: y.margin,
    marginRight: 14,
    marginTop: 24,
    marginBottom: 38,
    x: { type: 'utc', domain: x.domain, insetLeft: 6, insetRight: 6 },
    y: { domain: y.domain },
    marks: [
      Plot.gridY(y.ticks, { stroke: INK.line, strokeOpacity: 1 }),
      Plot.axisY(y.ticks, {
        tickFormat: y.format,
        tickSize: 0,
        label: `${currency}, added up`,
        labelArrow: 'none',
      }),
      Plot.axisX(x.ticks, { tickFormat: x.format, tickSize: 4, label: null }),
      Plot.areaY(sums, { x: 'date', y: 'total', fill: INK.challenger, fillOpacity: 0.14, clip }),
      Plot.ruleY([0], { stroke: INK.text, strokeWidth: 1 }),
      Plot.line(sums, { x: 'date', y: 'total', stroke: INK.challenger, strokeWidth: 2, clip }),
      Plot.dot(sums.slice(-1), { x: 'date', y: 'total', r: 3.5, fill: INK.challenger, clip }),
    ],
  };
}
