import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type LoopbackServer, startLoopbackServer } from '@penumbra/cli/loopback-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiHarness, apiHarness, READ_KEY } from './support/api-harness.ts';

const PAGE = new URL('../docs/consume.md', import.meta.url);
const run = promisify(execFile);

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly file: string;
  readonly text: string;
}

/** The programs of the page: a comment before each says how it is run. */
const programs = [
  ...(await readFile(PAGE, 'utf8')).matchAll(/<!-- run: (.+) -->\n```\w+\n([\s\S]*?)\n```/g),
].map(([, line = '', text = '']): Program => {
  const [command = '', ...args] = line.split(' ');
  return { command, args, file: args.at(-1) ?? '', text };
});

async function isInstalled(command: string): Promise<boolean> {
  try {
    await run(command, [command === 'go' ? 'version' : '--version']);
    return true;
  } catch {
    return false;
  }
}
const installed = new Map(
  await Promise.all(programs.map(async ({ command }) => [command, await isInstalled(command)] as const)),
);

let harness: ApiHarness;
let server: LoopbackServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-consume-'));
  harness = await apiHarness();
  await harness.register();
  await harness.review('2001-02-27', ['small-airports', 'promote', 0, 5]);
  server = await startLoopbackServer(harness.api, 0);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

it('the page shows Python, Go and Java', () => {
  expect(programs.map(({ command }) => command)).toEqual(['python3', 'go', 'java']);
});

describe.each(programs)('the program for $command', ({ command, args, file, text }) => {
  const answerOf = async (url: string, key = READ_KEY) => {
    const env = {
      ...process.env,
      PENUMBRA_URL: url,
      PENUMBRA_KEY: key,
      GOCACHE: join(folder, 'go'),
      GO111MODULE: 'off',
    };
    const { stdout } = await run(command, [...args], { cwd: folder, env });
    return stdout.trim();
  };

  // On a busy machine a program may give up waiting, as it should; not three times in a row.
  it.skipIf(!installed.get(command))(
    'asks which arm decides, and takes the incumbent where there is no answer',
    { retry: 2, timeout: 120_000 },
    async () => {
      await writeFile(join(folder, file), text);
      const answers = [
        answerOf(server.url),
        answerOf(server.url, 'a key that does not fit'),
        answerOf('http://127.0.0.1:9'),
      ];
      expect(await Promise.all(answers)).toEqual(['challenger', 'incumbent', 'incumbent']);
    },
  );
});
