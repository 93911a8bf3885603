import { open } from 'node:fs/promises';

/** Bytes that are read at once: they stay in the processor's cache until they are columns. A row must fit. */
export const WINDOW_BYTES: number = 1 << 18;
/** A line feed may be added to the last row, and whole vectors are read. */
export const WINDOW_ROOM: number = WINDOW_BYTES + 32;
const LINE_FEED = 10;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Whole lines at the front of the window: how many bytes. The caller answers how many of them it took. */
export type LineWindows = AsyncGenerator<number, 'read' | 'irregular', number>;

/**
 * A file of lines through a window, which has WINDOW_ROOM bytes. What was not taken comes again with what follows;
 * the last line ends with a line feed, whether or not the file does. Irregular: a line that does not fit, or rest that
 * nobody took.
 */
export async function* lineWindows(path: string, window: Uint8Array): LineWindows {
  const handle = await open(path);
  try {
    let position = 0;
    let held = 0;
    for (;;) {
      const { bytesRead } = await handle.read(window, held, WINDOW_BYTES - held, position);
      const last = bytesRead === 0;
      const marked = position === 0 && BYTE_ORDER_MARK.equals(window.subarray(0, 3));
      if (marked) window.copyWithin(0, 3, bytesRead);
      held += bytesRead - (marked ? 3 : 0);
      position += bytesRead;
      if (last && held === 0) return 'read';
      if (last && window[held - 1] !== LINE_FEED) {
        window[held] = LINE_FEED;
        held += 1;
      }
      const length = window.subarray(0, held).lastIndexOf(LINE_FEED) + 1;
      if (length === 0) {
        if (held >= WINDOW_BYTES) return 'irregular';
        continue;
      }
      const taken = yield length;
      if (last) return taken === held ? 'read' : 'irregular';
      if (taken === 0 && held >= WINDOW_BYTES) return 'irregular';
      window.copyWithin(0, taken, held);
      held -= taken;
    }
  } finally {
    await handle.close();
  }
}
