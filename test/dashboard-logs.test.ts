import type { LoopbackServer } from '@penumbra/cli/loopback-server';
import type { StoredEvent } from '@penumbra/core/events';
import { syntheticLog } from '@penumbra/core/testing/synthetic-log';
import type { ApiSettings } from '@penumbra/functions/api/settings';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startChromium } from './dashboard/chromium.ts';
import { seriousIssues } from './dashboard/serious-issues.ts';
import { serveLog } from './dashboard/serve-log.ts';
import { revisedLog, waitingLog } from './dashboard/special-logs.ts';
import { seeAll, type WatchedPage, watchedPage } from './dashboard/watched-page.ts';
import { COMMAND_KEY, keyOf, READ_KEY } from './support/api-harness.ts';

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

/** How much of a history was sent, what it came to, and how long it and the page took. */
const historyLoaded = (page: Page) =>
  page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const entry = entries.find(({ name }) => name.endsWith('/history'));
    return {
      sent: entry?.encodedBodySize ?? 0,
      json: entry?.decodedBodySize ?? 0,
      ms: Math.round(entry?.duration ?? 0),
      shown: Math.round(performance.now()),
    };
  });

/** Notes every frame that is drawn from now on; what it returns tells the milliseconds between them. */
async function countFrames(page: Page): Promise<() => Promise<number[]>> {
  const times = await page.evaluateHandle(() => {
    const drawn: number[] = [];
    const note = (now: number) => {
      drawn.push(now);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    return drawn;
  });
  return () =>
    times.evaluate((drawn) => drawn.slice(1).map((now, index) => Math.round(now - (drawn[index] ?? now))));
}

it('shows a year of twenty slices, every panel and every day, and pans over it', async ({ annotate }) => {
  const { page, errors } = await open(syntheticLog('a-year', DAYS, SLICES));
  await page.locator('.glance .tile').last().waitFor();
  const loaded = await historyLoaded(page);
  expect(loaded.json).toBeGreaterThan(1_000_000);
  expect(loaded.sent).toBeLessThan(loaded.json / 10);
  await annotate(
    `${loaded.json} bytes of JSON, ${loaded.sent} sent; read in ${loaded.ms} ms, answers on screen after ${loaded.shown} ms`,
  );
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
  const frames = await countFrames(page);
  await page.mouse.down();
  await page.mouse.move(x + box.width - 10, y, { steps: 12 });
  await page.mouse.up();
  await annotate(`panning: milliseconds from frame to frame: ${(await frames()).join(', ')}`);
  await expect.poll(() => range.innerText()).toMatch(/^2001-1[01]-\d\d to 2001-1[12]-\d\d$/);
  await expect.poll(() => firstTick(page)).toMatch(/Oct|Nov/);

  // And by the keyboard, to the very start.
  await page.getByRole('slider', { name: 'Last date that the charts show' }).focus();
  await page.keyboard.press('Home');
  await expect.poll(() => range.innerText()).toBe('2001-01-01 to 2001-01-30');
  expect(errors).toEqual([]);
});

it('asks again only whether a history has changed', async () => {
  const { page, errors } = await open(syntheticLog('a-week', 7, 2));
  await page.locator('.glance .tile').last().waitFor();
  await page.clock.install();
  const first = page.waitForResponse('**/history');
  await page.reload();
  expect((await first).status()).toBe(200);
  await page.locator('.glance .tile').last().waitFor();
  const next = page.waitForResponse('**/history');
  await page.clock.fastForward(61_000);
  expect((await next).status()).toBe(304);
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

describe('a log on AWS, whose definition was revised', () => {
  const resources = { region: 'eu-central-1', bucket: 'penumbra-data' };
  const settings = { keys: [], openReads: true, resources };

  it('leads to the job and the files in the AWS console', async () => {
    const { page } = await open(revisedLog(), settings);
    await page.getByRole('button', { name: '2001-01-03' }).click();
    const detail = page.locator('tr.detail');
    for (const type of ['PartitionReady', 'TransformSubmitted']) await detail.getByText(type).click();
    const file = detail.getByRole('link', { name: /records.date=2001-01-03.part-0.csv.*in the AWS console/ });
    expect(await file.first().getAttribute('href')).toBe(
      'https://eu-central-1.console.aws.amazon.com/s3/object/penumbra-data?region=eu-central-1&prefix=a-week%2Frecords%2Fdate%3D2001-01-03%2Fpart-0.csv',
    );
    expect(await file.first().getAttribute('rel')).toContain('noopener');
    const job = detail.getByRole('link', { name: /^penumbra-a-week-2001-01-03-1/ });
    // Above the looks, and in the event that submitted it.
    expect(await job.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))).toEqual(
      Array(2).fill(
        'https://eu-central-1.console.aws.amazon.com/sagemaker/home?region=eu-central-1#/transform-jobs/penumbra-a-week-2001-01-03-1',
      ),
    );
    expect(await seriousIssues(page)).toEqual([]);
  });

  it('leads to the version of the definition that an event names, by keyboard, and by an address to keep', async () => {
    const { page, errors } = await open(revisedLog(), settings);
    const definition = page.locator('.definition');
    await definition.getByText('Definition, version 2, in force').click();
    expect(await definition.innerText()).toContain('"description": "the second"');
    await page.locator('#log').getByText('DeploymentRegistered').click();
    await page.locator('#log').getByRole('link', { name: 'version 1', exact: true }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => definition.innerText()).toContain('Definition, version 1, no longer in force');
    await expect.poll(() => definition.innerText()).toContain('"description": "the first"');
    expect(page.url()).toMatch(/#definition-1$/);
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY');
    await page.goBack();
    await expect.poll(() => definition.innerText()).toContain('version 2');

    const { page: another } = await watchedPage(browser, `${server?.url}/?deployment=a-week#definition-1`);
    const kept = another.locator('.definition');
    await expect.poll(() => kept.innerText()).toContain('"description": "the first"');
    await another.locator('.versions').getByRole('link', { name: '2 (in force)' }).click();
    await expect.poll(() => kept.innerText()).toContain('"description": "the second"');
    await another.goto(`${server?.url}/#definition-7`);
    await expect.poll(() => kept.getByRole('alert').innerText()).toContain('no version 7 of the definition');
    expect(errors).toEqual([]);
  });
});

describe('a slice that waits for a person', () => {
  const settings = {
    keys: [keyOf('reader', 'read', READ_KEY), keyOf('ada', 'command', COMMAND_KEY)],
    openReads: true,
  };
  const rolloutOf = async () =>
    (await fetch(`${server?.url}/v1/deployments/a-week`)).json() as Promise<{
      overridden: string | null;
      slices: { slice: string; percent: number; approvedStage: number }[];
    }>;

  it('is approved with a reason and by who may, by keyboard alone', async () => {
    const { page, errors } = await open(waitingLog(), settings);
    const opens = page.getByRole('button', { name: 'Approve …' });
    await opens.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: /Approve a stage/ });
    await expect.poll(() => dialog.innerText()).toContain('stage 1 of slice-0, 1\u00a0% of its traffic');
    expect(await seriousIssues(page)).toEqual([]);
    // Escape is as good as Cancel, and leads back to the button.
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Approve …');
    await page.keyboard.press('Enter');
    await page.keyboard.type('as the committee said');
    await page.keyboard.press('Tab');
    await page.keyboard.type(READ_KEY);
    await page.keyboard.press('Enter');
    await expect.poll(() => dialog.getByRole('alert').innerText()).toContain('may not command');
    expect((await rolloutOf()).slices[0]?.approvedStage).toBe(0);
    await page.getByLabel('Command key').focus();
    await page.keyboard.type(COMMAND_KEY);
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.locator('.said').innerText())
      .toMatch(/^Approved, and recorded as a-week\/rollout/);
    await expect.poll(() => opens.count()).toBe(0);
    expect((await rolloutOf()).slices).toMatchObject([{ approvedStage: 1 }, { approvedStage: 0 }]);
    expect(await page.locator('.interventions').innerText()).toContain('As the committee said.');
    // The refusal of the wrong key is an error to the console too.
    expect(errors.filter((error) => !error.includes('403'))).toEqual([]);
  });

  it('or whose neighbour is served, is taken back: one slice, or every one', async () => {
    const { page } = await open(waitingLog(), settings);
    await page.getByRole('button', { name: 'Override …' }).click();
    await page.getByLabel('Which slices').selectOption({ label: 'slice-1 only, now at 5\u00a0%' });
    await page.getByLabel(/^Reason/).fill('complaints');
    await page.getByLabel('Command key').fill(COMMAND_KEY);
    await page.getByRole('button', { name: 'Override', exact: true }).click();
    await expect.poll(() => page.locator('.said').innerText()).toMatch(/^Taken back/);
    const { overridden, slices } = await rolloutOf();
    expect([overridden, ...slices.map(({ percent }) => percent)]).toEqual(['complaints', 0, 0]);
    // Nothing is served any more that could be taken back.
    await expect.poll(() => page.getByRole('button', { name: 'Override …' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Resume …' }).count()).toBe(1);
  });
});
