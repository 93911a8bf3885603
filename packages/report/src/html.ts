/** Markup that needs no more escaping. */
export interface Html {
  readonly html: string;
}

export type Part = Html | string | number | null | undefined | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** A template whose values are escaped, unless they are markup already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const pieces = strings.map((text, index) => text + (index < parts.length ? toMarkup(parts[index]) : ''));
  return { html: pieces.join('') };
}

function toMarkup(part: Part): string {
  if (part === null || part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(toMarkup).join('');
}

export interface Column<Row> {
  readonly head: string;
  /** What its numbers are, with their unit: shown on hover and focus. */
  readonly meaning?: string;
  /** Numbers stand to the right. */
  readonly number?: boolean;
  /** Running text: gets what room is left. */
  readonly prose?: boolean;
  readonly cell: (row: Row) => Part;
}

/**
 * A table whose first column names the row. Narrow screens show each row as a card; the roles keep it a table
 * for screen readers, which drop one that is laid out as blocks.
 */
export function table<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  name = '',
): Html {
  const kind = (column: Column<Row>) => (column.number ? 'number' : column.prose ? 'prose' : 'text');
  return html`<table role="table" class="${name}"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${columns.map(
    (column) =>
      html`<th role="columnheader" scope="col" class="${kind(column)}">${column.meaning === undefined ? column.head : withMeaning(column.head, column.meaning)}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">${rows.map(
    (row) =>
      html`<tr role="row">${columns.map((column, index) =>
        index === 0
          ? html`<th role="rowheader" scope="row" class="${kind(column)}">${column.cell(row)}</th>`
          : html`<td role="cell" class="${kind(column)}" data-label="${column.head}"><span>${column.cell(row)}</span></td>`,
      )}</tr>\n`,
  )}</tbody></table>`;
}

/** Something that says what it means to pointer, finger and keyboard, without a script. */
export function withMeaning(text: Part, meaning: string): Html {
  return html`<button type="button" class="meaning" aria-description="${meaning}">${text}<span class="tip" aria-hidden="true">${meaning}</span></button>`;
}
