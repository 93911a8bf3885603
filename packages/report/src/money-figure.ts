import * as Plot from '@observablehq/plot';
import type { TrialDocument } from '@penumbra/local/trial-document';
import { formatPerRecord } from './money.ts';
import { at, dateAxis, moneyAxis } from './report-axes.ts';
import { dayGain, type Findings } from './report-findings.ts';
import { type Html, html } from './report-html.ts';
import { drawSizes, figure, INK, type Size } from './report-plot.ts';

/** Plot of the money that adds up over the mature days. */
export function moneyFigure(document: TrialDocument, { gain, mature }: Findings): Html {
  const { currency, from, to } = document;
  let total = 0;
  const sums = mature.map((day) => {
    total += dayGain(day);
    return { date: at(day.date), day, total };
  });
  const title = 'Cumulative difference in money';
  const perRecord = gain ? formatPerRecord(gain.perRecord, currency, { signed: true }) : 'no amount';
  const draw = (size: Size): Plot.PlotOptions => {
    const wide = size === 'wide';
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
        Plot.areaY(sums, { x: 'date', y: 'total', fill: INK.challenger, fillOpacity: 0.14 }),
        Plot.ruleY([0], { stroke: INK.text, strokeWidth: 1 }),
        Plot.line(sums, { x: 'date', y: 'total', stroke: INK.challenger, strokeWidth: 2 }),
        Plot.dot(sums.slice(-1), { x: 'date', y: 'total', r: 3.5, fill: INK.challenger }),
      ],
    };
  };
  return figure(
    'What it adds up to',
    null,
    drawSizes(
      { id: 'money', title, description: `Mean over all mature days: ${perRecord} per record.` },
      draw,
    ),
    html`Each mature day adds its difference per record times its records with an outcome: what the challenger would have earned more (falling: less) in ${currency}, had it decided all traffic.`,
  );
}
