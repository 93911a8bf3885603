import { findBrowser } from '@penumbra/cli/browser';
import { type Browser, chromium } from 'playwright-core';
import { aptInstall } from '../support/apt-install.ts';

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
  const failure = await aptInstall('chromium', 'fonts-liberation');
  const path = await findBrowser();
  if (path !== undefined) return path;
  throw new Error(
    `These tests need a browser, and there is none (${failure ?? 'apt-get left none'}). ` +
      'Install it: apt-get install chromium; or name a Chromium or Chrome in CHROME_PATH.',
  );
}
