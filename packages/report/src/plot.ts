import * as Plot from '@observablehq/plot';
import type { CalendarDate } from '@penumbra/core/calendar';
import { document } from '#drawing-document';
import { escapeHtml, type Html, html, type Part } from './html.ts';

/** One chart, for the report as for the page: what it shows in words, and how it is drawn in so many pixels. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** For who cannot see it. */
  readonly description: string;
  /** How to read it: one sentence, with the unit. */
  readonly caption: Part;
  readonly key: Html | null;
  /** Over all its dates, or over `range` alone; its other scale stays, so that it can be panned. */
  readonly plot: (width: number, range?: DateRange) => Plot.PlotOptions;
  /** What it says at each place of its horizontal axis, in order. */
  readonly readings: readonly Reading[];
}

/** Dates, both included. */
export interface DateRange {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

export interface Reading {
  /** In the unit of the horizontal axis. */
  readonly x: Date | number;
  readonly text: string;
}

type PlotText = Pick<Chart, 'id' | 'title' | 'description'>;

/** Widths that a report's plot is drawn in: shrinking the wide one to a phone would shrink its letters too. */
const WIDTHS = { wide: 900, narrow: 380 } as const;
/** From here on a plot has room for more ticks and labels. */
const ROOMY = 560;
/** What marks outside a range's frame are cut by; nothing where a chart shows everything. */
export const clipTo = (range: DateRange | undefined) => (range ? 'frame' : null);
export const isWide = (width: number): boolean => width >= ROOMY;

/** Colours are variables of the page, so that one drawing serves the light and the dark theme, and print. */
export const INK = {
  text: 'currentColor',
  muted: 'var(--muted)',
  line: 'var(--rule)',
  challenger: 'var(--challenger)',
  harm: 'var(--harm)',
  held: 'var(--held)',
} as const;

/** Draws a plot as inline SVG with its title and description. */
export function drawPlot(options: Plot.PlotOptions, { id, title, description }: PlotText): Html {
  const drawn: { readonly outerHTML: string } = Plot.plot({
    ...options,
    document,
    className: 'plot',
  });
  const text =
    `<title id="${id}-title">${escapeHtml(title)}</title>` +
    `<desc id="${id}-desc">${escapeHtml(description)}</desc>`;
  const svg = drawn.outerHTML
    .replace(/<style>[^<]*<\/style>/, '')
    // A hundredth of a pixel is enough, and a third of the bytes.
    .replace(/ (cx|cy|x|y|x1|x2|y1|y2)="(-?\d+\.\d{2})\d+"/g, ' $1="$2"')
    .replace(/translate\((-?\d+(?:\.\d{1,2})?)\d*,(-?\d+(?:\.\d{1,2})?)\d*\)/g, 'translate($1,$2)')
    .replace(/^<svg ([^>]*)>/, `<svg role="img" aria-labelledby="${id}-title ${id}-desc" $1>${text}`);
  return { html: svg };
}

/** A chart in a report: heading, key of its marks, drawn wide and narrow, and how to read it. */
export function figureOf({ title, key, caption, plot, ...text }: Chart): Html {
  const sizes = (['wide', 'narrow'] as const).map((size) => {
    const width = WIDTHS[size];
    const drawn = drawPlot({ width, ...plot(width) }, { ...text, title, id: `${text.id}-${size}` });
    return html`<div class="${size}">${drawn}</div>`;
  });
  return html`<figure><h3>${title}</h3>${key}${sizes}<figcaption>${caption}</figcaption></figure>\n`;
}

const GLYPHS = {
  dot: '<circle cx="8" cy="6" r="3.5" fill="var(--challenger)"/>',
  ring: '<circle cx="8" cy="6" r="3" fill="none" stroke="var(--muted)" stroke-width="1.3"/>',
  cross: '<path d="M5 3l6 6M11 3l-6 6" stroke="var(--held)" stroke-width="1.6"/>',
  line: '<path d="M0 6h16" stroke="var(--challenger)" stroke-width="2"/>',
  thin: '<path d="M0 6h16" stroke="var(--muted)" stroke-width="1.3"/>',
  bound: '<path d="M0 6h16" stroke="var(--challenger)" stroke-width="1.3" stroke-dasharray="3 2"/>',
  band: '<rect width="16" height="12" fill="var(--challenger)" opacity=".18"/>',
  margin: '<path d="M0 6h16" stroke="var(--harm)" stroke-width="1.3" stroke-dasharray="5 3"/>',
  up: '<path d="M8 2l4.5 8h-9z" fill="currentColor"/>',
  bar: '<rect x="2" width="12" height="12" fill="var(--challenger)" opacity=".45"/>',
  step: '<path d="M0 10h6V3h10" fill="none" stroke="var(--muted)" stroke-width="1.5"/>',
  hand: '<circle cx="8" cy="6" r="3.5" fill="var(--harm)"/>',
  down: '<path d="M8 10l4.5-8h-9z" fill="var(--harm)"/>',
} as const;

/** The key to the marks of a plot. */
export function key(entries: readonly (readonly [keyof typeof GLYPHS, string])[]): Html {
  return html`<ul class="key">${entries.map(([glyph, label]) => {
    const mark: Html = {
      html: `<svg width="16" height="12" viewBox="0 0 16 12" aria-hidden="true">${GLYPHS[glyph]}</svg>`,
    };
    return html`<li>${mark} ${label}</li>`;
  })}</ul>`;
}
