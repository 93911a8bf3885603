import * as Plot from '@observablehq/plot';
import type { ReportDocument } from './document.ts';
import { html } from './html.ts';
import { formatPercent } from './money.ts';
import { type Chart, clipTo, type DateRange, INK, isWide } from './plot.ts';
import { at, dateAxis } from './plot-axes.ts';
import { changes, endOf, exposureSteps } from './traffic-changes.ts';
import { sentence } from './words.ts';

const ROW = 58;
/** Room for half of the first date. */
const EDGE = 18;
/** Pixels that a percentage takes on its step. */
const LABEL = 32;

interface Step {
  readonly slice: string;
  readonly date: Date;
  readonly percent: number;
  /** Days until the next step. */
  readonly days: number;
  readonly last: boolean;
}

/** Each slice's traffic over time, one row a slice. */
export function exposureChart(document: ReportDocument): Chart {
  const steps = document.slices.flatMap(({ slice }) => stepsOf(document, slice));
  const now = document.slices.map(({ slice, percent }) => `${slice} ${formatPercent(percent)}`).join(', ');
  return {
    id: 'exposure',
    title: 'Traffic that the challenger decides',
    description: `As of ${document.asOf}: ${now}.`,
    caption: html`Each row is one slice, the least business risk at the top; its height is the percentage of the slice’s units (${document.definition.records.unit}) that the challenger decides, from 0 to 100\u00a0%.`,
    key: null,
    plot: (width, range) => exposurePlot(document, steps, width, range),
    readings: changes(document).map(({ asOf, slice, from, to, reasons }) => ({
      x: at(asOf),
      text: `${asOf}: ${slice} from ${formatPercent(from.percent)} to ${formatPercent(to.percent)}. ${sentence(reasons[0] ?? '')}`,
    })),
  };
}

function stepsOf(document: ReportDocument, slice: string): Step[] {
  const steps = exposureSteps(document, slice).map(({ date, percent }) => ({ date: at(date), percent }));
  return steps.map(({ date, percent }, index) => {
    const next = steps[index + 1]?.date ?? date;
    return {
      slice,
      date,
      percent,
      days: (next.getTime() - date.getTime()) / 86_400_000,
      last: index >= steps.length - 2,
    };
  });
}

/** The steps from where the slice leaves shadow for the first time; before that there is nothing to draw. */
function risen(steps: readonly Step[]): Step[] {
  const opened = steps.findIndex(({ percent }) => percent > 0);
  const first = steps[opened];
  return first ? [{ ...first, percent: 0 }, ...steps.slice(opened)] : [];
}

function exposurePlot(
  document: ReportDocument,
  steps: readonly Step[],
  width: number,
  range: DateRange | undefined,
): Plot.PlotOptions {
  const { slices, from } = document;
  const wide = isWide(width);
  const clip = clipTo(range);
  const x = dateAxis(range?.from ?? from, range?.to ?? endOf(document), wide ? 10 : 4);
  const days = (x.domain[1].getTime() - x.domain[0].getTime()) / 86_400_000;
  const room = (LABEL * days) / Math.max(200, width - 70);
  const fy = 'slice';
  // The last step is labelled at the right edge.
  const labelled = steps.filter(({ percent, days: length, last }) => percent > 0 && length >= room && !last);
  const high = labelled.filter(({ percent }) => percent > 50);
  const low = labelled.filter(({ percent }) => percent <= 50);
  const label = { fy, x: 'date', y: 'percent', textAnchor: 'start', dx: 3, clip } as const;
  const text = ({ percent }: Step) => formatPercent(percent);
  return {
    height: slices.length * ROW + 62,
    marginLeft: EDGE,
    marginRight: 52,
    marginTop: 22,
    marginBottom: 38,
    x: { type: 'utc', domain: x.domain },
    y: { domain: [0, 100], axis: null },
    fy: { domain: slices.map(({ slice }) => slice), axis: null, paddingInner: 0.42, paddingOuter: 0 },
    marks: [
      Plot.ruleY([0], { stroke: INK.muted, strokeWidth: 1 }),
      Plot.ruleY([100], { stroke: INK.line, strokeDasharray: '2,3' }),
      Plot.axisX(x.ticks, { tickFormat: x.format, tickSize: 4, label: null }),
      Plot.areaY(steps, {
        fy,
        x: 'date',
        y: 'percent',
        curve: 'step-after',
        fill: INK.challenger,
        fillOpacity: 0.18,
        clip,
      }),
      Plot.line(
        slices.flatMap(({ slice }) => risen(steps.filter((step) => step.slice === slice))),
        {
          fy,
          x: 'date',
          y: 'percent',
          curve: 'step-after',
          stroke: INK.challenger,
          strokeWidth: 1.8,
          clip,
        },
      ),
      Plot.text(slices, {
        fy,
        text: 'slice',
        frameAnchor: 'top-left',
        dx: -EDGE,
        dy: -14,
        fill: INK.text,
        fontWeight: 600,
        fontSize: 11,
      }),
      Plot.text(slices, {
        fy,
        text: ({ percent }: { readonly percent: number }) => formatPercent(percent),
        frameAnchor: 'right',
        dx: 48,
        textAnchor: 'end',
        fill: INK.text,
        fontWeight: 600,
        fontSize: 12,
      }),
      Plot.text(high, { ...label, text, dy: 10, fill: INK.text }),
      Plot.text(low, { ...label, text, dy: -7, fill: INK.text }),
    ],
  };
}
