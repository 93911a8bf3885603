import type { RolloutReview, SliceReview } from '@penumbra/core/rollout-events';
import { describe, expect, it } from 'vitest';
import { announcementsOf, digestOf } from './announcements.ts';

const slice = (
  name: string,
  action: SliceReview['action'],
  percent: number,
  reason: string,
): SliceReview => ({
  slice: name,
  from: { stage: 2, percent: 25 },
  to: { stage: percent === 0 ? 0 : 3, percent },
  action,
  rule: 'a rule',
  reasons: [reason],
  evidence: {} as SliceReview['evidence'],
  daysInStage: 4,
});

const review = (...slices: SliceReview[]): RolloutReview => ({
  asOf: '2001-02-03',
  definitionVersion: 1,
  entered: [],
  held: [{ date: '2001-02-01', reason: 'its records were never closed' }],
  slices,
});

describe('what a review tells', () => {
  it('is what was decided of each slice, and why, without the evidence', () => {
    expect(announcementsOf('rebooking', review(slice('short', 'promote', 50, 'It was better.')))).toEqual([
      {
        type: 'RolloutReviewed',
        detail: {
          deployment: 'rebooking',
          asOf: '2001-02-03',
          slices: [
            {
              slice: 'short',
              from: { stage: 2, percent: 25 },
              to: { stage: 3, percent: 50 },
              action: 'promote',
              rule: 'a rule',
              reasons: ['It was better.'],
            },
          ],
          heldDays: 1,
        },
      },
    ]);
  });

  it('is also that slices were rolled back, where some were', () => {
    const slices = [
      slice('short', 'roll-back', 0, 'It cost more.'),
      slice('long', 'hold', 25, 'It is early.'),
    ];
    expect(announcementsOf('rebooking', review(...slices))[1]).toMatchObject({
      type: 'RolledBack',
      detail: {
        deployment: 'rebooking',
        by: 'review as of 2001-02-03',
        reason: 'short: It cost more.',
        slices: ['short'],
        text: expect.stringMatching(/^rebooking: short rolled back \(review as of 2001-02-03\)\n/),
      },
    });
  });
});

describe('the digest of thousands of deployments', () => {
  it('fits the bus, and says how many they are', () => {
    const name = (index: number) => `a-deployment-with-a-long-name-${index}`;
    const entries = Array.from({ length: 10_000 }, (_, index) => ({
      deployment: name(index),
      failed: 'why',
    }));
    const { detail } = digestOf('2001-02-03', entries);
    expect(detail).toMatchObject({ deploymentCount: 10_000 });
    expect(JSON.stringify(detail).length).toBeLessThan(256 * 1024);
  });
});
