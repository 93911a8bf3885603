/** One line without control characters: text of others must not steer the terminal. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029 ]+/gu, ' ').trim();
}

/** At most `width` characters, an ellipsis last where some are left out. */
export function shorten(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width
    ? text
    : `${characters
        .slice(0, Math.max(1, width) - 1)
        .join('')
        .trimEnd()}…`;
}

/** A name of at most `width` characters: its start and its end, which is where names differ. */
export function shortenName(name: string, width: number): string {
  if (name.length <= width) return name;
  const end = Math.floor((width - 1) / 2);
  return `${name.slice(0, width - 1 - end)}…${name.slice(name.length - end)}`;
}

/** Breaks text between words into lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Rows as columns, two spaces apart; the last one is shortened to what is left of `width`. */
export function columns(rows: readonly (readonly string[])[], width: number): string[] {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count - 1 }, (_, index) =>
    Math.max(...rows.map((row) => (row[index] ?? '').length)),
  );
  const used = widths.reduce((sum, one) => sum + one + 2, 0);
  return rows.map((row) => {
    const start = widths.map((one, index) => (row[index] ?? '').padEnd(one)).join('  ');
    return `${start}  ${shorten(row[count - 1] ?? '', width - used)}`.trimEnd();
  });
}
