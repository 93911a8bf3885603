import { describe, expect, it } from 'vitest';
import { fold } from './decider.ts';
import { rollout } from './rollout.ts';
import { projectRollout } from './rollout-document.ts';
import { exampleDefinition } from './testing/example-definition.ts';
import { move, overridden, registered, reviewed } from './testing/rollout-examples.ts';

describe('what production applications read', () => {
  it('is nothing before the deployment is registered', () => {
    expect(projectRollout(rollout.initial, 0)).toBeUndefined();
  });

  it('is every slice at 0 % before the first review', () => {
    expect(projectRollout(fold(rollout, [registered()]), 1)).toEqual({
      deployment: 'rebooking',
      version: 1,
      definitionVersion: 1,
      asOf: null,
      validUntil: null,
      slices: exampleDefinition.slices.map(({ slice, when }) => ({ slice, when, percent: 0 })),
    });
  });

  it('is the percentage of each slice in order of the definition, valid for three days after the review', () => {
    const state = fold(rollout, [
      registered(),
      reviewed('2001-02-27', move('small-airports', 'promote', 0, 2)),
    ]);
    const document = projectRollout(state, 2);
    expect(document).toMatchObject({ version: 2, asOf: '2001-02-27', validUntil: '2001-03-03' });
    expect(document?.slices.map(({ slice, percent }) => [slice, percent])).toEqual([
      ['small-airports', 5],
      ['hubs', 0],
    ]);
  });

  it('is 0 % everywhere after the kill switch', () => {
    const history = [
      registered(),
      reviewed('2001-02-27', move('small-airports', 'promote', 0, 2)),
      overridden(null),
    ];
    expect(projectRollout(fold(rollout, history), 3)?.slices.map(({ percent }) => percent)).toEqual([0, 0]);
  });
});
