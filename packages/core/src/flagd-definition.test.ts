import { describe, expect, it } from 'vitest';
import { toFlagdDefinition } from './flagd-definition.ts';
import type { RolloutDocument } from './rollout-document.ts';

const document: RolloutDocument = {
  deployment: 'rebooking',
  version: 7,
  definitionVersion: 2,
  asOf: '2001-02-27',
  validUntil: '2001-03-03T00:00:00Z',
  certificate: { reviewId: 'rebooking/review/2001-02-27', sha256: 'ab' },
  slices: [
    { slice: 'small', when: [{ field: 'passengers', below: 100 }], percent: 5 },
    { slice: 'hubs', when: [{ field: 'airport', oneOf: ['ATL', '7'] }], percent: 0 },
  ],
};

describe('a rollout as a flag definition of flagd', () => {
  it('has the arms as variants, the slices as targeting, an end, and the review as metadata', () => {
    const passengers = { var: 'passengers' };
    expect(toFlagdDefinition(document)).toEqual({
      ok: true,
      value: {
        $schema: 'https://flagd.dev/schema/v0/flags.json',
        flags: {
          rebooking: {
            state: 'ENABLED',
            variants: { challenger: 'challenger', incumbent: 'incumbent' },
            defaultVariant: 'incumbent',
            targeting: {
              if: [
                { '<': [{ var: '$flagd.timestamp' }, 983_577_600] },
                {
                  if: [
                    {
                      and: [
                        { '!': [{ in: [passengers, [null, true, false]] }] },
                        { '!==': [{ cat: [passengers] }, passengers] },
                        { '<': [passengers, 100] },
                      ],
                    },
                    {
                      fractional: [
                        ['challenger', 5000],
                        ['incumbent', 95_000],
                      ],
                    },
                    { in: [{ var: 'airport' }, ['ATL', '7', 7]] },
                    'incumbent',
                    'incumbent',
                  ],
                },
                'incumbent',
              ],
            },
            metadata: {
              version: 7,
              definitionVersion: 2,
              reviewId: 'rebooking/review/2001-02-27',
              reviewSha256: 'ab',
              validUntil: '2001-03-03T00:00:00Z',
            },
          },
        },
      },
    });
  });

  it.each(['a.b', '', '7', '$flagd'])(
    'cannot be made where JsonLogic has no name for the field %j',
    (field) => {
      const slices = [{ slice: 'odd', when: [{ field, equals: 1 }], percent: 0 }];
      const made = toFlagdDefinition({ ...document, slices });
      expect(made).toMatchObject({ ok: false, problems: [{ where: 'slice odd' }] });
    },
  );
});
