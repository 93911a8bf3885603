import { type LoopbackServer, startLoopbackServer } from '@penumbra/cli/loopback-server';
import { withPage } from '@penumbra/cli/with-page';
import { inMemoryDeploymentRegistry } from '@penumbra/core/in-memory-deployment-registry';
import { inMemoryEventLog } from '@penumbra/core/in-memory-event-log';
import { inMemoryExposureBatches } from '@penumbra/core/in-memory-exposure-batches';
import { inMemoryRolloutDocuments } from '@penumbra/core/in-memory-rollout-documents';
import { rolloutReader } from '@penumbra/core/pipeline/deployments';
import { importEvent } from '@penumbra/core/pipeline/import-log';
import { publishRollout } from '@penumbra/core/pipeline/publish-rollout';
import { syntheticLog } from '@penumbra/core/testing/synthetic-log';
import { buildPageIfNeeded, pageFiles } from '@penumbra/dashboard/build';
import { createApi } from '@penumbra/functions/api/app';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startChromium } from './dashboard/chromium.ts';
import { seeAll, watchedPage } from './dashboard/watched-page.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const DAYS = 365;
const SLICES = 20;

let server: LoopbackServer;
let browser: Browser;

/** A year of a deployment with many slices, in memory, served as penumbra serve does. */
async function serveYear(): Promise<LoopbackServer> {
  const stores = {
    log: inMemoryEventLog(),
    deployments: inMemoryDeploymentRegistry(),
    documents: inMemoryRolloutDocuments(),
    exposures: inMemoryExposureBatches(),
  };
  for (const event of syntheticLog('a-year', DAYS, SLICES)) await importEvent(stores, event);
  const rollouts = rolloutReader(stores.log);
  await publishRollout(stores, await rollouts('a-year'));
  const api = createApi(
    {
      ...stores,
      rollouts,
      now: () => '2002-01-01T06:00:00.000Z',
      readObject: async () => new Uint8Array(),
      onFailure: ({ error }) => {
        throw error;
      },
    },
    { keys: [], openReads: true },
  );
  await buildPageIfNeeded();
  return startLoopbackServer(withPage(api, await pageFiles()), 0);
}

beforeAll(async () => {
  [server, browser] = await Promise.all([serveYear(), startChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** First date that a chart's axis names. */
const firstTick = (page: Page) =>
  page.locator('#chart-evidence-0 svg.plot g[aria-label="x-axis tick label"] text').first().innerHTML();

it('shows a year of twenty slices, every panel and every day, and pans over it', async () => {
  const { page, errors } = await watchedPage(browser, server.url);
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
