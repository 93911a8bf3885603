import { describe, expect, expectTypeOf, it } from 'vitest';
import { type Client, createClient, type RequestContext } from './client.ts';
import { type Decision, LoadError, type Reason } from './decision.ts';
import type { Sink, Source } from './source.ts';
import { staticSource } from './static-source.ts';
import { documentOf, killedOf } from './testing/documents.ts';
import { type FakeClock, fakeClock } from './testing/fake-clock.ts';

const west = { unit: 'u', airport: 'SFO' };

/** A client whose source is the test itself. */
function given(clock: FakeClock = fakeClock()) {
  const sinks: Sink[] = [];
  const source: Source = {
    open(_, sink) {
      sinks.push(sink);
      return async () => {};
    },
  };
  const client = createClient({ deployments: ['rebooking'], source, clock });
  const told: string[] = [];
  for (const type of ['changed', 'failed', 'recovered', 'expired'] as const)
    client.on(type, () => told.push(type));
  const [sink] = sinks;
  if (!sink) throw new Error('the client opened no source');
  return { client, clock, sink, told };
}
const outage = new LoadError('UNREACHABLE', 'no route to host');

describe('a decision', () => {
  it('says the arm, the share, the slice, why, by which review, and from which version', () => {
    const client = createClient({
      deployments: ['rebooking'],
      source: staticSource(documentOf()),
      clock: fakeClock(),
    });
    expect(client.decide('rebooking', west)).toEqual({
      arm: 'challenger',
      percent: 100,
      slice: 'west',
      reason: 'FULL',
      reviewId: 'rebooking/review/2001-02-27',
      version: 2,
    });
  });

  it.each<[string, (client: Client) => Decision, Reason]>([
    ['an unknown deployment', (client) => client.decide('pricing', west), 'UNKNOWN_DEPLOYMENT'],
    [
      'one named like a property of objects',
      (client) => client.decide('constructor', west),
      'UNKNOWN_DEPLOYMENT',
    ],
    ['no context at all', (client) => client.decide('rebooking', JSON.parse('null')), 'FAILED'],
    ['no unit', (client) => client.decide('rebooking', JSON.parse('{"airport":"SFO"}')), 'NO_UNIT'],
    [
      'an attribute that throws',
      (client) =>
        client.decide('rebooking', {
          unit: 'u',
          get airport(): string {
            throw new Error('lazy loading failed');
          },
        }),
      'FAILED',
    ],
  ])('is the incumbent, and never an exception, for %s', (_, decide, reason) => {
    const { client, sink } = given();
    sink.document(documentOf());
    expect(decide(client as Client)).toMatchObject({ arm: 'incumbent', slice: null, percent: 0, reason });
  });
});

describe('without a document', () => {
  it('the incumbent decides until the first has come', () => {
    const { client, sink } = given();
    expect(client.decide('rebooking', west)).toMatchObject({ arm: 'incumbent', reason: 'NOT_LOADED' });
    sink.document(documentOf());
    expect(client.decide('rebooking', west).arm).toBe('challenger');
  });

  it.each<[string, (sink: Sink) => unknown, Reason]>([
    ['cannot be reached', (sink) => sink.failed(outage), 'UNREACHABLE'],
    ['does not exist', (sink) => sink.failed(new LoadError('UNKNOWN_DEPLOYMENT', '')), 'UNKNOWN_DEPLOYMENT'],
    ['cannot be read', (sink) => sink.document({ deployment: 'rebooking' }), 'UNREADABLE'],
    [
      'is of another deployment',
      (sink) => sink.document(documentOf({ deployment: 'pricing' })),
      'UNREADABLE',
    ],
  ])('the incumbent decides where it %s, and the client is ready all the same', async (_, fail, reason) => {
    const { client, sink, told } = given();
    fail(sink);
    await client.ready();
    expect(client.decide('rebooking', west)).toMatchObject({ arm: 'incumbent', reason });
    expect(client.status('rebooking').error?.reason).toBe(reason);
    expect(told).toEqual(['failed']);
  });

  it.each<[string, object]>([
    ['a percentage above 100', { slices: [{ slice: 's', when: [{ field: 'f', equals: 1 }], percent: 101 }] }],
    ['a percentage as text', { slices: [{ slice: 's', when: [{ field: 'f', equals: 1 }], percent: '5' }] }],
    [
      'a condition of a later kind',
      { slices: [{ slice: 's', when: [{ field: 'f', matches: 'A*' }], percent: 5 }] },
    ],
    [
      'a condition with more',
      { slices: [{ slice: 's', when: [{ field: 'f', equals: 1, not: true }], percent: 5 }] },
    ],
    ['a slice without conditions', { slices: [{ slice: 's', when: [], percent: 5 }] }],
    ['an end that is no instant', { validUntil: 'tomorrow' }],
    ['traffic without an end', { validUntil: null }],
    ['traffic without a review', { certificate: null }],
    ['no version', { version: null }],
  ])('nothing is served from one with %s', (_, over) => {
    const { client, sink } = given();
    expect(sink.document({ ...documentOf(), ...over })).toBe(false);
    expect(client.decide('rebooking', west)).toMatchObject({ arm: 'incumbent', reason: 'UNREADABLE' });
  });

  it('reads one that has more to say than this client knows', () => {
    const { client, sink } = given();
    sink.document({ ...documentOf(), note: 'later versions may say more' });
    expect(client.decide('rebooking', west).arm).toBe('challenger');
  });
});

describe('the last good document', () => {
  it('serves through an outage until it expires; then the incumbent decides', () => {
    const { client, clock, sink, told } = given();
    sink.document(documentOf());
    sink.failed(outage);
    clock.advance(35 * 3_600_000);
    sink.failed(outage);
    expect(client.decide('rebooking', west).arm).toBe('challenger');
    clock.advance(3_600_000 - 1);
    expect(client.decide('rebooking', west).arm).toBe('challenger');
    clock.advance(1);
    expect(client.decide('rebooking', west)).toMatchObject({ arm: 'incumbent', reason: 'EXPIRED' });
    expect(told).toEqual(['changed', 'failed', 'failed', 'expired']);
  });

  it('serves on where the next cannot be read', () => {
    const { client, sink } = given();
    sink.document(documentOf());
    sink.document({ nonsense: true });
    expect(client.decide('rebooking', west).arm).toBe('challenger');
    expect(client.status('rebooking')).toMatchObject({
      document: { version: 2 },
      error: { reason: 'UNREADABLE' },
    });
  });

  it('gives way to a newer one, a kill too, at once', () => {
    const { client, sink, told } = given();
    sink.document(documentOf());
    sink.document(killedOf(documentOf()));
    expect(client.decide('rebooking', west)).toMatchObject({
      arm: 'incumbent',
      reason: 'SHADOW',
      version: 3,
    });
    expect(told).toEqual(['changed', 'changed']);
  });

  it('never gives way to an older one, unless it has expired', () => {
    const { client, clock, sink } = given();
    sink.document(killedOf(documentOf()));
    expect(sink.document(documentOf())).toBe(false);
    expect(client.decide('rebooking', west).arm).toBe('incumbent');
    clock.advance(48 * 3_600_000);
    sink.document(documentOf({ validUntil: '2001-04-01T00:00:00Z' }));
    expect(client.decide('rebooking', west)).toMatchObject({ arm: 'challenger', version: 2 });
  });

  it('is told of once, however often it comes again', () => {
    const { sink, told } = given();
    sink.document(documentOf());
    sink.document(documentOf());
    sink.unchanged();
    expect(told).toEqual(['changed']);
  });

  it('is heard to be back after an outage', () => {
    const { client, sink, told } = given();
    sink.document(documentOf());
    sink.failed(outage);
    sink.unchanged();
    expect(told).toEqual(['changed', 'failed', 'recovered']);
    expect(client.status('rebooking').error).toBeUndefined();
  });

  it('may be valid for longer than a timer can hold', () => {
    const { client, clock, sink, told } = given();
    sink.document(documentOf({ validUntil: '2001-06-01T00:00:00Z' }));
    clock.advance(90 * 86_400_000);
    expect(client.decide('rebooking', west).arm).toBe('challenger');
    clock.advance(2 * 86_400_000);
    expect(told).toEqual(['changed', 'expired']);
  });
});

describe('listeners', () => {
  it('are told what changed, until they end it', () => {
    const { client, sink } = given();
    const changes: [number, number | undefined][] = [];
    const end = client.on('changed', ({ document, before }) =>
      changes.push([document.version, before?.version]),
    );
    sink.document(documentOf());
    sink.document(killedOf(documentOf()));
    end();
    sink.document(documentOf({ version: 9 }));
    expect(changes).toEqual([
      [2, undefined],
      [3, 2],
    ]);
  });

  it('that throw disturb neither the client nor each other', async () => {
    const { client, sink, told } = given();
    const warned = new Promise((resolve) => process.once('warning', resolve));
    client.on('changed', () => {
      throw new Error('a broken listener');
    });
    client.on('changed', () => told.push('after'));
    sink.document(documentOf());
    expect(client.decide('rebooking', west).arm).toBe('challenger');
    expect(told).toEqual(['changed', 'after']);
    expect(await warned).toMatchObject({ message: 'a broken listener' });
  });
});

describe('closing', () => {
  it('leaves no timer, and decisions from the last document', async () => {
    const { client, clock, sink } = given();
    sink.document(documentOf());
    await client.close();
    await client.close();
    expect(clock.waiting()).toBe(0);
    expect(client.decide('rebooking', west).arm).toBe('challenger');
  });
});

describe('the types', () => {
  const client = createClient({ deployments: ['rebooking', 'pricing'], source: staticSource() });

  it('know the deployments by name', () => {
    expectTypeOf(client).toEqualTypeOf<Client<'rebooking' | 'pricing'>>();
    expectTypeOf(client.decide).parameter(0).toEqualTypeOf<'rebooking' | 'pricing'>();
    expectTypeOf<'rebokking'>().not.toMatchTypeOf<Parameters<typeof client.decide>[0]>();
  });

  it('want a unit, and attributes that slices can look at', () => {
    expectTypeOf(client.decide).parameter(1).toEqualTypeOf<RequestContext>();
    expectTypeOf<{ airport: string }>().not.toMatchTypeOf<RequestContext>();
    expectTypeOf<{ unit: string; at: Date }>().not.toMatchTypeOf<RequestContext>();
    expectTypeOf<{ unit: string; airport: string; size: number }>().toMatchTypeOf<RequestContext>();
  });

  it('say what a decision and an event are', () => {
    expectTypeOf(client.decide).returns.toEqualTypeOf<Decision>();
    expectTypeOf<Decision['arm']>().toEqualTypeOf<'challenger' | 'incumbent'>();
    client.on('failed', (event) => expectTypeOf(event.deployment).toEqualTypeOf<'rebooking' | 'pricing'>());
    client.on('failed', (event) => expectTypeOf(event.error).toEqualTypeOf<LoadError>());
  });
});
