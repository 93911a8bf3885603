import { isUtf8 } from 'node:buffer';
import type { ColumnBatch, TextColumn } from './column-batch.ts';
import type { ColumnSpec, NamedFile } from './column-spec.ts';
import { addressIn, BATCH_ROWS, type Kernel, POWERS_AT } from './kernel.ts';
import { lineWindows, WINDOW_ROOM } from './line-windows.ts';
import { MOST_SLOW, readSlowly } from './slow-numbers.ts';

const LINE_FEED = 10;
/** Words of a field of the plan, as ../kernel/json.ts reads them, and kinds of values. */
const FIELD_WORDS = 5;
const SKIP = 0;
const TEXT = 1;
const NUMBER = 2;
/** Most bytes of the first line that is what all are written as; and its keys. */
const MOST_LINE = 1 << 16;
const MOST_FIELDS = 1000;

/**
 * The rows of a file of JSON lines as far as it is plain, by the loops of ../kernel/json.ts: flat objects, written as
 * the first one is, of texts, numbers, booleans and nulls, UTF-8. Answers the number of rows given
 * where the full reader must go on: something is otherwise, and nothing is guessed.
 */
export async function* plainJsonBatches(
  kernel: Kernel,
  file: NamedFile,
  specs: readonly ColumnSpec[],
): AsyncGenerator<ColumnBatch, 'read' | number, void> {
  const window = kernel.arena.bytes(WINDOW_ROOM);
  const slow = kernel.arena.uint32(4 * MOST_SLOW);
  const windows = lineWindows(file.path, window);
  let first = 0;
  try {
    let room: Room | undefined;
    let taken = 0;
    for (;;) {
      const next = await windows.next(taken);
      if (next.done) return next.value === 'read' ? 'read' : first;
      const length = next.value;
      const lines = window.subarray(0, length);
      room ??= roomFor(kernel, window, slow, specs, lines);
      if (!room || !isUtf8(lines)) return first;
      for (taken = 0; taken < length; ) {
        const rows = kernel.calls.jsonRows(
          ...[window.byteOffset, length, taken, room.fields, room.planAt, BATCH_ROWS],
          ...[slow.byteOffset, MOST_SLOW, POWERS_AT],
        );
        const irregular = kernel.sink(2) !== 0;
        taken = kernel.sink(0);
        if (!readSlowly(slow.subarray(0, 4 * kernel.sink(1)), window, room.numbers)) return first;
        if (rows > 0) yield room.batch(rows, first);
        first += rows;
        if (irregular) return first;
      }
    }
  } finally {
    await windows.return('irregular');
  }
}

interface Room {
  readonly fields: number;
  readonly planAt: number;
  /** By the number of the value in its line. */
  readonly numbers: ReadonlyMap<number, Float64Array>;
  readonly batch: (rows: number, first: number) => ColumnBatch;
}

/** Room for the columns, and the plan by the first line; undefined where that is not plain, or there is none. */
function roomFor(
  kernel: Kernel,
  window: Uint8Array,
  slow: Uint32Array,
  specs: readonly ColumnSpec[],
  lines: Uint8Array,
): Room | undefined {
  const { arena } = kernel;
  const line = Buffer.from(lines.subarray(0, lines.indexOf(LINE_FEED) + 1));
  const written = line.length <= MOST_LINE ? writtenAs(line.toString('latin1')) : undefined;
  const names = written?.fields.map(({ name }) => name) ?? [];
  if (!written || specs.some(({ name }) => !names.includes(name))) return undefined;
  const plan = arena.uint32(FIELD_WORDS * (written.fields.length + 1));
  const numbers = new Map<number, Float64Array>();
  const text = new Map<string, TextColumn>();
  const values = new Map<string, Float64Array>();
  const views: ArrayBufferView[] = [window, slow, plan];
  const before = [...written.fields.map((field) => field.before), written.end];
  for (const [index, bytes] of before.entries()) {
    const spec = specs.find(({ name }) => name === names[index]);
    const separator = arena.uint8(bytes.length);
    separator.set(Buffer.from(bytes, 'latin1'));
    views.push(separator);
    let [kind, into, lengthsAt] = [SKIP, 0, 0];
    if (spec?.type === 'text') {
      const column = { bytes: window, starts: arena.uint32(BATCH_ROWS), lengths: arena.int32(BATCH_ROWS) };
      [kind, into, lengthsAt] = [TEXT, column.starts.byteOffset, column.lengths.byteOffset];
      text.set(spec.name, column);
      views.push(column.starts, column.lengths);
    } else if (spec) {
      const column = arena.float64(BATCH_ROWS);
      [kind, into] = [NUMBER, column.byteOffset];
      values.set(spec.name, column);
      numbers.set(index, column);
      views.push(column);
    }
    plan.set([separator.byteOffset, bytes.length, kind, into, lengthsAt], index * FIELD_WORDS);
  }
  if (views.some((view) => addressIn(kernel, view) === undefined)) return undefined;
  return {
    fields: written.fields.length,
    planAt: plan.byteOffset,
    numbers,
    batch: (rows, first) => ({
      rows,
      first,
      text,
      numbers: new Map([...values].map(([name, column]) => [name, column.subarray(0, rows)])),
    }),
  };
}

interface Written {
  /** A value's name, and the bytes between the value before and it. */
  readonly fields: readonly { readonly name: string; readonly before: string }[];
  /** The bytes behind the last value, with the line feed. */
  readonly end: string;
}

/** Characters below a space that may stand between values. */
const BETWEEN = '\t\r\n';
const OPENING = /[ \t]*\{/y;
const KEY = /[ \t]*"([^"\\\t\r\n]*)"[ \t]*:[ \t]*/y;
const VALUE = /"(?:[^"\\\t\r\n]|\\.)*"|[-0-9][^,} \t\r\n]*|true|false|null/y;
const COMMA = /[ \t]*,/y;
const CLOSING = /[ \t]*\}[ \t]*\r?\n/y;

/** How a line, of one character a byte, is written; undefined where it is no flat object of names told apart. */
function writtenAs(line: string): Written | undefined {
  if ([...line].some((character) => character < ' ' && !BETWEEN.includes(character))) return undefined;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found) at = pattern.lastIndex;
    return found ?? undefined;
  };
  const fields: Written['fields'][number][] = [];
  for (let from = 0; ; from = at) {
    if (fields.length > MOST_FIELDS || !take(fields.length === 0 ? OPENING : COMMA)) return undefined;
    const key = take(KEY);
    if (!key) return undefined;
    const name = Buffer.from(key[1] ?? '', 'latin1').toString('utf8');
    if (fields.some((field) => field.name === name)) return undefined;
    fields.push({ name, before: line.slice(from, at) });
    if (!take(VALUE)) return undefined;
    const behind = at;
    if (take(CLOSING)) return at === line.length ? { fields, end: line.slice(behind) } : undefined;
  }
}
