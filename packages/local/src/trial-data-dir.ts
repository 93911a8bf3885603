import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CalendarDate } from '@penumbra/core/calendar';
import { failure, type Result, success } from '@penumbra/core/problem';
import type { TrialFolder } from './trial-folder.ts';

const MARKER = 'trial.json';

/** Takes the data directory for this trial: resumes the same one, replaces another one, touches nothing else. */
export async function claimDataDir(
  dataDir: string,
  folder: TrialFolder,
  from: CalendarDate,
  fresh: boolean,
): Promise<Result<string>> {
  const marker = join(dataDir, MARKER);
  const identity = JSON.stringify({
    trial: folder.definition.deployment,
    from,
    fingerprint: folder.fingerprint,
  });
  const found = await readFile(marker, 'utf8').catch(() => undefined);
  if (found === identity && !fresh) return success(dataDir);
  if (found === undefined && (await holdsAnything(dataDir))) {
    return failure({
      where: dataDir,
      what: 'this directory holds something else than a trial',
      remedy: 'Give an empty directory, or one of an earlier trial, with --data-dir',
    });
  }
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true });
  await writeFile(marker, identity);
  return success(dataDir);
}

async function holdsAnything(directory: string): Promise<boolean> {
  return (await readdir(directory).catch(() => [])).length > 0;
}
