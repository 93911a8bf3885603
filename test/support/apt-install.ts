import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** An installation that waits for something is given up. */
const LONGEST_MS = 90_000;
/** Test files that run side by side install one after the other: apt's own lists know no waiting. */
const LOCK = join(tmpdir(), 'penumbra-tests-apt.lock');

/** Installs packages of Debian, as root. Answers why that failed; undefined where it did not. */
export async function aptInstall(...packages: readonly string[]): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may install it';
  const apt = (...args: string[]) =>
    run('flock', ['--timeout', '80', LOCK, 'apt-get', '-qq', ...args], {
      timeout: LONGEST_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...packages);
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'apt-get failed';
  }
}
