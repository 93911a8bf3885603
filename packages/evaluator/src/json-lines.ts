import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ColumnSpec, NamedFile } from './column-spec.ts';
import { identifier, literal } from './duckdb.ts';

/** A line that cannot be read: its 1-based number, and why. */
export interface BadLine {
  readonly line: number;
  readonly column?: string;
  readonly what: string;
}

/** A file of one JSON object a line as an SQL query over the columns that are asked for. */
export function jsonQuery(file: NamedFile, specs: readonly ColumnSpec[]): string {
  const columns = specs.map(
    ({ name, type }) => `${literal(name)}: ${literal(type === 'text' ? 'VARCHAR' : 'DOUBLE')}`,
  );
  return `SELECT ${specs.map(({ name }) => identifier(name)).join(', ')}
    FROM read_json(${literal(file.path)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`;
}

/** The lines that jsonQuery would stumble over, at most `most`. Blank lines are none. */
export async function badLines(
  file: NamedFile,
  specs: readonly ColumnSpec[],
  most: number,
): Promise<BadLine[]> {
  const bad: BadLine[] = [];
  for await (const { line, text } of linesOf(file)) {
    const wrong = wrongWith(text, specs);
    if (wrong) bad.push({ line, ...wrong });
    if (bad.length >= most) break;
  }
  return bad;
}

function wrongWith(text: string, specs: readonly ColumnSpec[]): Omit<BadLine, 'line'> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { what: 'the line is no JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { what: 'the line is no JSON object' };
  }
  const fields = new Map(Object.entries(parsed));
  for (const { name, type } of specs) {
    const value: unknown = fields.get(name) ?? null;
    if (value === null || type === 'text' || typeof value === 'boolean') continue;
    if (typeof value === 'object' || String(value).trim() === '' || Number.isNaN(Number(value))) {
      return { column: name, what: `${JSON.stringify(value)} is not a number` };
    }
  }
  return undefined;
}

/** Writes the file again without some of its lines. */
export async function withoutLines(
  file: NamedFile,
  lines: ReadonlySet<number>,
  path: string,
): Promise<NamedFile> {
  const output = createWriteStream(path);
  for await (const { line, text } of linesOf(file)) {
    if (!lines.has(line) && !output.write(`${text}\n`)) await once(output, 'drain');
  }
  output.end();
  await once(output, 'finish');
  return { name: file.name, path };
}

/** The 1-based line of the row at a 0-based place, blank lines and `skipped` ones not counted as rows. */
export async function lineOfPlace(
  file: NamedFile,
  place: number,
  skipped: ReadonlySet<number>,
): Promise<number> {
  let rows = 0;
  for await (const { line } of linesOf(file)) {
    if (skipped.has(line)) continue;
    if (rows === place) return line;
    rows += 1;
  }
  return rows;
}

async function* linesOf(file: NamedFile): AsyncGenerator<{ line: number; text: string }> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file.path), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() !== '') yield { line, text };
  }
}
