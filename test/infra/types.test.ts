import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
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
  let said: string[];
  beforeAll(async () => {
    const folder = await installed({ stage: 'ada', name: 'types' });
    await writeFile(
      join(folder, 'infra/wrong.ts'),
      "export const wrong = () => new sst.aws.Queue('Wrong', { visibilityTimeout: 30 });\n",
    );
    said = (await tsc('-p', join(folder, 'infra'))).split('\n').filter((line) => line.includes('error TS'));
  }, 300_000);

  it('compile', () => {
    expect(said.filter((line) => !line.includes('wrong.ts'))).toEqual([]);
  });

  it('would not, if something in them did not fit', () => {
    expect(said.filter((line) => line.includes('wrong.ts'))).toHaveLength(1);
  });
});
