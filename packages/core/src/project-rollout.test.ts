import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalSha256 } from './canonical-json.ts';
import { fold } from './decider.ts';
import { projectRollout } from './project-rollout.ts';
import { rollout } from './rollout.ts';
import { exampleDefinition } from './testing/example-definition.ts';
import {
  move,
  overridden,
  paused,
  registered,
  resumed,
  reviewed,
  reviewOf,
} from './testing/rollout-examples.ts';

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
      certificate: null,
      slices: exampleDefinition.slices.map(({ slice, when }) => ({ slice, when, percent: 0 })),
    });
  });

  it('is the percentage of each slice in order of the definition, valid for three days after the review', () => {
    const state = fold(rollout, [
      registered(),
      reviewed('2001-02-27', move('small-airports', 'promote', 0, 2)),
    ]);
    const document = projectRollout(state, 2);
    expect(document).toMatchObject({ version: 2, asOf: '2001-02-27', validUntil: '2001-03-03T00:00:00Z' });
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

  it('is certified by the last review: its id, and the hash of its canonical JSON', () => {
    const promoted = move('small-airports', 'promote', 0, 2);
    const state = fold(rollout, [registered(), reviewed('2001-02-27', promoted), paused()]);
    expect(projectRollout(state, 3)?.certificate).toEqual({
      reviewId: 'rebooking/review/2001-02-27',
      sha256: canonicalSha256(reviewOf('2001-02-27', promoted)),
    });
    const other = fold(rollout, [registered(), reviewed('2001-02-27', { ...promoted, rule: 'edited' })]);
    expect(projectRollout(other, 3)?.certificate?.sha256).not.toBe(
      projectRollout(state, 3)?.certificate?.sha256,
    );
  });

  it('has the same bytes from the same log, however often and in whatever field order the log is read', () => {
    const history = [
      registered(),
      reviewed('2001-02-26', move('small-airports', 'promote', 0, 1)),
      paused(),
      resumed(),
      reviewed('2001-02-27', move('small-airports', 'promote', 1, 2), move('hubs', 'hold', 0, 0)),
      overridden('small-airports'),
    ];
    const bytesOf = (events: typeof history) => {
      const document = projectRollout(fold(rollout, events), events.length);
      return document === undefined ? '' : canonicalJson(document);
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: history.length }),
        fc.infiniteStream(fc.integer()),
        (length, order) => {
          const events = history.slice(0, length);
          expect(bytesOf(shuffled(events, order))).toBe(bytesOf(events));
        },
      ),
    );
  });
});

/** The same data with the fields of every object in another order, as a database may hand it back. */
function shuffled<Value>(value: Value, order: Iterator<number>): Value {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .map((entry) => ({ entry, key: order.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ entry }) => entry),
        )
      : inner,
  );
}
