import * as Plot from '@observablehq/plot';
import type { TrialDocument } from '@penumbra/local/trial-document';
import { formatPercent } from './money.ts';
import { at, dateAxis } from './report-axes.ts';
import { endOf, exposureSteps } from './report-decisions.ts';
import { type Html, html } from './report-html.ts';
import { drawSizes, figure, INK, type Size } from './report-plot.ts';

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

/** Plot of each slice's traffic over time, one row a slice. */
export function exposureFigure(document: TrialDocument): Html {
  const steps = document.slices.flatMap(({ slice }) => stepsOf(document, slice));
  const now = document.slices.map(({ slice, percent }) => `${slice} ${formatPercent(percent)}`).join(', ');
  return figure(
    'Traffic that the challenger decides',
    null,
    drawSizes(
      {
        id: 'exposure',
        title: 'Traffic per slice over time',
        description: `At the end of the trial: ${now}.`,
      },
      (size) => exposurePlot(document, steps, size),
    ),
    html`Each row is one slice, the least business risk at the top; its height is the percentage of the slice’s units (${document.definition.records.unit}) that the challenger decides, from 0 to 100\u00a0%.`,
  );
}

function stepsOf(document: TrialDocument, slice: string): Step[] {
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

function exposurePlot(document: TrialDocument, steps: readonly Step[], size: Size): Plot.PlotOptions {
  const { slices, from } = document;
  const wide = size === 'wide';
  const x = dateAxis(from, endOf(document), wide ? 10 : 4);
  const days = (x.domain[1].getTime() - x.domain[0].getTime()) / 86_400_000;
  const room = (LABEL * days) / (wide ? 820 : 310);
  const fy = 'slice';
  // The last step is labelled at the right edge.
  const labelled = steps.filter(({ percent, days: length, last }) => percent > 0 && length >= room && !last);
  const high = labelled.filter(({ percent }) => percent > 50);
  const low = labelled.filter(({ percent }) => percent <= 50);
  const label = { fy, x: 'date', y: 'percent', textAnchor: 'start', dx: 3 } as const;
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
