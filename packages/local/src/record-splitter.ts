export type RecordSplitter = {
  /** The records that are complete once `text` has been read. */
  push(text: string): string[];
  /** The last record, where no newline ends it. @throws when a quote was never closed. */
  end(): string[];
};

/**
 * Cuts text into records at newlines, without their `\n` or `\r\n`; an empty line is no record. In CSV a newline
 * between quotes belongs to its field.
 */
export function createRecordSplitter(isCsv: boolean): RecordSplitter {
  let rest = '';
  let open: string[] = [];

  function complete(line: string): string[] {
    if (isCsv && (open.length > 0 || line.includes('"'))) {
      const wasOpen = open.length > 0;
      if (isOpenAfter(line, wasOpen)) {
        open.push(line);
        return [];
      }
      const record = [...open, line].join('\n');
      open = [];
      return [withoutReturn(record)];
    }
    const record = withoutReturn(line);
    return record === '' ? [] : [record];
  }

  return {
    push(text) {
      const lines = text.split('\n');
      lines[0] = rest + (lines[0] ?? '');
      rest = lines.pop() ?? '';
      return lines.flatMap(complete);
    },
    end() {
      const last = complete(rest);
      rest = '';
      if (open.length > 0)
        throw new Error(`the quote of the record "${open[0]?.slice(0, 60)}" is never closed`);
      return last;
    },
  };
}

const withoutReturn = (record: string) => (record.endsWith('\r') ? record.slice(0, -1) : record);

// A quote opens a field only where the field begins: 5" is a size and opens nothing.
function isOpenAfter(line: string, openBefore: boolean): boolean {
  let open = openBefore;
  let atFieldStart = !openBefore;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index];
    if (open) {
      if (character !== '"') continue;
      if (line[index + 1] === '"') index += 1;
      else open = false;
    } else if (character === '"' && atFieldStart) open = true;
    atFieldStart = character === ',';
  }
  return open;
}
