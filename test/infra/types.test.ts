import { execFile } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { installed } from './synthesize.ts';

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const run = promisify(execFile);

/** What the compiler says; it fails where it finds anything. */
const tsc = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, [TSC, '--noEmit', ...args]).catch((error: { stdout: string }) => error))
    .stdout;

describe('sst.config.ts and infra, in the types of SST', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await installed({ stage: 'ada', name: 'types' });
  }, 170_000);

  it('compile', async () => {
    expect(await tsc('-p', join(folder, 'infra'))).toBe('');
  }, 60_000);

  it('would not, if something in them did not fit', async () => {
    await appendFile(
      join(folder, 'infra/queues.ts'),
      "new sst.aws.Queue('Wrong', { visibilityTimeout: 30 });\n",
    );
    expect(await tsc('-p', join(folder, 'infra'))).toMatch(/infra\/queues\.ts.*error TS/);
  }, 60_000);
});
