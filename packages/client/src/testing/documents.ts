import type { RolloutDocument } from '@penumbra/core/rollout-document';

/** Valid for two days of the fake clock: a slice that is shared, one in shadow, one that is full. */
export const documentOf = (over: Partial<RolloutDocument> = {}, percent = 25): RolloutDocument => ({
  deployment: 'rebooking',
  version: 2,
  definitionVersion: 1,
  asOf: '2001-02-27',
  validUntil: '2001-03-03T00:00:00Z',
  certificate: { reviewId: 'rebooking/review/2001-02-27', sha256: '0'.repeat(64) },
  slices: [
    { slice: 'small', when: [{ field: 'passengers', below: 100 }], percent },
    { slice: 'hubs', when: [{ field: 'airport', oneOf: ['ATL', 'ORD'] }], percent: 0 },
    { slice: 'west', when: [{ field: 'airport', equals: 'SFO' }], percent: 100 },
  ],
  ...over,
});

/** The same after a kill: a later version at 0 % everywhere. */
export const killedOf = (document: RolloutDocument): RolloutDocument => ({
  ...document,
  version: document.version + 1,
  slices: document.slices.map((slice) => ({ ...slice, percent: 0 })),
});
