import { appendFileSync, closeSync, openSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export type Journal<Entry> = {
  /** Returns once the entries are with the operating system: they survive the death of this process. */
  append(...entries: Entry[]): void;
  close(): void;
};

const CHUNK_BYTES = 1 << 20;

/**
 * An append-only file of JSON lines. Opening it replays what is there, then rewrites it as `snapshot()`,
 * so that a journal never holds more than the state and what happened since the last start.
 *
 * Nothing is fsynced: a killed process loses nothing, a power cut may. For a local AWS that is the right bargain.
 *
 * @throws when a line other than the last cannot be read: the file was edited, not torn.
 */
export function openJournal<Entry>(
  path: string,
  replay: (entry: Entry) => void,
  snapshot: () => Iterable<Entry>,
): Journal<Entry> {
  replayLines(path, (line) => replay(JSON.parse(line) as Entry));

  const compacted = `${path}.compacted`;
  writeFileSync(compacted, '');
  const target = openSync(compacted, 'a');
  let lines: string[] = [];
  const flush = () => {
    if (lines.length > 0) appendFileSync(target, `${lines.join('\n')}\n`);
    lines = [];
  };
  for (const entry of snapshot()) {
    lines.push(JSON.stringify(entry));
    if (lines.length >= 1000) flush();
  }
  flush();
  renameSync(compacted, path);

  return {
    append(...entries) {
      if (entries.length === 0) return;
      appendFileSync(target, `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`);
    },
    close: () => closeSync(target),
  };
}

function replayLines(path: string, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const source = openSync(path, 'a+');
  let rest = '';
  let number = 0;
  for (;;) {
    const bytes = readSync(source, chunk, 0, CHUNK_BYTES, null);
    if (bytes === 0) break;
    const lines = (rest + decoder.write(chunk.subarray(0, bytes))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      try {
        onLine(line);
      } catch (cause) {
        throw new Error(`Line ${number} of ${path} is not a journal entry. Restore the file or remove it.`, {
          cause,
        });
      }
    }
  }
  // What follows the last newline was cut off by a kill in the middle of a write. Nobody was told
  // that it had happened, so it has not.
  closeSync(source);
}
