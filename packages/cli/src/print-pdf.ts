import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Problem } from '@penumbra/core/problem';
import { findBrowser } from './browser.ts';

const run = promisify(execFile);
/** A browser that hangs is ended then. */
const LONGEST_MS = 60_000;

/** Prints a page of this machine as PDF by a browser of this machine. Answers what stood in the way, if anything. */
export async function printPdf(page: string, pdf: string): Promise<Problem | undefined> {
  const browser = await findBrowser();
  if (browser === undefined) {
    const remedy =
      'Install Chromium or Chrome, or say where it is in CHROME_PATH; or print the HTML yourself';
    return { where: pdf, what: 'there is no browser here to print with', remedy };
  }
  const profile = await mkdtemp(join(tmpdir(), 'penumbra-print-'));
  try {
    await run(
      browser,
      [
        '--headless',
        '--disable-gpu',
        `--user-data-dir=${profile}`,
        // Its sandbox does not start for root; the page holds no script.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--no-pdf-header-footer',
        `--print-to-pdf=${resolve(pdf)}`,
        pathToFileURL(resolve(page)).href,
      ],
      { timeout: LONGEST_MS },
    );
    await stat(pdf);
    return undefined;
  } catch (error) {
    const what = (error as Error).message.split('\n')[0] ?? 'the browser failed';
    return { where: pdf, what, remedy: `Try ${browser} by hand, or print the HTML yourself` };
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}
