import { addDays, type CalendarDate } from '../calendar.ts';
import type { FileRef } from '../day-events.ts';
import { keys, SUCCESS } from './keys.ts';
import type { ObjectStore } from './ports.ts';

/** What the outcome folders of a span of landing dates hold. */
export interface Landed {
  /** Landing dates whose folder a _SUCCESS object closes. */
  readonly closed: ReadonlySet<CalendarDate>;
  readonly files: readonly { readonly date: CalendarDate; readonly file: FileRef }[];
}

/** Outcome files by landing date, from `first` to `last`, both included. One list of the bucket. */
export async function listLanded(
  objects: ObjectStore,
  deployment: string,
  first: CalendarDate,
  last?: CalendarDate,
): Promise<Landed> {
  const prefix = keys.outcomes(deployment);
  const bounds = { from: first, ...(last === undefined ? {} : { to: addDays(last, 1) }) };
  const files = (await objects.list(prefix, bounds)).map((file) => ({
    file,
    date: file.key.slice(prefix.length, prefix.length + 10),
  }));
  const isMarker = ({ file: { key } }: { file: FileRef }) => key.endsWith(`/${SUCCESS}`);
  return {
    closed: new Set(files.filter(isMarker).map(({ date }) => date)),
    files: files.filter((file) => !isMarker(file)),
  };
}

/**
 * The last landing date up to which every folder is closed, from `first` on; undefined where that one is open. A
 * look as of a date needs every folder up to it: one that is still open may hold anything.
 */
export function closedThrough(
  closed: ReadonlySet<CalendarDate>,
  first: CalendarDate,
): CalendarDate | undefined {
  let through: CalendarDate | undefined;
  for (let date = first; closed.has(date); date = addDays(date, 1)) through = date;
  return through;
}

/** The outcome files of a date as a look as of `asOf` sees them. */
export function landedThrough({ files }: Landed, first: CalendarDate, asOf: CalendarDate): FileRef[] {
  return files.filter(({ date }) => date >= first && date <= asOf).map(({ file }) => file);
}
