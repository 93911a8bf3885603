import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** What the console called an error, and what nobody caught. */
  readonly errors: string[];
  /** Addresses elsewhere that were asked for. */
  readonly strays: string[];
}

/** Opens a page and remembers what it must not do. */
export async function watchedPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 860 }, ...options });
  const page = await context.newPage();
  const { origin } = new URL(url);
  const errors: string[] = [];
  const strays: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('request', (request) => {
    const asked = new URL(request.url());
    if (asked.protocol !== 'data:' && asked.origin !== origin) strays.push(request.url());
  });
  await page.goto(url);
  return { page, errors, strays };
}

/** Scrolls through a page, so that everything on it is drawn. */
export async function seeAll(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const height = () => document.documentElement.scrollHeight;
    for (let y = 0; y < height(); y += 600) {
      scrollTo(0, y);
      // Two frames: one for what observes the scrolling, one for what it draws.
      for (const _ of [1, 2]) await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    scrollTo(0, 0);
  });
}
