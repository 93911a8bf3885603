import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startAwsStub } from './aws-stub.ts';
import type { Resource } from './graph.ts';
import { WEBHOOK_SECRET } from './running/fill-in-settings.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STAND_IN = fileURLToPath(new URL('stand-in/pulumi.mjs', import.meta.url));
/** Git and biome look past it. Not in node_modules, where bundlers take everything for somebody else's. */
const WORK = join(ROOT, '.tmp/infra');
const LONGEST_MS = 280_000;

/** Where programs are found, and how packages are fetched on this machine: nothing else of the environment is kept. */
const KEPT =
  /^(PATH|HOME|TMPDIR|npm_config_(registry|cafile|userconfig|globalconfig|proxy|https_proxy|noproxy)|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$/i;

const require = createRequire(import.meta.url);
const run = promisify(execFile);

export interface Synthesized {
  readonly resources: readonly Resource[];
  /** Where the project was laid out; `.sst/artifacts` in it has the bundles. */
  readonly folder: string;
}

export interface SynthesisOptions {
  readonly stage: string;
  /** Of the folder; one synthesis at a time works in it. By default the stage. */
  readonly name?: string;
  /** Builds and zips nothing: for who looks at the graph only. */
  readonly withoutBundles?: boolean;
  /** Changes the copied configuration before it is run. */
  readonly edit?: (folder: string) => Promise<void>;
}

/**
 * Runs the real SST CLI over a copy of the configuration, with the stand-in engine behind it: `sst deploy` up to the
 * point where Pulumi would make the resources. Throws what the program, or SST, said where it fails.
 */
export const synthesize = (options: SynthesisOptions): Promise<Synthesized> =>
  synthesizeFor(options, async (synthesized) => synthesized);

/** The same, and something to do while the state of the stage can still be read: `sst` runs a command of the CLI. */
export const synthesizeFor = <Value>(
  options: SynthesisOptions,
  work: (synthesized: Synthesized, sst: Sst) => Promise<Value>,
): Promise<Value> =>
  inProject(options, async ({ folder, graph, sst }) => {
    await sst('deploy', '--print-logs').catch(async (failed: Error) => {
      const { error } = await readGraph(graph).catch(() => ({ error: undefined }));
      throw error === undefined ? failed : new Error(error, { cause: failed });
    });
    return work({ resources: (await readGraph(graph)).resources, folder }, sst);
  });

/** A copy of the configuration with SST's types beside it. */
export const installed = (options: SynthesisOptions): Promise<string> =>
  inProject(options, async ({ folder }) => folder);

/** Runs a command of the CLI, and answers what it prints. */
export type Sst = (...command: string[]) => Promise<string>;

interface Project {
  readonly folder: string;
  readonly graph: string;
  readonly sst: Sst;
}

async function inProject<Value>(
  { stage, name = stage, withoutBundles = false, edit }: SynthesisOptions,
  work: (project: Project) => Promise<Value>,
): Promise<Value> {
  const folder = join(WORK, name);
  await layOut(folder);
  await edit?.(folder);
  const aws = await startAwsStub();
  const graph = join(folder, 'graph.json');
  try {
    const environment = await environmentOf(folder, stage, aws.url, graph);
    if (withoutBundles) environment.PENUMBRA_EMPTY_BUNDLES = join(folder, '.empty-bundles');
    await sst(folder, environment, ['install']);
    return await work({ folder, graph, sst: (...command) => sst(folder, environment, command) });
  } finally {
    await aws.close();
  }
}

async function readGraph(
  file: string,
): Promise<{ readonly resources: Resource[]; readonly error?: string | undefined }> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** The configuration copied, and everything that it does not change linked. `.sst` stays, as it does for a user. */
async function layOut(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const own of ['sst.config.ts', 'infra', 'package.json', 'tsconfig.json']) {
    await rm(join(folder, own), { recursive: true, force: true });
    await cp(join(ROOT, own), join(folder, own), { recursive: true });
  }
  await rm(join(folder, 'node_modules'), { force: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await rm(join(folder, 'packages'), { recursive: true, force: true });
  await mkdir(join(folder, 'packages'));
  for (const name of await readdir(join(ROOT, 'packages'))) {
    // The page is built where it lies, and others may be building or reading the one in the checkout.
    if (name === 'dashboard') await layOutPage(folder);
    else await symlink(join(ROOT, 'packages', name), join(folder, 'packages', name));
  }
  await rm(join(folder, 'graph.json'), { force: true });
}

/** The page with something in the place of what a build makes, until one makes it. */
async function layOutPage(folder: string): Promise<void> {
  const page = join(folder, 'packages/dashboard');
  const isOwn = (path: string) => !path.startsWith(join(ROOT, 'packages/dashboard/dist'));
  await cp(join(ROOT, 'packages/dashboard'), page, { recursive: true, filter: isOwn });
  await mkdir(join(page, 'dist'));
  await writeFile(join(page, 'dist/index.html'), '');
}

async function environmentOf(
  folder: string,
  stage: string,
  endpoint: string,
  graph: string,
): Promise<NodeJS.ProcessEnv> {
  const home = join(folder, '.home');
  // SST looks for the engine at the one place to install plugins, and at the other to run it.
  const bin = join(home, 'sst/bin');
  await mkdir(bin, { recursive: true });
  await rm(join(bin, 'pulumi'), { force: true });
  await symlink(STAND_IN, join(bin, 'pulumi'));
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.test(name))),
    XDG_CONFIG_HOME: home,
    SST_PULUMI_PATH: STAND_IN,
    SST_BUN_PATH: bunPath(),
    SST_SKIP_DEPENDENCY_CHECK: '1',
    SST_TELEMETRY_DISABLED: '1',
    SST_STAGE: stage,
    PENUMBRA_GRAPH: graph,
    // As SST's own state would bring them: secrets without which a stage is not deployed.
    SST_SECRET_WebhookUrl: 'https://chat.example.com/hook',
    SST_SECRET_WebhookSecret: WEBHOOK_SECRET,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'stub',
    AWS_SECRET_ACCESS_KEY: 'stub',
  };
}

const bunPath = (): string => join(require.resolve('bun/package.json'), '../bin/bun.exe');

async function sst(folder: string, env: NodeJS.ProcessEnv, command: readonly string[]): Promise<string> {
  const program = join(ROOT, 'node_modules/sst/bin/sst.mjs');
  try {
    const { stdout } = await run(process.execPath, [program, ...command], {
      cwd: folder,
      env,
      timeout: LONGEST_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`sst ${command.join(' ')} failed in ${folder}:\n${`${stdout}\n${stderr}`.slice(-6000)}`, {
      cause: error,
    });
  }
}
