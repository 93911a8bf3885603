import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { failure, type Problem, type Result, success } from '@penumbra/core/problem';
import { type Composed, compose } from '@penumbra/functions/composition';
import { startLocalPipeline } from '@penumbra/local/local-pipeline';
import { modelsOf } from '@penumbra/local/trial';
import { readTrialFolder, type TrialFolder } from '@penumbra/local/trial-folder';
import type { Command } from 'commander';
import { handlerEnvironment, stageIn } from './stage.ts';

/** What a data directory is known by. */
const MARKER = 'trial.json';

/** Where a command works: on a trial, or, without either of these, on AWS as the environment says. */
export interface TargetOptions {
  readonly trial?: string;
  readonly dataDir?: string;
  /** What a person named, where it is no trial on this machine: a deployment on AWS, or a folder that is missing. */
  readonly asked?: string;
}

export interface Target extends Composed {
  /** A trial's log tells of days that served nobody. */
  readonly simulated: boolean;
  readonly folder: TrialFolder | undefined;
  close(): Promise<void>;
}

/** The two options that every command on a log has. */
export const withTargetOptions = (command: Command): Command =>
  command
    .option('--trial <folder>', 'work on the trial of this folder, instead of on AWS')
    .option('--data-dir <directory>', "the trial's data directory (default: .penumbra in the folder)");

export const TARGET_HELP = `
Without --trial and --data-dir the command works on AWS: on the stage of \`npx sst shell --stage <stage> -- penumbra …\`,
or as the environment variables of the handlers say (TABLE_NAME, BUCKET_NAME, JOB_NAME_PREFIX, …_QUEUE_URL).`;

export interface OpenOptions {
  /** Work on a trial's queues too, as Lambda does on AWS. */
  readonly handlers?: boolean;
  /** Make a data directory where there is none. */
  readonly create?: boolean;
}

/** Opens the stores of a trial, or of AWS. */
export async function openTarget(
  { trial, dataDir, asked }: TargetOptions,
  { handlers = false, create = false }: OpenOptions = {},
): Promise<Result<Target>> {
  if (trial === undefined && dataDir === undefined) return onAws(asked);
  const folder = trial === undefined ? undefined : await readTrialFolder(trial);
  if (folder && !folder.ok) return folder;
  const directory = resolve(dataDir ?? join(trial ?? '', '.penumbra'));
  if (create) await createDataDir(directory);
  if (!(await isDataDir(directory))) {
    return failure({
      where: directory,
      what: 'this is no data directory of a trial',
      remedy: 'Give the --data-dir of a trial, or run penumbra trial first',
    });
  }
  try {
    const pipeline = await startLocalPipeline({
      dataDir: directory,
      models: folder ? modelsOf(folder.value) : {},
      now: () => new Date().toISOString(),
      idle: !handlers,
    });
    return success({
      ...pipeline,
      simulated: true,
      folder: folder?.value,
      close: () => pipeline.stop(),
    });
  } catch (error) {
    return failure({
      where: directory,
      what: (error as Error).message,
      remedy: 'Where another process uses the directory, wait for it to end, or stop it',
    });
  }
}

const isDataDir = (directory: string): Promise<boolean> =>
  readFile(join(directory, MARKER)).then(
    () => true,
    () => false,
  );

async function createDataDir(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const empty = (await readdir(directory)).length === 0;
  if (empty) await writeFile(join(directory, MARKER), JSON.stringify({ imported: true }));
}

function onAws(asked: string | undefined): Result<Target> {
  if (asked !== undefined && !isDeploymentName(asked)) return failure(noTrialIn(asked));
  const stage = stageIn(process.env);
  if (!stage.ok) return stage;
  try {
    return success({
      ...compose({ ...process.env, ...handlerEnvironment(stage.value) }),
      simulated: false,
      folder: undefined,
      close: async () => undefined,
    });
  } catch (error) {
    const environment = {
      where: 'environment',
      what: (error as Error).message,
      remedy:
        'Give --trial or --data-dir for a trial; for AWS run the command in sst shell --stage <stage> --',
    };
    return asked === undefined ? failure(environment) : failure(noTrialIn(asked), environment);
  }
}

/** What cannot be the name of a deployment was meant as a folder. */
const isDeploymentName = (text: string): boolean => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text);

const noTrialIn = (asked: string): Problem =>
  existsSync(asked)
    ? {
        where: asked,
        what: 'there is neither a penumbra.json nor a trial.json in it',
        remedy: 'Give the folder of a trial, or the data directory of one that was run',
      }
    : {
        where: asked,
        what: 'there is no such folder',
        remedy: 'Check its name; on AWS, give the name of a deployment',
      };
