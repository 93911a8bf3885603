import type { Intervention } from '@penumbra/core/history';
import { expect, it } from 'vitest';
import { eventOfDefinition } from './definition-of-version.ts';

const did = (version: number, type: Intervention['type']): Intervention => ({
  version,
  type,
  at: '2001-01-01T06:00:00.000Z',
  after: null,
  by: 'ada',
  slice: null,
  reason: '',
});

it('the registration brought the first version of a definition, and each revision the next one', () => {
  const interventions = [
    did(4, 'RolloutPaused'),
    did(5, 'DefinitionRevised'),
    did(6, 'RolloutResumed'),
    did(9, 'DefinitionRevised'),
  ];
  const events = [1, 2, 3, 4].map((version) => eventOfDefinition({ interventions }, version));
  expect(events).toEqual([1, 5, 9, undefined]);
});
