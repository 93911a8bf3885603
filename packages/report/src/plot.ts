import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escapeHtml, type Html, html, type Part } from './report-html.ts';

/** Text beside the picture: for who cannot see it. */
export interface PlotText {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Widths that a plot is drawn in: shrinking the wide one to a phone would shrink its letters too. */
export const WIDTHS = { wide: 900, narrow: 380 } as const;
export type Size = keyof typeof WIDTHS;

/** Colours are variables of the page, so that one drawing serves the light and the dark theme, and print. */
export const INK = {
  text: 'currentColor',
  muted: 'var(--muted)',
  line: 'var(--rule)',
  challenger: 'var(--challenger)',
  harm: 'var(--harm)',
  held: 'var(--held)',
} as const;

const { document } = parseHTML('<!doctype html><html><body></body></html>');

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

/** The same plot drawn wide and narrow; the page shows the one that fits. */
export function drawSizes(text: PlotText, plot: (size: Size) => Plot.PlotOptions): Html {
  return html`${(['wide', 'narrow'] as const).map(
    (size) =>
      html`<div class="${size}">${drawPlot(
        { width: WIDTHS[size], ...plot(size) },
        { ...text, id: `${text.id}-${size}` },
      )}</div>`,
  )}`;
}

/** A figure: heading, key of its marks, the drawing, and one sentence on how to read it. */
export function figure(title: string, key: Part, drawing: Html, caption: Part): Html {
  return html`<figure><h3>${title}</h3>${key}${drawing}<figcaption>${caption}</figcaption></figure>\n`;
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
