import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { History } from '@penumbra/core/history';
import { runTrial } from '@penumbra/local/trial';
import type { TrialDocument } from '@penumbra/local/trial-document';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startChromium } from './dashboard/chromium.ts';
import { seriousIssues } from './dashboard/serious-issues.ts';
import { seeAll, type WatchedPage, watchedPage } from './dashboard/watched-page.ts';
import { type PenumbraProcess, penumbra } from './support/penumbra-process.ts';
import { recordedLog } from './support/recorded-log.ts';
import { runHere } from './support/run-here.ts';
import { type SyntheticTrial, syntheticTrial } from './support/synthetic-trial.ts';

// A trial, a server and a browser are started and ended here.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

let trial: SyntheticTrial;
let found: TrialDocument;
let server: PenumbraProcess;
let browser: Browser;
let url: string;
let key: string;

const open = (path = '', options = {}): Promise<WatchedPage> =>
  watchedPage(browser, `${url}/${path}`, options);
/** What the eye meets without scrolling, whatever spaces hold it together. */
const onScreen = async (page: Page) => {
  await page.locator('.glance .tile').last().waitFor();
  return page.evaluate(() => {
    const seen = [
      ...document.querySelectorAll(
        '#answers h2, #answers .value, #answers .verdict, #answers p, #answers button',
      ),
    ];
    return seen
      .filter((element) => element.getBoundingClientRect().bottom <= innerHeight)
      .map((element) => (element as HTMLElement).innerText.replace(/\s+/g, ' '))
      .join('\n');
  });
};

beforeAll(async () => {
  trial = await syntheticTrial({ days: 8 });
  const [ran, started] = await Promise.all([
    runTrial({ folder: trial.folder, dataDir: trial.dataDir }),
    startChromium(),
  ]);
  browser = started;
  if (!ran.ok) throw new Error(JSON.stringify(ran.problems));
  found = ran.value;
  server = penumbra('serve', trial.folder, '--data-dir', trial.dataDir, '--port', '0');
  url = (await server.says(/is served at (http:\S+)/))[1] ?? '';
  key = (await server.says(/another:\n {2}KEY=(\S+)/))[1] ?? '';
});

afterAll(async () => {
  await browser?.close();
  server?.child.kill('SIGKILL');
  await trial?.end();
});

describe('what penumbra serve serves', () => {
  it('is the page at the root, under a policy without other hosts, and the API elsewhere', async () => {
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe/);
    const other = await fetch(`${url}/assets/../../package.json`);
    expect([other.status, other.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  });

  it('tells a history whose sums are those of the metric states', async () => {
    const response = await fetch(`${url}/v1/deployments/synthetic/history`);
    const { cumulative, slices, simulated } = (await response.json()) as History & { simulated: boolean };
    const { auc: _, brier, logLoss, ...same } = found.cumulative;
    expect(cumulative).toMatchObject({
      ...same,
      brier: expect.closeTo(brier ?? 0),
      logLoss: expect.closeTo(logLoss ?? 0),
    });
    expect(slices).toEqual(found.slices);
    expect(simulated).toBe(true);
  });
});

describe('in ten seconds the owner of the business', () => {
  it('sees whether it is proven, what it earns, which traffic it has, what comes next, and the risk', async () => {
    const { page } = await open();
    const text = await onScreen(page);
    expect(text).toMatch(/Is the model proven\?\n(Yes|In \d of 2 slices)\./);
    const perDay = found.days
      .filter(({ status }) => status === 'mature')
      .reduce((sum, day, _, { length }) => sum + ((day.meanDifference ?? 0) * day.labelled) / length, 0);
    expect(text).toContain(`+€${Math.round(perDay)} a day`);
    expect(text).toMatch(/Which traffic does it have\?\n\d+(\.\d)? %/);
    expect(text).toMatch(/What happens next, and when\?\n/);
    expect(text).toMatch(/What is the risk\?\n(No losing day|−?€[\d.,]+ a day)/);
    expect(text).toContain('Pause …');

    // And by keyboard alone, what a number means.
    await page.locator('.glance .tile .meaning').first().focus();
    const tip = page.locator('.glance .tile .meaning:focus-visible .tip');
    await expect.poll(() => tip.innerText()).toContain('EUR a day, challenger minus incumbent');
  });

  it('sees the same on a phone, without scrolling sideways', async () => {
    const { page } = await open('', {
      viewport: { width: 400, height: 1100 },
      hasTouch: true,
      isMobile: true,
    });
    expect(await onScreen(page)).toMatch(
      /Is the model proven\?[\s\S]*a day[\s\S]*traffic[\s\S]*next, and when[\s\S]*risk/,
    );
    await seeAll(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  });
});

describe('the engineer', () => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await open());
    await onScreen(page);
  });

  it('reads each chart by keyboard: the day, the number, the unit', async () => {
    const reader = page.locator('#chart-daily [role=slider]');
    await reader.focus();
    await page.keyboard.press('Home');
    await expect
      .poll(() => reader.getAttribute('aria-valuetext'))
      .toMatch(new RegExp(`^${trial.from}: [+−]€[\\d.]+ per record, \\d+\u00a0records with an outcome`));
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => reader.getAttribute('aria-valuenow')).toBe('1');
  });

  it('finds every day with its steps, and behind a date its looks, its job and its files', async () => {
    const rows = page.locator('table.grid > tbody > tr');
    await expect.poll(() => rows.count()).toBe(found.days.length);
    await page.getByRole('button', { name: trial.from }).click();
    const detail = page.locator('tr.detail');
    await expect.poll(() => detail.innerText()).toContain(`penumbra-synthetic-${trial.from}`);
    await detail.getByText('PartitionReady').click();
    await expect.poll(() => detail.innerText()).toContain(`synthetic/records/date=${trial.from}/part-0.csv`);
    // A trial has nothing on AWS to lead to, and says so.
    const file = detail.getByText(`synthetic/records/date=${trial.from}/part-0.csv`, { exact: true }).first();
    expect(await file.getAttribute('title')).toContain('Not on AWS');
    expect(await detail.locator('a.external').count()).toBe(0);
    expect(await detail.getByRole('row').count()).toBeGreaterThan(1);
  });

  it('finds how good the scores are, and on hover what that means', async () => {
    const measures = page.locator('#scores .measures');
    // All mature days of this trial are among the last 28.
    const { auc, brier } = found.cumulative;
    await expect.poll(() => measures.innerText()).toContain(String(Number((auc ?? 0).toFixed(3))));
    expect(await measures.innerText()).toContain(String(Number((brier ?? 0).toFixed(4))));
    await measures.locator('.meaning').first().hover();
    const tip = measures.locator('.meaning:hover .tip');
    await expect.poll(() => tip.innerText()).toContain('0.5 is chance, 1 is perfect');
  });

  it('goes back to any review, and sees what was known with it', async () => {
    const slider = page.getByRole('slider', { name: 'As it was known on' });
    await slider.focus();
    await page.keyboard.press('Home');
    const first = found.reviews[0];
    await expect.poll(() => page.locator('.past').innerText()).toContain(`the review of ${first?.asOf}`);
    expect(await page.locator('.glance').innerText()).toContain('None');
    expect(await page.getByRole('button', { name: 'Pause …' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Back to the latest' }).click();
    await expect.poll(() => page.locator('.past').count()).toBe(0);
    expect(page.url()).not.toContain('asOf');
  });

  it('plays another policy on the same evidence, side by side', async () => {
    await page.getByLabel('Mature days in shadow').fill('900');
    await page.getByRole('button', { name: 'Compare' }).click();
    const table = page.getByRole('table', { name: /Recorded and other policy/ });
    const other = table.locator('tr.other').first();
    await expect.poll(() => other.innerText()).toContain('never');
    expect(await table.locator('tr.recorded').first().innerText()).not.toContain('never');
    await page.getByLabel('Stages, percent').fill('50, 5');
    await page.getByRole('button', { name: 'Compare' }).click();
    await expect.poll(() => page.locator('#backtest [role=alert]').innerText()).toMatch(/does not grow/);
  });
});

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it('has no serious issue of accessibility, no error, and asks nobody else', async () => {
    const { page, errors, strays } = await open('', { colorScheme });
    await onScreen(page);
    await seeAll(page);
    await expect.poll(() => page.locator('figure.chart svg.plot').count()).toBeGreaterThan(7);
    await page.getByRole('button', { name: trial.from }).click();
    await expect.poll(() => page.locator('tr.detail .events li').count()).toBeGreaterThan(3);
    expect(await seriousIssues(page)).toEqual([]);
    await page.getByRole('button', { name: 'Pause …' }).click();
    expect(await seriousIssues(page)).toEqual([]);
    expect(errors).toEqual([]);
    expect(strays).toEqual([]);
  });
});

describe('where something is missing', () => {
  it('says that there is no such deployment, and what to do', async () => {
    const { page } = await open('?deployment=nothing');
    await expect
      .poll(() => page.getByRole('alert').innerText())
      .toContain('there is no deployment "nothing"');
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
  });

  it('keeps what it has where the server is gone, and says that it is older', async () => {
    const { page } = await open();
    await onScreen(page);
    await page.route('**/history*', (route) => route.abort());
    await page.getByRole('button', { name: 'One review back' }).click();
    await expect.poll(() => page.locator('.stale').innerText()).toContain('Nothing answers at this address');
    expect(await page.locator('.glance .tile').count()).toBe(4);
  });
});

it('pauses with a reason and the command key, and the log has it', async () => {
  const { page } = await open();
  await onScreen(page);
  await page.getByRole('button', { name: 'Pause …' }).click();
  await page.getByLabel(/^Reason/).fill('the audit is on Friday');
  await page.getByLabel('Command key').fill('not-the-key');
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect.poll(() => page.locator('dialog [role=alert]').innerText()).toContain('not known here');
  await page.getByLabel('Command key').fill(key);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect.poll(() => page.locator('.glance').innerText()).toContain('Paused');
  expect(await page.locator('.said').innerText()).toMatch(/recorded as synthetic\/rollout\/\d{6}/);
  expect(await page.locator('.glance').innerText()).toContain('The audit is on Friday.');
  expect(await page.locator('.interventions').innerText()).toContain('paused the rollout');

  // The key is in no storage, and the next command does not ask for it again.
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([
    0,
    0,
    '',
  ]);
  await page.getByRole('button', { name: 'Resume …' }).click();
  expect(await page.getByLabel('Command key').count()).toBe(0);
  await page.getByLabel(/^Reason/).fill('it went well');
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect.poll(() => page.getByRole('button', { name: 'Pause …' }).count()).toBe(1);

  server.child.kill('SIGINT');
  await server.ended;
  const log = await recordedLog(trial.dataDir, 'synthetic');
  expect(log.slice(-2).map(({ event }) => event)).toEqual([
    { type: 'RolloutPaused', data: { reason: 'the audit is on Friday' } },
    { type: 'RolloutResumed', data: { reason: 'it went well' } },
  ]);
  expect(log.at(-1)?.actor.kind).toBe('person');
});

it('is written down for people without access, and printed', async () => {
  const [out, pdf] = ['report.html', 'report.pdf'].map((name) => join(trial.folder, name));
  const args = ['--as-of', found.asOf, '--out', out ?? '', '--pdf', pdf ?? ''];
  const { code, stdout, stderr } = await runHere('report', trial.dataDir, ...args);
  expect([code, stderr, stdout]).toEqual([0, '', `${out}\n${pdf}\n`]);
  const html = await readFile(out ?? '', 'utf8');
  expect(html).toContain(found.rollout.certificate?.sha256);
  expect(html).toContain('How outcomes come in');
  expect(html).not.toMatch(/<script|<link|\ssrc=/);
  expect((await readFile(pdf ?? '')).subarray(0, 5).toString()).toBe('%PDF-');
});
