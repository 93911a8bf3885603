import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { fold } from './decider.ts';
import { ROLLOUT_FOLD, rollout } from './rollout.ts';
import type { RolloutEvent } from './rollout-events.ts';
import { exampleDefinition } from './testing/example-definition.ts';
import {
  approved,
  move,
  overridden,
  paused,
  registered,
  resumed,
  reviewed,
} from './testing/rollout-examples.ts';

/** By fold, a fingerprint of what it makes of the story below. Added with a new fold, never edited. */
const MADE_BY: Readonly<Record<number, string>> = {
  1: 'b1b2406192684860',
};

const story: RolloutEvent[] = [
  registered(),
  reviewed('2001-02-20', move('hubs', 'promote', 0, 1)),
  reviewed('2001-02-21', move('hubs', 'hold', 1, 1)),
  approved('hubs', 2),
  paused(),
  resumed(),
  reviewed('2001-03-20', move('hubs', 'promote', 1, 2)),
  reviewed('2001-03-21', move('hubs', 'roll-back', 2, 0)),
  reviewed('2001-04-20', move('hubs', 'promote', 0, 1)),
  overridden(null),
  {
    type: 'DefinitionRevised',
    data: { definition: { ...exampleDefinition, description: 'clearer' }, definitionVersion: 2 },
  },
  {
    type: 'DefinitionRevised',
    data: {
      definition: { ...exampleDefinition, model: { modelName: 'another' } } as typeof exampleDefinition,
      definitionVersion: 3,
    },
  },
  reviewed('2001-05-20', move('hubs', 'promote', 0, 1)),
];

it('the fold of a rollout is the one that kept snapshots were made by, or has a number of its own', () => {
  const prints = story.map((_, index) => {
    // A definition gains fields with defaults; it is what was registered, and nothing that the fold makes.
    const { definition: _definition, ...state } = fold(rollout, story.slice(0, index + 1));
    return JSON.stringify(state);
  });
  const now = createHash('sha256').update(prints.join('\n')).digest('hex').slice(0, 16);
  expect(
    MADE_BY[ROLLOUT_FOLD],
    'Snapshots that are kept were made by another fold. Raise ROLLOUT_FOLD in rollout.ts, and add its fingerprint ' +
      `here: ${now}`,
  ).toBe(now);
});
