import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findBrowser } from '@penumbra/cli/browser';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);
/** An installation that waits for something is given up. */
const LONGEST_MS = 90_000;

/**
 * Starts the browser of this machine: Debian's chromium, which is installed where there is none and this is root, or
 * whatever CHROME_PATH names.
 *
 * @throws with what to install, where there is no browser and none can be installed.
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = (await findBrowser()) ?? (await installed());
  // The sandbox does not start for root; the pages are this repository's.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

async function installed(): Promise<string> {
  const failure = process.getuid?.() === 0 ? await install() : 'only root may install it';
  const path = await findBrowser();
  if (path !== undefined) return path;
  throw new Error(
    `These tests need a browser, and there is none (${failure}). ` +
      'Install it: apt-get install chromium; or name a Chromium or Chrome in CHROME_PATH.',
  );
}

async function install(): Promise<string> {
  try {
    await run('apt-get', ['update', '-qq'], { timeout: LONGEST_MS });
    const args = ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'];
    await run('apt-get', args, {
      timeout: LONGEST_MS,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    return 'apt-get left none';
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? 'apt-get failed';
  }
}
