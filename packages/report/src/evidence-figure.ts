import * as Plot from '@observablehq/plot';
import type { TrialDocument, TrialSlice } from '@penumbra/local/trial-document';
import { formatPercent, formatPerRecord } from './money.ts';
import { at, dateAxis, moneyAxis } from './report-axes.ts';
import { type Change, changes, endOf } from './report-decisions.ts';
import { type Html, html } from './report-html.ts';
import { drawPlot, INK, key } from './report-plot.ts';
import { verdictBadge } from './report-slices.ts';

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

/** One panel a slice: the mean difference and its bounds at every review. */
export function evidenceFigure(document: TrialDocument): Html | null {
  if (document.slices.every(({ slice }) => looksAt(document, slice).length === 0)) return null;
  const moves = changes(document);
  const { margin } = document.definition.policy;
  const marks = key([
    ['line', 'mean difference so far'],
    ['bound', 'lower bound'],
    ['band', 'between lower and upper bound'],
    ...(margin > 0 ? [['margin', 'minus the margin'] as const] : []),
    ...(moves.some(({ action }) => action === 'promote') ? [['up', 'promoted'] as const] : []),
    ...(moves.some(({ action }) => action === 'roll-back') ? [['down', 'rolled back'] as const] : []),
    ...(moves.some(({ action }) => action === 'outside') ? [['hand', 'moved by hand'] as const] : []),
  ]);
  const meets = margin > 0 ? 'over the dashed margin line the challenger meets the incumbent, ' : '';
  return html`<figure><h3>How the proof grew, slice by slice</h3>${marks}
<div class="panels${document.slices.length <= 4 ? ' few' : ''}">${document.slices.map((slice, index) => panel(document, slice, index, moves))}</div>
<figcaption>Follow the dashed lower bound: ${meets}over the zero line it exceeds it; money in ${document.currency} per record, each panel on a scale of its own, all on the same dates.</figcaption></figure>\n`;
}

function panel(document: TrialDocument, slice: TrialSlice, index: number, moves: readonly Change[]): Html {
  const looks = looksAt(document, slice.slice);
  const own = moves.filter((move) => move.slice === slice.slice);
  const head = html`<h4>${slice.slice} ${verdictBadge(slice.verdict)}</h4>`;
  if (looks.length === 0) {
    return html`<div class="panel">${head}<p class="empty">No review has evidence on this slice yet.</p></div>`;
  }
  const last = looks.at(-1);
  const lower = slice.lowerBound === null ? 'none yet' : formatPerRecord(slice.lowerBound, document.currency);
  const mean = formatPerRecord(last?.mean ?? 0, document.currency);
  const text = {
    id: `evidence-${index}`,
    title: `Evidence on ${slice.slice}`,
    description: `Mean difference at the last look ${mean} per record, lower bound ${lower}, ${own.length} changes of its traffic.`,
  };
  return html`<div class="panel">${head}${drawPlot(panelPlot(document, looks, own), text)}</div>`;
}

/** Looks with a mean; a bound that is infinite or not given reaches beyond the panel. */
function looksAt({ reviews }: TrialDocument, name: string): Look[] {
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
  document: TrialDocument,
  looks: readonly Look[],
  moves: readonly Change[],
): Plot.PlotOptions {
  const { currency, definition, from } = document;
  const { margin } = definition.policy;
  const y = moneyAxis(currency, [...panelRange(looks), -margin], 4);
  const x = dateAxis(from, endOf(document), 4);
  const [bottom, top] = y.domain;
  // The first bounds are wide; what leaves the panel runs along its edge.
  const inside = looks.map((look) => ({
    ...look,
    mean: clamp(look.mean, bottom, top),
    lower: clamp(look.lower, bottom, top),
    upper: clamp(look.upper, bottom, top),
  }));
  const bounded = inside.filter((_, index) => Number.isFinite(looks[index]?.lower));
  const visible = bounded.slice(bounded.findIndex(({ lower }) => lower > bottom));
  const days = (x.domain[1].getTime() - x.domain[0].getTime()) / 86_400_000;
  const labelled = spaced(moves, (LABEL_ROOM * days) / (WIDTH - y.margin));
  const date = (move: Change) => at(move.asOf);
  const symbol = (action: Change['action']) =>
    action === 'promote' ? '▲' : action === 'roll-back' ? '▼' : '●';
  const colour = (move: Change) => (move.action === 'promote' ? INK.text : INK.harm);
  const title = (move: Change) =>
    `${move.asOf}: ${formatPercent(move.from.percent)} → ${formatPercent(move.to.percent)}`;
  return {
    width: WIDTH,
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
      Plot.areaY(inside, { x: 'date', y1: 'lower', y2: 'upper', fill: INK.challenger, fillOpacity: 0.16 }),
      Plot.ruleX(moves, { x: date, stroke: colour, strokeOpacity: 0.45, strokeDasharray: '1,2.5' }),
      Plot.ruleY([0], { stroke: INK.text, strokeWidth: 1 }),
      margin > 0 ? Plot.ruleY([-margin], { stroke: INK.harm, strokeDasharray: '5,3' }) : null,
      Plot.line(visible, {
        x: 'date',
        y: 'lower',
        stroke: INK.challenger,
        strokeWidth: 1.4,
        strokeDasharray: '3,2',
      }),
      Plot.line(inside, { x: 'date', y: 'mean', stroke: INK.challenger, strokeWidth: 2 }),
      inside.length === 1 ? Plot.dot(inside, { x: 'date', y: 'mean', fill: INK.challenger, r: 3 }) : null,
      Plot.text(moves, {
        x: date,
        frameAnchor: 'top',
        dy: -9,
        text: (move: Change) => symbol(move.action),
        fill: colour,
        fontSize: 9,
        title,
      }),
      Plot.text(labelled, {
        x: date,
        frameAnchor: 'top',
        dy: -21,
        text: (move: Change) => formatPercent(move.to.percent),
        fill: colour,
      }),
    ],
  };
}

/** What the panel must show: every mean of the second half, and the bounds that have come near by then. */
function panelRange(looks: readonly Look[]): number[] {
  const settled = looks.slice(Math.floor(looks.length / 3));
  const values = settled.flatMap(({ mean, lower, upper }) => [mean, lower, upper]);
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
