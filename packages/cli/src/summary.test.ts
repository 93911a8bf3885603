import { trialFixture } from '@penumbra/report/testing/trial-fixture';
import { describe, expect, test } from 'vitest';
import { renderSummary } from './summary.ts';

const ESCAPE = '\u001b';
const plain = { colour: false, width: 80, reportPath: 'report.html' };

describe.each([80, 120])('at %i columns', (width) => {
  const long = Array.from({ length: 20 }, (_, index) => ({
    slice: `a-slice-with-quite-a-long-name-${index}`,
    effect: 1 - index * 0.1,
    rows: 9000,
  }));
  const document = trialFixture({
    days: 200,
    slices: long,
    held: {
      5: 'a reason that goes on and on, far beyond what fits on one line of a terminal, to no end at all',
    },
  });

  test('no line is longer', () => {
    const lines = renderSummary(document, { ...plain, width }).split('\n');
    expect(lines.filter((line) => line.length > width)).toEqual([]);
  });
});

test('it says the answer, the slices, the decisions, the held days, and where to look', () => {
  const text = renderSummary(trialFixture(), plain);
  expect(text.replace(/\s+/g, ' ')).toContain(
    'it earns more than the incumbent in regional, midsize and large',
  );
  expect(text).toMatch(/^regional +5\/5 +100 % +▲ Exceeds +54 +130,486 +\+\$2\.30 +\+\$1\.97$/m);
  expect(text).toMatch(/^2001-02-26 +regional +▲ 0 % → 1 % +The lower bound is above/m);
  expect(text).toContain('3 days of 60 held back');
  expect(text).toMatch(/^2001-02-10 +Outcome coverage 91 % is below 95 %\.$/m);
  expect(text).toMatch(/^Report +report\.html/m);
  expect(text).toMatch(/^Data +\.penumbra\/flight-delays/m);
});

test('colour adds escapes and changes nothing else', () => {
  const coloured = renderSummary(trialFixture(), { ...plain, colour: true });
  expect(coloured).toContain(ESCAPE);
  const pattern = new RegExp(`${ESCAPE}\\[\\d+m`, 'g');
  expect(coloured.replace(pattern, '')).toBe(renderSummary(trialFixture(), plain));
});

test('text of others does not steer the terminal', () => {
  const text = renderSummary(trialFixture({ held: { 3: `bad ${ESCAPE}[2J\u0007 reason` } }), plain);
  expect(text).not.toContain(ESCAPE);
  expect(text).toContain('2001-02-04  Bad [2J reason.');
});

test('without evidence or reviews it says so', () => {
  const text = renderSummary(trialFixture({ days: 2 }), { colour: false, width: 80 });
  expect(text).toContain('No verdict yet');
  expect(text).toContain('No review yet.');
  expect(text).not.toContain('Report');
});
