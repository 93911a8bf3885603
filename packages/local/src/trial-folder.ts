import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type CalendarDate, isCalendarDate } from '@penumbra/core/calendar';
import { type Definition, parseDefinition } from '@penumbra/core/definition';
import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import { forItsEngine, readDefinition } from './definition-file.ts';

export interface FolderFile {
  readonly name: string;
  readonly path: string;
}
/** What compares a day, as a definition says it. */
export type Engine = Definition['evaluation']['engine'];
export type DatedFiles = ReadonlyMap<CalendarDate, readonly FolderFile[]>;

/** A folder of recorded history, read: its definition, and its files by date. */
export interface TrialFolder {
  readonly folder: string;
  readonly definition: Definition;
  readonly records: DatedFiles;
  readonly outcomes: DatedFiles;
  readonly predictions: DatedFiles;
  /** Changes when the definition or any file does. */
  readonly fingerprint: string;
}

/** Reads `penumbra.json` and finds the dated files; every problem of either is told at once. `engine` in the place of its own. */
export async function readTrialFolder(path: string, engine?: Engine): Promise<Result<TrialFolder>> {
  const folder = resolve(path);
  const read = await readDefinition(
    join(folder, 'penumbra.json'),
    'A trial folder holds its definition in penumbra.json, beside records/ and outcomes/',
  );
  const definition = read.ok && engine !== undefined ? withEngine(read.value, engine) : read;
  if (!definition.ok) return definition;
  const problems: Problem[] = [];
  const dated = async (kind: string, label: string) => {
    const found = await datedFiles(folder, kind, label);
    problems.push(...found.problems);
    return found.files;
  };
  const records = await dated('records', 'date');
  const outcomes = await dated('outcomes', 'landed');
  const predictions = definition.value.predictions ? await dated('predictions', 'date') : new Map();
  if (problems.length > 0) return { ok: false, problems };
  if (records.size === 0) {
    return failure({
      where: join(path, 'records'),
      what: 'there is no folder date=YYYY-MM-DD with records',
      remedy: 'Put the records of each date into records/date=YYYY-MM-DD/, as .csv with a header line',
    });
  }
  const fingerprint = await fingerprintOf(definition.value, [records, outcomes, predictions]);
  return success({ folder, definition: definition.value, records, outcomes, predictions, fingerprint });
}

/** A definition whose days are compared by another engine than it says. */
function withEngine(definition: Definition, engine: Engine): Result<Definition> {
  return forItsEngine(parseDefinition({ ...definition, evaluation: { ...definition.evaluation, engine } }));
}

async function datedFiles(
  folder: string,
  kind: string,
  label: string,
): Promise<{ files: DatedFiles; problems: Problem[] }> {
  const files = new Map<CalendarDate, FolderFile[]>();
  const problems: Problem[] = [];
  const entries = await readdir(join(folder, kind), { withFileTypes: true }).catch(() => []);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const date = entry.name.startsWith(`${label}=`) ? entry.name.slice(label.length + 1) : '';
    if (!entry.isDirectory() || !isCalendarDate(date)) {
      problems.push({
        where: `${kind}/${entry.name}`,
        what: `this is no folder named ${label}=YYYY-MM-DD with a date that exists`,
        remedy: 'Rename it, or move it out of the folder',
      });
      continue;
    }
    const names = (await readdir(join(folder, kind, entry.name))).filter(
      (name) => !name.startsWith('.') && name !== '_SUCCESS',
    );
    files.set(
      date,
      names.sort().map((name) => ({ name, path: join(folder, kind, entry.name, name) })),
    );
  }
  return { files, problems };
}

async function fingerprintOf(definition: Definition, kinds: readonly DatedFiles[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(definition));
  for (const file of kinds.flatMap((kind) => [...kind.values()].flat())) {
    const { size, mtimeMs } = await stat(file.path);
    hash.update(JSON.stringify([file.path, size, mtimeMs]));
  }
  return hash.digest('hex');
}
