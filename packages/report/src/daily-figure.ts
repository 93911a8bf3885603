import * as Plot from '@observablehq/plot';
import type { JudgedDay } from '@penumbra/core/history';
import type { ReportDocument } from './document.ts';
import { dayGain, type Findings } from './findings.ts';
import { type Html, html } from './html.ts';
import { countOf, formatCount, perRecordFormat } from './money.ts';
import { type Chart, clipTo, type DateRange, INK, isWide, key } from './plot.ts';
import { at, dateAxis, moneyAxis } from './plot-axes.ts';
import { sentence } from './words.ts';

/** Mature days in the moving average: a whole week, so that week-ends weigh the same in each. */
const SMOOTHED = 7;

/** The difference per record, day by day, with the days that are held. Null while no day has one. */
export function dailyChart(document: ReportDocument, found: Findings): Chart | null {
  const { currency } = document;
  const valued = document.days.filter(({ meanDifference }) => meanDifference !== null);
  if (valued.length === 0) return null;
  const perRecord = perRecordFormat(
    currency,
    valued.map(({ meanDifference }) => meanDifference),
    { signed: true },
  );
  const average = movingAverage(found.mature);
  const kinds = heldKinds(found.held);
  const provisional = found.waiting.some(({ meanDifference }) => meanDifference !== null);
  const marks = key([
    ['dot', 'mature day'],
    ...(average.length > 0 ? [['line', `mean of ${SMOOTHED} mature days`] as const] : []),
    ...(provisional ? [['ring', 'day not mature yet: provisional'] as const] : []),
    ...(kinds.length > 0 ? [['cross', 'day held back: no evidence'] as const] : []),
  ]);
  const better = found.mature.filter((day) => dayGain(day) > 0).length;
  const description =
    found.mature.length === 0
      ? 'No mature day yet.'
      : `The challenger earned more on ${formatCount(better)} of ${countOf(found.mature.length, 'mature day')}.`;
  const say = (day: JudgedDay) => reading(day, perRecord);
  return {
    id: 'daily',
    title: 'Day by day',
    description: `Difference per record, day by day. ${description}`,
    caption: html`Each dot is one day’s mean difference, challenger minus incumbent, in ${currency} per record with an outcome: above the zero line the challenger earned more. ${description}`,
    key: marks,
    plot: (width, range) => dailyPlot(document, found, { average, kinds, say, width, range }),
    readings: document.days.map((day) => ({ x: at(day.date), text: say(day) })),
  };
}

function reading(
  { date, status, reason, meanDifference, labelled }: JudgedDay,
  money: (value: number) => string,
) {
  const amount =
    meanDifference === null
      ? 'no difference yet'
      : `${money(meanDifference)} per record, ${countOf(labelled, 'record')} with an outcome`;
  if (status === 'mature') return `${date}: ${amount}`;
  return status === 'held' ? `${date}: ${amount}; held: ${reason}` : `${date}: ${amount}; not mature yet`;
}

/** The days that are held back, by reason. */
export const heldDays = (found: Findings): Html | null => heldList(heldKinds(found.held));

interface HeldKind {
  readonly letter: string;
  readonly days: readonly JudgedDay[];
}

/** Reasons that differ only in their numbers are one kind, and share a letter. */
function heldKinds(held: readonly JudgedDay[]): HeldKind[] {
  const kinds = new Map<string, JudgedDay[]>();
  for (const day of held) {
    const kind = day.reason.replace(/\d+([.,:-]\d+)*/g, '#');
    kinds.set(kind, [...(kinds.get(kind) ?? []), day]);
  }
  return [...kinds.values()].map((days, index) => ({ letter: letterOf(index), days }));
}

function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : `${letterOf(Math.floor(index / 26) - 1)}${letter}`;
}

function heldList(kinds: readonly HeldKind[]): Html | null {
  if (kinds.length === 0) return null;
  const most = 8;
  const hidden = kinds.slice(most);
  return html`<dl class="held">${kinds.slice(0, most).map(({ letter, days }) => {
    const [first] = days;
    const more = days.length > 1 ? ` and ${countOf(days.length - 1, 'day')} like it` : '';
    return html`<dt>× ${letter}</dt><dd>${first?.date}${more}: ${sentence(first?.reason ?? '')}</dd>`;
  })}</dl>${hidden.length > 0 ? html`<p class="note">${countOf(hidden.length, 'more kind')} of reasons: all held days are listed under <a href="#assumed">what was assumed</a>.</p>` : null}`;
}

interface DailyParts {
  readonly average: readonly { readonly date: Date; readonly mean: number }[];
  readonly kinds: readonly HeldKind[];
  readonly say: (day: JudgedDay) => string;
  readonly width: number;
  readonly range: DateRange | undefined;
}

function dailyPlot(document: ReportDocument, found: Findings, parts: DailyParts): Plot.PlotOptions {
  const { currency } = document;
  const { average, kinds, say, width, range } = parts;
  const clip = clipTo(range);
  const { from, to } = range ?? document;
  const wide = isWide(width);
  const shown = [...found.mature, ...found.waiting].filter(({ meanDifference }) => meanDifference !== null);
  const y = moneyAxis(
    currency,
    shown.map(({ meanDifference }) => meanDifference ?? 0),
    5,
  );
  const x = dateAxis(from, to, wide ? 10 : 4);
  const valued = (days: readonly JudgedDay[]) => days.filter(({ meanDifference }) => meanDifference !== null);
  const point = { x: (day: JudgedDay) => at(day.date), y: 'meanDifference', title: say, clip } as const;
  const radius = document.days.length > 150 ? 1.8 : 2.8;
  return {
    height: wide ? 300 : 250,
    marginLeft: y.margin,
    marginRight: 14,
    marginTop: 24,
    marginBottom: 38,
    x: { type: 'utc', domain: x.domain, insetLeft: 6, insetRight: 6 },
    y: { domain: y.domain, insetBottom: kinds.length > 0 ? 34 : 0 },
    marks: [
      Plot.gridY(y.ticks, { stroke: INK.line, strokeOpacity: 1 }),
      Plot.axisY(y.ticks, {
        tickFormat: y.format,
        tickSize: 0,
        label: `${currency} per record`,
        labelArrow: 'none',
      }),
      Plot.axisX(x.ticks, { tickFormat: x.format, tickSize: 4, label: null }),
      Plot.ruleY([0], { stroke: INK.text, strokeWidth: 1 }),
      Plot.dot(valued(found.waiting), { ...point, r: radius - 0.2, stroke: INK.muted, strokeWidth: 1.2 }),
      Plot.dot(valued(found.mature), {
        ...point,
        r: radius,
        fill: INK.challenger,
        fillOpacity: average.length > 0 ? 0.55 : 1,
      }),
      Plot.line(average, { x: 'date', y: 'mean', stroke: INK.challenger, strokeWidth: 2, clip }),
      heldMarks(kinds, document, width, clip),
    ],
  };
}

/** Crosses below the zero of the data; a letter only where it has room beside the one before. */
function heldMarks(
  kinds: readonly HeldKind[],
  document: ReportDocument,
  width: number,
  clip: 'frame' | null,
): Plot.Markish {
  const span = Math.max(1, document.days.length);
  const room = Math.ceil((span * 13) / Math.max(200, width - 80));
  const held = kinds
    .flatMap(({ letter, days }) => days.map((day) => ({ letter, day })))
    .sort((a, b) => (a.day.date < b.day.date ? -1 : 1));
  let last: Date | undefined;
  const lettered = held.filter(({ day }) => {
    const date = at(day.date);
    if (last && date.getTime() - last.getTime() < room * 86_400_000) return false;
    last = date;
    return true;
  });
  const x = ({ day }: { readonly day: JudgedDay }) => at(day.date);
  return [
    Plot.dot(held, {
      x,
      frameAnchor: 'bottom',
      dy: -22,
      r: span > 150 ? 2 : 2.8,
      symbol: 'times',
      stroke: INK.held,
      strokeWidth: 1.5,
      title: ({ day }) => `${day.date}, held: ${day.reason}`,
      clip,
    }),
    Plot.text(lettered, {
      x,
      frameAnchor: 'bottom',
      dy: -6,
      text: 'letter',
      fill: INK.held,
      fontWeight: 600,
      clip,
    }),
  ];
}

function movingAverage(mature: readonly JudgedDay[]): { date: Date; mean: number }[] {
  const days = mature.filter(({ labelled, meanDifference }) => labelled > 0 && meanDifference !== null);
  if (days.length < 2 * SMOOTHED) return [];
  return days.slice(SMOOTHED - 1).map((day, index) => {
    const week = days.slice(index, index + SMOOTHED);
    const records = week.reduce((sum, { labelled }) => sum + labelled, 0);
    return { date: at(day.date), mean: week.reduce((sum, one) => sum + dayGain(one), 0) / records };
  });
}
