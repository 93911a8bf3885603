import type { History } from '@penumbra/core/history';
import { describe, expect, test } from 'vitest';
import { answers } from './answers.ts';
import { findings } from './findings.ts';
import { historyFixture } from './testing/history-fixture.ts';

const asked = (history: History) => answers(history, findings(history));
const plain = (text: string) => text.replace(/\u00a0/g, ' ');

describe('what the owner reads in ten seconds', () => {
  test('a proven model: where, what it earns a day, which traffic it has, what comes next and when', () => {
    const history = historyFixture();
    const { proven, money, traffic, next, risk } = asked(history);
    expect(proven).toMatchObject({ value: 'Yes', tone: 'good' });
    expect(money.value).toMatch(/^\+\$[\d,]+ a day$/);
    expect(money.meaning).toContain('USD a day, challenger minus incumbent');
    expect(plain(traffic.detail)).toBe('100 % of regional and 5 % of midsize. 2 slices in shadow.');
    expect(plain(next.value)).toBe('midsize 5 % → 25 %');
    expect(plain(next.detail)).toBe(
      'On 2001-04-07 at the earliest. It needs 6 more mature days in this stage.',
    );
    expect(risk.value).toMatch(/^(No losing day|−\$[\d,.]+ a day)$/);
  });

  test('a model that loses: as a loss, not as a gain', () => {
    const history = historyFixture({ slices: [{ slice: 'all', effect: -3, rows: 500 }] });
    const { proven, money } = asked(history);
    expect(proven).toMatchObject({ value: 'No, it does harm', tone: 'bad' });
    expect(money).toMatchObject({ question: 'What would it have lost?', tone: 'bad' });
    expect(money.value).toMatch(/^−\$[\d,]+ a day$/);
  });

  test('before the first mature day: nothing is claimed', () => {
    const { proven, money } = asked(historyFixture({ days: 2 }));
    expect(proven.value).toBe('Not known yet');
    expect(money).toMatchObject({ value: '–', detail: 'Known with the first mature day.' });
  });

  test('paused: why, and that harm is still rolled back', () => {
    const { next } = asked(historyFixture({}, { paused: 'the audit is on Friday' }));
    expect(next.value).toBe('Paused');
    expect(next.detail).toContain('The audit is on Friday.');
    expect(next.detail).toContain('what harms is still rolled back');
  });

  test('a step that no number of days brings has no date', () => {
    const step = {
      slice: 'regional',
      stage: 1,
      percent: 1,
      missing: ["a person's approval of stage 1"],
      reviews: null,
      projected: false,
    };
    const { next } = asked(historyFixture({}, { ahead: [step] }));
    expect(next.detail).toBe("No date yet. It needs a person's approval of stage 1.");
  });

  test('a step that still needs proof has a date only as long as the effect stays', () => {
    const step = {
      slice: 'hub',
      stage: 1,
      percent: 1,
      missing: ['9 more mature days at this effect'],
      reviews: 9,
      projected: true,
    };
    const { next } = asked(historyFixture({}, { ahead: [step] }));
    expect(next.detail).toMatch(/^About 2001-04-10, if the effect stays as it is\. It needs 9 more/);
  });

  test('everything served: nothing is left but the watch', () => {
    const done = {
      slice: 'regional',
      stage: null,
      percent: null,
      missing: [],
      reviews: null,
      projected: false,
    };
    const { next } = asked(historyFixture({}, { ahead: [done] }));
    expect(next).toMatchObject({
      value: 'Nothing',
      detail: expect.stringContaining('can still roll it back'),
    });
  });

  test('all in shadow: the risk is nothing yet, and the next step is priced', () => {
    const history = historyFixture({ days: 20, slices: [{ slice: 'all', effect: 0, rows: 1000 }] });
    const { traffic, risk } = asked(history);
    expect(traffic).toMatchObject({ value: 'None', detail: 'All 1\u00a0slice in shadow.' });
    expect(risk.value).toBe('$0.00 a day');
    expect(plain(risk.detail)).toMatch(/With all at 1 % the worst day would have cost \$\d+/);
  });
});
