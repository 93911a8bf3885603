import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { ReportDocument } from './document.ts';
import { renderReport } from './report.ts';
import { historyFixture } from './testing/history-fixture.ts';
import { trialFixture } from './testing/trial-fixture.ts';

/** The page's text as a reader sees it, whatever spaces hold it together. */
function readable(document: ReportDocument): string {
  const { document: page } = parseHTML(renderReport(document));
  for (const style of page.querySelectorAll('style')) style.remove();
  return (page.documentElement.textContent ?? '').replace(/\s+/g, ' ');
}

const everyCase: readonly (readonly [string, ReportDocument])[] = [
  ['sixty days', trialFixture()],
  ['no mature day', trialFixture({ days: 2 })],
  ['a single day', trialFixture({ days: 1, maturityDays: 0, held: {} })],
  [
    'only held days',
    trialFixture({
      days: 5,
      held: Object.fromEntries([0, 1, 2, 3, 4].map((day) => [day, 'the transform failed'])),
    }),
  ],
  ['regression', trialFixture({ regression: true, currency: 'EUR' })],
  ['losses', trialFixture({ slices: [{ slice: 'all', effect: -3, rows: 500 }] })],
  ['twenty slices, 400 days', manySlices()],
  ['a history', historyFixture()],
  ['a history of a regression', historyFixture({ regression: true })],
];

function manySlices(): ReportDocument {
  const slices = Array.from({ length: 20 }, (_, index) => ({
    slice: `slice-${index}`,
    effect: 1.5 - index * 0.12,
    rows: 900,
  }));
  return trialFixture({ days: 400, slices });
}

describe.each(everyCase)('the report of %s', (_, document) => {
  const page = renderReport(document);

  test('is one file that reaches for nothing', () => {
    const { document: dom } = parseHTML(page);
    const policy = dom.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content');
    expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    expect(page).not.toMatch(/<script|<link|@import|url\(|\ssrc=/);
    expect(page.replace(/xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:/);
  });

  test('is the same on every rendering', () => {
    expect(renderReport(structuredClone(document))).toBe(page);
  });

  test('shows no number that is none, and no negative zero', () => {
    expect(page).not.toMatch(/NaN|Infinity|undefined|\[object/);
    expect(readable(document)).not.toMatch(/[-−]\$0\.0+(?!\d)/);
  });

  test('names every picture and captions every table', () => {
    const { document: dom } = parseHTML(page);
    const pictures = [...dom.querySelectorAll('svg.plot')];
    for (const picture of pictures) {
      expect(picture.getAttribute('role')).toBe('img');
      const [title, description] = (picture.getAttribute('aria-labelledby') ?? '').split(' ');
      expect(dom.getElementById(title ?? '')?.textContent).not.toBe('');
      expect(dom.getElementById(description ?? '')?.textContent).not.toBe('');
    }
    for (const table of dom.querySelectorAll('table')) expect(table.querySelector('caption')).not.toBeNull();
    const ids = [...dom.querySelectorAll('[id]')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the report answers the owner first', () => {
  const text = readable(trialFixture());

  test('whether it is proven and where, what it earns, what it decides, what comes next', () => {
    expect(text).toContain('it earns more than the incumbent in regional, midsize and large');
    expect(text).toContain('stays within the margin in hub');
    expect(text).toMatch(/it would have earned \$[\d.]+ more per record and \$[\d,]+ more per day/);
    expect(text).toContain('100 % of regional and 5 % of midsize');
    expect(text).toContain('midsize is next in order, from 5 % to 25 % of its traffic');
  });

  test('what a false positive is here, and what it costs', () => {
    expect(text).toContain('acted, and late was 0: a false alarm');
    expect(text).toContain('−$60.00');
  });

  test('each change with its reasons, and the days that are no evidence with theirs', () => {
    expect(text).toContain('▲ promoted 0 % → 1 %');
    expect(text).toContain('The lower bound is above minus the margin after 21 days.');
    expect(text).toContain('2001-02-25: The transform failed 3 times: AlgorithmError.');
  });

  test('what was assumed', () => {
    expect(text).toContain('at least 95 % of a date’s records must have an outcome by then');
    expect(text).toContain('may earn $0.25 per record less');
  });
});

test('a history has its scores and its outcomes too, and the certificate of its review', () => {
  const history = historyFixture();
  const { document: page } = parseHTML(renderReport(history, { simulated: false }));
  const text = (page.documentElement.textContent ?? '').replace(/\s+/g, ' ');
  expect(text).toContain('flight-delays: shadow deployment, 2001-02-01 to 2001-04-01');
  expect(text).toContain('scored by the challenger, whoever decided it');
  for (const title of ['How outcomes come in', 'Does a score mean what it says?', 'Which scores it gives']) {
    expect(text).toContain(title);
  }
  expect(text).toContain(history.rollout.certificate?.sha256);
});

test('a loss is told as a loss, and a slice that was rolled back as that', () => {
  const slices = [{ slice: 'regional', effect: 2, rows: 3000, turnsAt: 60, later: -9 }];
  const text = readable(trialFixture({ days: 120, slices }));
  expect(text).toContain('it does harm in regional (rolled back)');
  expect(text).toMatch(/it would have earned \$[\d.]+ less per record/);
  expect(text).toContain('▼ rolled back 100 % → 0 %');
});

test('a regression is judged by its errors and has no confusion', () => {
  const text = readable(trialFixture({ regression: true, currency: 'EUR' }));
  expect(text).toContain('Mean absolute error');
  expect(text).toContain('Each unit too low');
  expect(text).not.toContain('False positive');
});

test('before the first mature day it says when there will be evidence', () => {
  const text = readable(trialFixture({ days: 2 }));
  expect(text).toContain('No verdict yet: none of 2 days is mature.');
  expect(text).toContain('The first day can become evidence on 2001-02-04');
});

test('text of others is text: in elements, attributes and pictures', () => {
  const hostile = `<script>alert("1")</script>' onload='x' & <img src=x>`;
  const fixture = trialFixture({ description: hostile, held: { 8: hostile } });
  const document: ReportDocument = {
    ...fixture,
    deployment: hostile,
    dataDir: hostile,
    slices: fixture.slices.map((slice) => ({
      ...slice,
      slice: `${hostile}${slice.slice}`,
      reasons: [hostile],
    })),
    reviews: fixture.reviews.map((review) => ({
      ...review,
      slices: review.slices.map((slice) => ({
        ...slice,
        slice: `${hostile}${slice.slice}`,
        rule: hostile,
        reasons: [hostile],
      })),
    })),
  };
  const { document: page } = parseHTML(renderReport(document));
  expect(page.querySelectorAll('script, img, [onload]')).toHaveLength(0);
  expect(page.querySelector('title')?.textContent).toContain(hostile);
  expect(page.querySelector('#slices tbody th')?.textContent).toBe(`${hostile}regional`);
  expect(page.querySelector('svg.plot circle ~ path title, svg.plot path title')?.textContent).toContain(
    hostile,
  );
});
