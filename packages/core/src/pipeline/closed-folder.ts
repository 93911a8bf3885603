import type { FileRef } from '../day-events.ts';
import { SUCCESS } from './keys.ts';
import type { ObjectStore } from './ports.ts';

/** The data files of a folder, or undefined while no _SUCCESS object closes it. */
export async function closedFiles(objects: ObjectStore, prefix: string): Promise<FileRef[] | undefined> {
  const files = await objects.list(prefix);
  const isMarker = ({ key }: FileRef) => key === `${prefix}${SUCCESS}`;
  return files.some(isMarker) ? files.filter((file) => !isMarker(file)) : undefined;
}
