import { expect, test } from 'vitest';
import { trialFixture } from './testing/trial-fixture.ts';
import { changes, exposureSteps, holds } from './traffic-changes.ts';

const turning = trialFixture({
  days: 120,
  slices: [{ slice: 'regional', effect: 2, rows: 3000, turnsAt: 60, later: -9 }],
});

test('changes are the reviews that moved traffic, in order of time', () => {
  const moves = changes(turning);
  expect(moves.map(({ to }) => to.percent)).toEqual([1, 5, 25, 50, 100, 0]);
  expect(moves.at(-1)?.action).toBe('roll-back');
});

test('runs of holds and changes account for every review of a slice', () => {
  const held = holds(turning).reduce((sum, { reviews }) => sum + reviews, 0);
  expect(held + changes(turning).length).toBe(turning.reviews.length);
});

test('exposure starts in shadow on the first date and ends where the slice stands', () => {
  const steps = exposureSteps(turning, 'regional');
  expect(steps[0]).toEqual({ date: turning.from, percent: 0 });
  expect(steps.at(-1)).toEqual({ date: turning.asOf, percent: 0 });
});

test('a slice that a review finds elsewhere than the one before left it was moved by somebody else', () => {
  const document = trialFixture();
  const reviews = document.reviews.map((review, index) =>
    index < 40
      ? review
      : {
          ...review,
          slices: review.slices.map((slice) => ({
            ...slice,
            from: { stage: 0, percent: 0 },
            to: { stage: 0, percent: 0 },
            action: 'hold' as const,
          })),
        },
  );
  const outside = changes({ ...document, reviews }).filter(({ action }) => action === 'outside');
  expect(outside).toMatchObject([{ slice: 'regional', to: { percent: 0 }, evidence: null }]);
});
