import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordedEvents } from '@penumbra/core/pipeline/recorded-events';
import { type RecordedLog, recordedLog } from '@penumbra/evaluator/recorded-log';
import type { Target, TargetOptions } from './target.ts';
import { withTarget } from './with-target.ts';

export interface Recorded {
  readonly deployment: string;
  readonly log: RecordedLog;
  /** Of a trial: nobody was served, and what the arms say is what they would have said. */
  readonly simulated: boolean;
}

/**
 * Reads the log of a deployment, and nothing else of it. `asked` is its name, the folder of a trial, or a trial's
 * data directory.
 */
export async function withRecorded(
  asked: string,
  options: TargetOptions,
  work: (recorded: Recorded) => Promise<number> | number,
): Promise<number> {
  const { where, deployment } = await meantBy(asked, options);
  return withTarget(where, {}, async (target) => {
    const log = await read(target, deployment);
    return work({ deployment, log, simulated: target.simulated });
  });
}

/** The deployment that a person means, by its name or by where a trial lies, and where its log is. */
export async function meantBy(
  asked: string,
  options: TargetOptions,
): Promise<{ readonly where: TargetOptions; readonly deployment: string }> {
  const where = whereOf(asked, options);
  const isTrial = (where.dataDir ?? where.trial) !== undefined;
  return { where, deployment: (isTrial ? await nameIn(where) : undefined) ?? asked };
}

/** What a person means by a name: a trial's folder, its data directory, or, where it is neither, AWS. */
export function whereOf(asked: string, { trial, dataDir }: TargetOptions): TargetOptions {
  if (trial !== undefined) return { trial, ...(dataDir === undefined ? {} : { dataDir }) };
  if (dataDir !== undefined) return { dataDir };
  if (existsSync(join(asked, 'trial.json'))) return { dataDir: asked };
  if (existsSync(join(asked, 'penumbra.json'))) return { trial: asked };
  return { asked };
}

/** The deployment that a trial's data directory holds. */
export async function nameIn({ trial, dataDir }: TargetOptions): Promise<string | undefined> {
  const marker = join(dataDir ?? join(trial ?? '', '.penumbra'), 'trial.json');
  const text = await readFile(marker, 'utf8').catch(() => '{}');
  const found: unknown = JSON.parse(text);
  const held = typeof found === 'object' && found !== null && 'trial' in found ? found.trial : undefined;
  return typeof held === 'string' ? held : undefined;
}

async function read({ pipeline }: Target, deployment: string): Promise<RecordedLog> {
  return recordedLog(await recordedEvents(pipeline.log, deployment));
}
