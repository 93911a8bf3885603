import * as Plot from '@observablehq/plot';
import type { SliceStanding } from '@penumbra/core/history';
import type { ReportDocument } from './document.ts';
import { type Html, html } from './html.ts';
import { formatPercent, formatPerRecord } from './money.ts';
import { type Chart, clipTo, type DateRange, drawPlot, INK, key } from './plot.ts';
import { at, dateAxis, moneyAxis } from './plot-axes.ts';
import { verdictBadge } from './slices-table.ts';
import { type Change, changes, endOf } from './traffic-changes.ts';

const WIDTH = 340;
const HEIGHT = 200;
/** Pixels that a mark's label needs beside its neighbour's. */
const LABEL_ROOM = 34;

interface Look {
  readonly date: Date;
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/** One panel a slice: the mean difference and its bounds at every review. Null while no slice has evidence. */
export function evidenceFigure(document: ReportDocument): Html | null {
  const moves = changes(document);
  const charts = document.slices.map((slice) => ({ slice, chart: evidenceChart(document, slice, moves) }));
  if (charts.every(({ chart }) => chart === null)) return null;
  const panels = charts.map(({ slice, chart }) => {
    const head = html`<h4>${slice.slice} ${verdictBadge(slice.verdict)}</h4>`;
    const drawn = chart
      ? drawPlot({ width: WIDTH, ...chart.plot(WIDTH) }, chart)
      : html`<p class="empty">${NO_LOOK}</p>`;
    return html`<div class="panel">${head}${drawn}</div>`;
  });
  return html`<figure><h3>${EVIDENCE_TITLE}</h3>${evidenceKey(document)}
<div class="panels${document.slices.length <= 4 ? ' few' : ''}">${panels}</div>
<figcaption>${evidenceCaption(document)}</figcaption></figure>\n`;
}

export const EVIDENCE_TITLE = 'How the proof grew, slice by slice';
export const NO_LOOK = 'No review has evidence on this slice yet.';

/** The key to the marks of all panels. */
export function evidenceKey(document: ReportDocument): Html {
  const moves = changes(document);
  return key([
    ['line', 'mean difference so far'],
    ['bound', 'lower bound'],
    ['band', 'between lower and upper bound'],
    ...(document.definition.policy.margin > 0 ? [['margin', 'minus the margin'] as const] : []),
    ...(moves.some(({ action }) => action === 'promote') ? [['up', 'promoted'] as const] : []),
    ...(moves.some(({ action }) => action === 'roll-back') ? [['down', 'rolled back'] as const] : []),
    ...(moves.some(({ action }) => action === 'outside') ? [['hand', 'moved by hand'] as const] : []),
  ]);
}

/** How to read the panels. */
export function evidenceCaption({ currency, definition }: ReportDocument): string {
  const meets =
    definition.policy.margin > 0 ? 'over the dashed margin line the challenger meets the incumbent, ' : '';
  return `Follow the dashed lower bound: ${meets}over the zero line it exceeds it; money in ${currency} per record, each panel on a scale of its own, all on the same dates.`;
}

/** The evidence on one slice at every review, with its moves among `moves`; null where there is none. */
export function evidenceChart(
  document: ReportDocument,
  slice: SliceStanding,
  moves: readonly Change[],
): Chart | null {
  const looks = looksAt(document, slice.slice);
  if (looks.length === 0) return null;
  const own = moves.filter((move) => move.slice === slice.slice);
  const amount = (value: number) =>
    Number.isFinite(value) ? formatPerRecord(value, document.currency, { signed: true }) : 'no bound';
  const last = looks.at(-1);
  return {
    id: `evidence-${document.slices.indexOf(slice)}`,
    title: `Evidence on ${slice.slice}`,
    description: `Mean difference at the last look ${amount(last?.mean ?? 0)} per record, lower bound ${slice.lowerBound === null ? 'none yet' : amount(slice.lowerBound)}, ${own.length} changes of its traffic.`,
    caption: evidenceCaption(document),
    key: null,
    plot: (width, range) => panelPlot(document, looks, own, width, range),
    readings: looks.map(({ date, mean, lower, upper }) => ({
      x: date,
      text: `${date.toISOString().slice(0, 10)}: ${amount(mean)} per record, between ${amount(lower)} and ${amount(upper)}`,
    })),
  };
}

/** Looks with a mean; a bound that is infinite or not given reaches beyond the panel. */
function looksAt({ reviews }: ReportDocument, name: string): Look[] {
  return reviews.flatMap(({ asOf, slices }) => {
    const evidence = slices.find(({ slice }) => slice === name)?.evidence;
    if (!evidence || evidence.meanDifference === null) return [];
    return {
      date: at(asOf),
      mean: evidence.meanDifference,
      lower: evidence.lowerBound ?? Number.NEGATIVE_INFINITY,
      upper: evidence.upperBound ?? Number.POSITIVE_INFINITY,
    };
  });
}

function panelPlot(
  document: ReportDocument,
  looks: readonly Look[],
  moves: readonly Change[],
  width: number,
  range?: DateRange,
): Plot.PlotOptions {
  const { currency, definition, from } = document;
  const { margin } = definition.policy;
  const y = moneyAxis(currency, [...panelRange(looks), -margin], 4);
  const x = dateAxis(range?.from ?? from, range?.to ?? endOf(document), 4);
  const clip = clipTo(range);
  const [bottom, top] = y.domain;
  // The first bounds are wide; what leaves the panel runs along its edge.
  const inside = looks.map((look) => ({
    ...look,
    mean: clamp(look.mean, bottom, top),
    lower: clamp(look.lower, bottom, top),
    upper: clamp(look.upper, bottom, top),
  }));
  // The line has a gap where a look has no bound, and begins where it enters the panel.
  const bounded = inside.map((look, index) =>
    Number.isFinite(looks[index]?.lower) ? look : { ...look, lower: Number.NaN },
  );
  const enters = bounded.findIndex(({ lower }) => lower > bottom);
  const visible = enters < 0 ? [] : bounded.slice(enters);
  const days = (x.domain[1].getTime() - x.domain[0].getTime()) / 86_400_000;
  const labelled = spaced(moves, (LABEL_ROOM * days) / (width - y.margin));
  const date = (move: Change) => at(move.asOf);
  const inRange = ({ asOf }: Change) => !range || (asOf >= range.from && asOf <= range.to);
  const symbol = (action: Change['action']) =>
    action === 'promote' ? '▲' : action === 'roll-back' ? '▼' : '●';
  const colour = (move: Change) => (move.action === 'promote' ? INK.text : INK.harm);
  const title = (move: Change) =>
    `${move.asOf}: ${formatPercent(move.from.percent)} → ${formatPercent(move.to.percent)}`;
  return {
    height: HEIGHT,
    marginLeft: y.margin,
    marginRight: 12,
    marginTop: 30,
    marginBottom: 36,
    x: { type: 'utc', domain: x.domain },
    y: { domain: y.domain },
    marks: [
      Plot.gridY(y.ticks, { stroke: INK.line, strokeOpacity: 1 }),
      Plot.axisY(y.ticks, { tickFormat: y.format, tickSize: 0, label: null }),
      Plot.axisX(x.ticks, { tickFormat: x.format, tickSize: 4, label: null }),
      Plot.areaY(inside, {
        x: 'date',
        y1: 'lower',
        y2: 'upper',
        fill: INK.challenger,
        fillOpacity: 0.16,
        clip,
      }),
      Plot.ruleX(moves, { x: date, stroke: colour, strokeOpacity: 0.45, strokeDasharray: '1,2.5', clip }),
      Plot.ruleY([0], { stroke: INK.text, strokeWidth: 1 }),
      margin > 0 ? Plot.ruleY([-margin], { stroke: INK.harm, strokeDasharray: '5,3' }) : null,
      Plot.line(visible, {
        x: 'date',
        y: 'lower',
        stroke: INK.challenger,
        strokeWidth: 1.4,
        strokeDasharray: '3,2',
        clip,
      }),
      Plot.line(inside, { x: 'date', y: 'mean', stroke: INK.challenger, strokeWidth: 2, clip }),
      inside.length === 1 ? Plot.dot(inside, { x: 'date', y: 'mean', fill: INK.challenger, r: 3 }) : null,
      Plot.text(moves.filter(inRange), {
        x: date,
        frameAnchor: 'top',
        dy: -9,
        text: (move: Change) => symbol(move.action),
        fill: colour,
        fontSize: 9,
        title,
      }),
      Plot.text(labelled.filter(inRange), {
        x: date,
        frameAnchor: 'top',
        dy: -21,
        text: (move: Change) => formatPercent(move.to.percent),
        fill: colour,
      }),
    ],
  };
}

/** Bounds so much further apart than the last ones are left to run along the edge. */
const FAR = 3;

/** What the panel must show: every mean of the last two thirds, and the bounds that have come near by then. */
function panelRange(looks: readonly Look[]): number[] {
  const settled = looks.slice(Math.floor(looks.length / 3));
  const last = settled.at(-1);
  const near = last ? FAR * (last.upper - last.lower) : 0;
  const values = settled.flatMap(({ mean, lower, upper }) =>
    upper - lower <= near ? [mean, lower, upper] : [mean],
  );
  return values.filter(Number.isFinite);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** The moves that lie at least so many days apart, counted from the last, which is the one that holds. */
function spaced(moves: readonly Change[], days: number): Change[] {
  const kept: Change[] = [];
  for (const move of [...moves].reverse()) {
    const after = kept[0];
    if (!after || at(after.asOf).getTime() - at(move.asOf).getTime() >= days * 86_400_000) kept.unshift(move);
  }
  return kept;
}
