/** Longest line of a comment. */
const WIDTH = 100;

/**
 * JSON with comments: `comments` are by path (`task.payoff`), each above its field. Small lists and objects stay on
 * one line.
 */
export function jsonWithComments(value: object, comments: Readonly<Record<string, string>>): string {
  return `${printed(value, '', '', comments)}\n`;
}

function printed(
  value: unknown,
  path: string,
  indent: string,
  comments: Readonly<Record<string, string>>,
): string {
  const flat = flatText(value);
  const hasComments = Object.keys(comments).some((of) => path === '' || of.startsWith(`${path}.`));
  if (typeof value !== 'object' || value === null) return flat;
  if (!hasComments && indent.length + flat.length <= WIDTH - 20) return flat;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item, index) => `${inner}${printed(item, `${path}.${index}`, inner, comments)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(value).map(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const comment = Object.hasOwn(comments, at) ? commentLines(comments[at] ?? '', inner) : '';
    return `${comment}${inner}${JSON.stringify(name)}: ${printed(field, at, inner, comments)}`;
  });
  return `{\n${fields.join(',\n')}\n${indent}}`;
}

const flatText = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(flatText).join(', ')}]`
    : typeof value === 'object' && value !== null
      ? `{ ${Object.entries(value)
          .map(([name, field]) => `${JSON.stringify(name)}: ${flatText(field)}`)
          .join(', ')} }`
      : JSON.stringify(value);

function commentLines(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + word.length + 4 > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each) => `${indent}// ${each}\n`).join('');
}
