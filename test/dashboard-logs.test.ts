import type { LoopbackServer } from '@penumbra/cli/loopback-server';
import type { StoredEvent } from '@penumbra/core/events';
import { syntheticLog } from '@penumbra/core/testing/synthetic-log';
import type { ApiSettings } from '@penumbra/functions/api/settings';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { startChromium } from './dashboard/chromium.ts';
import { serveLog } from './dashboard/serve-log.ts';
import { seeAll, type WatchedPage, watchedPage } from './dashboard/watched-page.ts';
import { keyOf, READ_KEY } from './support/api-harness.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const DAYS = 365;
const SLICES = 20;

let browser: Browser;
let server: LoopbackServer | undefined;

beforeAll(async () => {
  browser = await startChromium();
});

afterEach(async () => {
  // Its connections end with the pages.
  for (const context of browser.contexts()) await context.close();
  await server?.stop();
});

afterAll(() => browser?.close());

async function open(events: Iterable<StoredEvent>, settings?: ApiSettings): Promise<WatchedPage> {
  server = await serveLog(events, settings);
  return watchedPage(browser, server.url);
}

/** First date that a chart's axis names. */
const firstTick = (page: Page) =>
  page.locator('#chart-evidence-0 svg.plot g[aria-label="x-axis tick label"] text').first().innerHTML();

it('shows a year of twenty slices, every panel and every day, and pans over it', async () => {
  const { page, errors } = await open(syntheticLog('a-year', DAYS, SLICES));
  await page.locator('.glance .tile').last().waitFor();
  await seeAll(page);
  const panels = page.locator('.panel figure.chart svg.plot');
  await expect.poll(() => panels.count()).toBe(SLICES);
  await page.getByRole('button', { name: `Show all ${DAYS} days` }).click();
  expect(await page.locator('table.grid > tbody > tr').count()).toBe(DAYS);
  const looks = page.locator('#chart-evidence-19 [role=slider]');
  expect(await looks.getAttribute('aria-valuemax')).toBe(String(DAYS - 1));

  await page.getByText('30 days', { exact: true }).click();
  const range = page.locator('.range output');
  await expect.poll(() => range.innerText()).toBe('2001-12-02 to 2001-12-31');
  expect(await looks.getAttribute('aria-valuemax')).toBe('29');
  const chart = page.locator('#chart-evidence-0 .reader');
  await chart.scrollIntoViewIfNeeded();
  await expect.poll(() => firstTick(page)).toMatch(/Dec/);

  // Dragging to the right goes back in time, in every chart.
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart is nowhere');
  const [x, y] = [box.x + 5, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + box.width - 10, y, { steps: 12 });
  await page.mouse.up();
  await expect.poll(() => range.innerText()).toMatch(/^2001-1[01]-\d\d to 2001-1[12]-\d\d$/);
  await expect.poll(() => firstTick(page)).toMatch(/Oct|Nov/);

  // And by the keyboard, to the very start.
  await page.getByRole('slider', { name: 'Last date that the charts show' }).focus();
  await page.keyboard.press('Home');
  await expect.poll(() => range.innerText()).toBe('2001-01-01 to 2001-01-30');
  expect(errors).toEqual([]);
});

it('says what to do where there is no deployment', async () => {
  const { page } = await open([]);
  await expect.poll(() => page.locator('main').innerText()).toMatch(/No deployment yet\s+Register one with/);
});

it('asks for a key where reading needs one, and keeps it in memory only', async () => {
  const settings = { keys: [keyOf('reader', 'read', READ_KEY)] };
  const { page } = await open(syntheticLog('a-week', 7, 2), settings);
  await page.getByLabel('Read key').fill('another');
  await page.getByRole('button', { name: 'Look' }).click();
  await page.getByLabel('Read key').fill(READ_KEY);
  await page.getByRole('button', { name: 'Look' }).click();
  await page.locator('.glance .tile').last().waitFor();
  expect(await page.locator('#answers').innerText()).toContain('a-week');
  await page.reload();
  await expect.poll(() => page.getByLabel('Read key').count()).toBe(1);
});

it('chooses between deployments', async () => {
  const { page } = await open([...syntheticLog('a-week', 7, 2), ...syntheticLog('b-week', 7, 1)]);
  await page.locator('.glance .tile').last().waitFor();
  await page.getByLabel('Deployment').selectOption('b-week');
  await expect.poll(() => page.locator('#answers h1').innerText()).toBe('b-week');
  expect(page.url()).toContain('deployment=b-week');
});
