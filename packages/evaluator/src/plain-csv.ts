import { isUtf8 } from 'node:buffer';
import type { ColumnBatch, TextColumn } from './column-batch.ts';
import type { ColumnSpec, NamedFile } from './column-spec.ts';
import type { CsvColumns } from './csv-file.ts';
import { addressIn, BATCH_ROWS, type Kernel, POWERS_AT } from './kernel.ts';
import { lineWindows, WINDOW_BYTES, WINDOW_ROOM } from './line-windows.ts';
import { MOST_SLOW, readSlowly } from './slow-numbers.ts';

const LINE_FEED = 10;
const SKIP = 0;
const TEXT = 1;
const NUMBER = 2;

/**
 * The rows of a CSV file as far as it is plain, by the loops of ../kernel/csv.ts: quotes around whole fields only,
 * decimal numbers, every row complete, UTF-8. Ends with `irregular` before the first row that is not, and guesses
 * nothing: the full reader goes on from there, which knows the rest of CSV and what to say about a bad row.
 */
export async function* plainCsvBatches(
  kernel: Kernel,
  file: NamedFile,
  header: CsvColumns,
  specs: readonly ColumnSpec[],
): AsyncGenerator<ColumnBatch, 'read' | 'irregular', void> {
  const room = roomFor(kernel, header, specs);
  if (!room) return 'irregular';
  const { window, places, slow } = room;
  const windows = lineWindows(file.path, window);
  try {
    let taken = 0;
    let first = 0;
    let headerAhead = header.inFile;
    for (;;) {
      const next = await windows.next(taken);
      if (next.done) return headerAhead ? 'irregular' : next.value;
      const length = next.value;
      const count = kernel.calls.csvPlaces(room.at.window, length, room.at.places);
      const quotes = kernel.sink(0);
      if (count === -1 || (kernel.sink(1) !== 0 && !isUtf8(window.subarray(0, length)))) return 'irregular';
      let cursor = 0;
      let start = 0;
      if (headerAhead) {
        const end = places[header.names.length - 1] as number;
        if (count < header.names.length || window[end] !== LINE_FEED) return 'irregular';
        cursor = header.names.length;
        start = end + 1;
        headerAhead = false;
      }
      for (;;) {
        const rows = kernel.calls.csvRows(
          ...[room.at.window, room.at.places, count, cursor, start, header.names.length, room.at.plan],
          ...[BATCH_ROWS, quotes, room.at.slow, MOST_SLOW, POWERS_AT],
        );
        [cursor, start] = [kernel.sink(0), kernel.sink(1)];
        const irregular = kernel.sink(3) !== 0;
        if (!readSlowly(slow.subarray(0, 4 * kernel.sink(2)), window, room.numbers)) return 'irregular';
        if (rows > 0) yield room.batch(rows, first);
        first += rows;
        if (irregular) return 'irregular';
        if (rows === 0) break;
      }
      taken = start;
    }
  } finally {
    await windows.return('irregular');
  }
}

interface Room {
  readonly window: Uint8Array;
  readonly places: Uint32Array;
  readonly slow: Uint32Array;
  readonly at: {
    readonly window: number;
    readonly places: number;
    readonly slow: number;
    readonly plan: number;
  };
  /** By the column's number in the file. */
  readonly numbers: ReadonlyMap<number, Float64Array>;
  readonly batch: (rows: number, first: number) => ColumnBatch;
}

/** Room for the columns, and the plan of which goes where; undefined where the kernel's memory has none left. */
function roomFor(kernel: Kernel, header: CsvColumns, specs: readonly ColumnSpec[]): Room | undefined {
  const { arena } = kernel;
  const window = arena.bytes(WINDOW_ROOM);
  const places = arena.uint32(WINDOW_BYTES + 1);
  const slow = arena.uint32(4 * MOST_SLOW);
  const plan = arena.uint32(4 * header.names.length).fill(SKIP);
  const numbers = new Map<number, Float64Array>();
  const columns: { name: string; text?: TextColumn; values?: Float64Array }[] = [];
  for (const { name, type } of specs) {
    const field = header.names.indexOf(name);
    const at = 4 * field;
    if (type === 'text') {
      const text = {
        bytes: window,
        starts: arena.uint32(BATCH_ROWS),
        lengths: arena.int32(BATCH_ROWS),
      };
      plan.set([TEXT, text.starts.byteOffset, text.lengths.byteOffset], at);
      columns.push({ name, text });
    } else {
      const values = arena.float64(BATCH_ROWS);
      plan.set([NUMBER, values.byteOffset], at);
      numbers.set(field, values);
      columns.push({ name, values });
    }
  }
  const views = [
    window,
    places,
    slow,
    plan,
    ...columns.flatMap(({ text, values }) => text?.lengths ?? values ?? []),
  ];
  if (header.names.length > MOST_SLOW || views.some((view) => addressIn(kernel, view) === undefined)) {
    return undefined;
  }
  return {
    window,
    places,
    slow,
    at: {
      window: window.byteOffset,
      places: places.byteOffset,
      slow: slow.byteOffset,
      plan: plan.byteOffset,
    },
    numbers,
    batch: (rows, first) => ({
      rows,
      first,
      text: new Map(columns.flatMap(({ name, text }) => (text ? [[name, text] as const] : []))),
      numbers: new Map(
        columns.flatMap(({ name, values }) => (values ? [[name, values.subarray(0, rows)] as const] : [])),
      ),
    }),
  };
}
