import { addDays } from '@penumbra/core/calendar';
import { rollout } from '@penumbra/core/rollout';
import type { RolloutEvent, RolloutReview } from '@penumbra/core/rollout-events';
import { describe, expect, it } from 'vitest';
import { nextStep } from './next-step.ts';
import { definitionWith, play } from './testing/virtual-rollout.ts';
import { START, sliceOf, virtualRollout } from './virtual-rollout.ts';

const POLICY = {
  shadowDays: 10,
  stages: [10, 50, 100].map((percent) => ({ percent, minDays: 3, minRows: 0 })),
};
const MATURITY = 4;
const definition = definitionWith(POLICY, {
  outcomes: { format: 'csv', id: 'id', label: 'late', maturityDays: MATURITY },
});

/** What the next step of the first slice takes, as of each review. */
function aheadAt(reviews: readonly RolloutReview[], of = definition) {
  const registered: RolloutEvent = {
    type: 'DeploymentRegistered',
    data: { definition: of, definitionVersion: 1, startDate: START },
  };
  let state = rollout.evolve(rollout.initial, registered);
  return reviews.map((review) => {
    state = rollout.evolve(state, { type: 'RolloutReviewed', data: review });
    const [first] = review.slices;
    if (!first) throw new Error('no slice');
    return { asOf: review.asOf, action: first.action, ahead: nextStep(of, state, review, first) };
  });
}

describe('when the next step comes', () => {
  it('is the day on which it came, where only time was missing', () => {
    const swing = (index: number) => [0.2, 0.2, -0.2, -0.2][index % 4] ?? 0;
    const reviews = play(virtualRollout(definition), 40, (index) => ({
      regional: sliceOf(1000, 2 + swing(index)),
    }));
    const told = aheadAt(reviews);
    const promoted = told.flatMap(({ asOf, action }) => (action === 'promote' ? [asOf] : []));
    expect(promoted).toHaveLength(3);
    const sure = told.filter(({ ahead }) => !ahead.projected);
    expect(sure.length).toBeGreaterThan(20);
    for (const { asOf, ahead } of sure) {
      const coming = promoted.find((date) => date > asOf);
      const said = ahead.reviews === null ? undefined : addDays(asOf, ahead.reviews);
      expect([asOf, said]).toEqual([asOf, coming]);
    }
  });

  it('has no date where no number of days would be proof', () => {
    const reviews = play(virtualRollout(definition), 20, (index) => ({
      regional: sliceOf(1000, index % 2 === 0 ? 1 : -1.5),
    }));
    expect(aheadAt(reviews).at(-1)?.ahead).toMatchObject({ stage: 1, reviews: null });
  });

  it('has no date where a person must approve', () => {
    const manual = definitionWith({ ...POLICY, stages: [{ percent: 100, approval: 'manual' }] });
    const reviews = play(virtualRollout(manual), 15, () => ({ regional: sliceOf(1000, 2) }));
    const last = aheadAt(reviews, manual).at(-1)?.ahead;
    expect(last?.missing).toContain("a person's approval of stage 1");
    expect(last?.reviews).toBeNull();
  });
});
