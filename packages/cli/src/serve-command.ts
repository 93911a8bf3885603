import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { addDays } from '@penumbra/core/calendar';
import type { Registered } from '@penumbra/core/pipeline/deployments';
import type { Problem } from '@penumbra/core/problem';
import { pageFiles } from '@penumbra/dashboard/build';
import { type Api, createApi } from '@penumbra/functions/api/app';
import { sha256 } from '@penumbra/functions/api/keyring';
import type { Failure } from '@penumbra/functions/api/settings';
import { type Command, InvalidArgumentError } from 'commander';
import { EXIT } from './exit-code.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';
import { nameIn, whereOf } from './recorded-deployment.ts';
import { serveText } from './serve-text.ts';
import { openTarget, type Target } from './target.ts';
import { withPage } from './with-page.ts';
import { printLine, reportProblems } from './with-target.ts';

const PORT = 8787;

interface ServeOptions {
  readonly dataDir?: string;
  readonly port: number;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('Give a number from 0 to 65535; 0 is any free port.');
}

/** Wires `penumbra serve`. */
export function addServeCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('serve')
    .description('Serve the page and the HTTP API over the data of a trial, to this machine only.')
    .argument('<folder>', "folder of the trial, or a trial's data directory")
    .option('--data-dir <directory>', "the trial's data directory (default: .penumbra in the folder)")
    .option('--port <number>', 'port on 127.0.0.1; 0 is any that is free', portNumber, PORT)
    .addHelpText(
      'after',
      `
Examples:
  penumbra serve examples/flight-delays
  penumbra serve my-model --port 0

Reading needs no key; commands and reports need the one that is printed at the start. The time stands still at the
morning after the trial's last review, so that its rollout has not expired.

Exit codes: 0 ended by Ctrl-C · 1 no trial there, or the port is in use · 2 unknown command or option.`,
    )
    .action(async (folder: string, options: ServeOptions) => finish(await serve(folder, options)));
}

async function serve(folder: string, { dataDir, port }: ServeOptions): Promise<number> {
  const where = whereOf(folder, dataDir === undefined ? {} : { dataDir });
  // On AWS the function serves; its clock is the real one.
  if (where.trial === undefined && where.dataDir === undefined) return reportProblems([noTrial(folder)]);
  const ended = new AbortController();
  const end = () => ended.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  const name = await nameIn(where);
  const target = await openTarget(where);
  try {
    if (!target.ok) return reportProblems(target.problems);
    const shown = await registered(target.value, name);
    if (!shown) return reportProblems([nothingThere(folder)]);
    const key = randomBytes(32).toString('base64url');
    const server = await listen(withPage(apiOver(target.value, shown, key), await pageFiles()), port);
    if ('what' in server) return reportProblems([server]);
    printLine(serveText(shown, server.url, key));
    if (!ended.signal.aborted) await once(ended.signal, 'abort');
    process.stderr.write('\nEnding.\n');
    await server.stop();
    return EXIT.success;
  } finally {
    if (target.ok) await target.value.close();
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

/** The deployment to show: the trial's, or the first there is. */
async function registered({ pipeline }: Target, name: string | undefined): Promise<Registered | undefined> {
  // A log that was imported, or written before there was a list, is not in it.
  if (name !== undefined) await pipeline.deployments.add(name);
  const shown = name ?? (await pipeline.deployments.list())[0];
  return shown === undefined ? undefined : pipeline.rollouts(shown);
}

function apiOver({ pipeline, bucket }: Target, { state }: Registered, key: string): Api {
  const { log, rollouts, documents, deployments, exposures } = pipeline;
  const lastDate = state.lastReview?.asOf ?? state.startDate ?? '2000-01-01';
  const now = `${addDays(lastDate, 1)}T06:00:00.000Z`;
  const onFailure = ({ requestId, method, path, error }: Failure) =>
    process.stderr.write(`${requestId} ${method} ${path}: ${error.message}\n`);
  return createApi(
    { log, rollouts, documents, deployments, exposures, now: () => now, readObject: bucket.read, onFailure },
    {
      keys: [{ name: userName(), access: 'command', sha256: sha256(key).toString('hex') }],
      openReads: true,
      simulated: true,
    },
  );
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    return 'local';
  }
}

async function listen(api: Api, port: number): Promise<LoopbackServer | Problem> {
  try {
    return await startLoopbackServer(api, port);
  } catch (error) {
    const what = (error as Error).message;
    return { where: `port ${port}`, what, remedy: 'Give another one with --port; 0 is any that is free' };
  }
}

const noTrial = (folder: string): Problem => ({
  where: folder,
  what: 'there is no trial here',
  remedy: 'Give the folder of a trial, with its penumbra.json, or the data directory of one that was run',
});

const nothingThere = (folder: string): Problem => ({
  where: folder,
  what: 'no deployment is registered there',
  remedy: 'Run penumbra trial on it first',
});
