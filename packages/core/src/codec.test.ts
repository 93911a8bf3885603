import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventCodec, penumbraCodec, UnreadableEvent } from './codec.ts';
import type { StoredEvent } from './events.ts';
import { exampleDefinition, exampleRegression } from './testing/example-definition.ts';

const paused: StoredEvent = {
  deployment: 'rebooking',
  stream: 'rollout',
  version: 7,
  eventId: 'rebooking/rollout/000007',
  causationId: 'somebody asked',
  correlationId: 'rebooking/rollout/000007',
  actor: { kind: 'person', name: 'ada' },
  at: '2001-02-03T04:05:06.789Z',
  event: { type: 'RolloutPaused', data: { reason: 'a holiday' } },
};
const stored = penumbraCodec.encode(paused);

describe('a stored event', () => {
  it('carries its envelope, type, schema version and data', () => {
    const { event: _, ...envelope } = paused;
    expect(stored).toEqual({
      ...envelope,
      type: 'RolloutPaused',
      schemaVersion: 1,
      data: { reason: 'a holiday' },
    });
  });

  it('reads as what was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string(),
        fc.integer({ min: 1 }),
        (reason, name, version) => {
          const event: StoredEvent = {
            ...paused,
            version,
            actor: { kind: 'system', name },
            event: { type: 'RolloutPaused', data: { reason } },
          };
          expect(penumbraCodec.decode(JSON.parse(JSON.stringify(penumbraCodec.encode(event))))).toEqual(
            event,
          );
        },
      ),
    );
  });

  it.each([exampleDefinition, exampleRegression])(
    'gives back the definition of $deployment',
    (definition) => {
      const event: StoredEvent = {
        ...paused,
        event: { type: 'DefinitionRevised', data: { definition, definitionVersion: 2 } },
      };
      expect(penumbraCodec.decode(penumbraCodec.encode(event))).toEqual(event);
    },
  );

  it('may lie beside attributes that belong to the database', () => {
    expect(penumbraCodec.decode({ ...stored, sk: 'rollout/000007' })).toEqual(paused);
  });
});

describe('an event that cannot be read', () => {
  const readingOf = (item: unknown): unknown => {
    try {
      return penumbraCodec.decode(item);
    } catch (error) {
      return error;
    }
  };
  const { data: _, ...withoutData } = stored;

  it.each([
    [
      'a type that this version does not know',
      { ...stored, type: 'RolloutDoubled' },
      'RolloutDoubled is unknown',
    ],
    [
      'a type with the name of something built in',
      { ...stored, type: 'constructor' },
      'constructor is unknown',
    ],
    ['a type named __proto__', { ...stored, type: '__proto__' }, '__proto__ is unknown'],
    ['a newer schema version', { ...stored, schemaVersion: 2 }, 'schema version 2, this version knows 1'],
    ['a schema version below 1', { ...stored, schemaVersion: 0 }, 'schemaVersion'],
    ['data with a field missing', { ...stored, data: {} }, 'reason'],
    ['data with a field too many', { ...stored, data: { reason: 'r', colour: 'red' } }, 'colour'],
    ['no data', withoutData, 'cannot be read'],
    ['a damaged envelope', { ...stored, version: 'seven' }, 'version'],
    ['an actor of an unknown kind', { ...stored, actor: { kind: 'robot', name: 'r2' } }, 'kind'],
  ])('names itself and why: %s', (_, item, why) => {
    const error = readingOf(item);
    expect(error).toBeInstanceOf(UnreadableEvent);
    expect(error).toMatchObject({ name: 'UnreadableEvent', eventId: 'rebooking/rollout/000007' });
    expect(String(error)).toContain('rebooking/rollout/000007');
    expect(String(error)).toContain(why);
  });

  it.each([[undefined], [null], ['text'], [{}], [{ eventId: 7 }]])('has no name where it is %j', (item) => {
    expect(readingOf(item)).toMatchObject({ name: 'UnreadableEvent', eventId: '(without an id)' });
  });
});

describe('an event of an older shape', () => {
  /** As if RolloutPaused had been { why }, then { why, until }, and were { reason, until } today. */
  const v1 = z.object({ why: z.string() });
  const v2 = z.object({ why: z.string(), until: z.string().nullable() });
  const codec = eventCodec(
    {
      RolloutPaused: [
        (data) => ({ ...v1.parse(data), until: null }),
        (data) => {
          const { why, until } = v2.parse(data);
          return { reason: why, until };
        },
      ],
    },
    { RolloutPaused: z.strictObject({ reason: z.string(), until: z.string().nullable() }) },
  );

  it('is read as today, through every step from its own version', () => {
    const read = (schemaVersion: number, data: unknown) =>
      codec.decode({ ...stored, schemaVersion, data }).event;
    const event = (until: string | null) => ({ type: 'RolloutPaused', data: { reason: 'a holiday', until } });
    expect(read(1, { why: 'a holiday' })).toEqual(event(null));
    expect(read(2, { why: 'a holiday', until: '2001-03-01' })).toEqual(event('2001-03-01'));
    expect(read(3, { reason: 'a holiday', until: '2001-03-01' })).toEqual(event('2001-03-01'));
  });

  it('is not changed by being read', () => {
    const item = Object.freeze({ ...stored, schemaVersion: 1, data: Object.freeze({ why: 'a holiday' }) });
    codec.decode(item);
    expect(item.data).toEqual({ why: 'a holiday' });
  });

  it('is written in the newest version', () => {
    expect(codec.currentVersion('RolloutPaused')).toBe(3);
    expect(codec.currentVersion('RolloutResumed')).toBe(1);
    expect(codec.encode(paused)).toMatchObject({ schemaVersion: 3 });
  });

  it('names itself where it is damaged, whether a step or the last check notices', () => {
    for (const [schemaVersion, data] of [
      [1, { whence: 'nowhere' }],
      [2, null],
      [3, { why: 'a holiday' }],
    ]) {
      const damaged = () => codec.decode({ ...stored, schemaVersion, data });
      expect(damaged).toThrow(UnreadableEvent);
      expect(damaged).toThrow('rebooking/rollout/000007');
    }
  });
});
