import { describe, expect, it, onTestFinished } from 'vitest';
import { eventId, eventKey } from '../envelope.ts';
import type { EventLog } from '../event-log.ts';
import { dayStream, ROLLOUT, type StoredEvent } from '../events.ts';

interface Opened {
  readonly log: EventLog;
  readonly end?: () => Promise<void>;
}

/** One event, its place told by deployment, stream and version; `reason` tells it from others of that place. */
function eventAt(deployment: string, stream: string, version: number, reason = 'an example'): StoredEvent {
  return {
    deployment,
    stream,
    version,
    eventId: eventId(deployment, stream, version),
    causationId: 'somebody asked',
    correlationId: eventId(deployment, stream, 1),
    actor: { kind: 'person', name: 'ada' },
    at: '2001-02-03T04:05:06.789Z',
    event: { type: 'RolloutPaused', data: { reason } },
  };
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const idsOf = (events: readonly StoredEvent[]) => events.map((event) => event.eventId);
async function all(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const list: StoredEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

/**
 * What every event log must do, in memory or in a database. `makeLog` gives a log without events, or one in
 * which the deployments of earlier tests are out of the way.
 */
export function eventLogContract(name: string, makeLog: () => Promise<Opened>): void {
  const open = async (): Promise<EventLog> => {
    const { log, end } = await makeLog();
    if (end) onTestFinished(end);
    return log;
  };
  const appendAll = async (log: EventLog, events: readonly StoredEvent[]) => {
    for (const event of events) expect(await log.append(event)).toBe('appended');
  };

  describe(`${name}: appending`, () => {
    it('keeps an event exactly as it was written', async () => {
      const log = await open();
      const event = eventAt('a', ROLLOUT, 1);
      expect(await log.append(event)).toBe('appended');
      expect(await log.load('a', ROLLOUT)).toEqual([event]);
    });

    it('answers conflict where the place is taken, and keeps the first event', async () => {
      const log = await open();
      await log.append(eventAt('a', ROLLOUT, 1, 'first'));
      expect(await log.append(eventAt('a', ROLLOUT, 1, 'second'))).toBe('conflict');
      expect(await log.load('a', ROLLOUT)).toEqual([eventAt('a', ROLLOUT, 1, 'first')]);
    });

    it('answers conflict to a repeat of the very same event too', async () => {
      const log = await open();
      await log.append(eventAt('a', ROLLOUT, 1));
      expect(await log.append(eventAt('a', ROLLOUT, 1))).toBe('conflict');
    });

    it('lets exactly one of many concurrent writers of a version win', async () => {
      const log = await open();
      const answers = await Promise.all(
        range(10).map(async (writer) => ({
          writer,
          answer: await log.append(eventAt('a', ROLLOUT, 1, `writer ${writer}`)),
        })),
      );
      const winners = answers.filter(({ answer }) => answer === 'appended');
      expect(winners).toHaveLength(1);
      expect(await log.load('a', ROLLOUT)).toEqual([
        eventAt('a', ROLLOUT, 1, `writer ${winners[0]?.writer}`),
      ]);
    });

    it('lets concurrent writers of different streams all win', async () => {
      const log = await open();
      const streams = range(9).map((day) => dayStream(`2001-02-0${day}`));
      const answers = await Promise.all(streams.map((stream) => log.append(eventAt('a', stream, 1))));
      expect(new Set(answers)).toEqual(new Set(['appended']));
    });
  });

  describe(`${name}: loading a stream`, () => {
    it('gives nothing for a stream or a deployment without events', async () => {
      const log = await open();
      await log.append(eventAt('a', ROLLOUT, 1));
      expect(await log.load('a', dayStream('2001-02-03'))).toEqual([]);
      expect(await log.load('nobody', ROLLOUT)).toEqual([]);
    });

    it.each([ROLLOUT, dayStream('2001-02-03')])(
      'gives %s in order of version beyond 9 and 99',
      async (stream) => {
        const log = await open();
        const events = range(120).map((version) => eventAt('a', stream, version));
        await appendAll(log, events);
        expect(idsOf(await log.load('a', stream))).toEqual(idsOf(events));
      },
    );

    it('gives only what came after a version', async () => {
      const log = await open();
      await appendAll(
        log,
        range(12).map((version) => eventAt('a', ROLLOUT, version)),
      );
      expect((await log.load('a', ROLLOUT, 9)).map(({ version }) => version)).toEqual([10, 11, 12]);
      expect(await log.load('a', ROLLOUT, 12)).toEqual([]);
      expect(await log.load('a', ROLLOUT, 0)).toHaveLength(12);
    });

    it('sees what was just appended', async () => {
      const log = await open();
      for (const version of range(20)) {
        await log.append(eventAt('a', ROLLOUT, version));
        expect(await log.load('a', ROLLOUT)).toHaveLength(version);
      }
    });

    it('keeps streams and deployments apart, also where one name begins like another', async () => {
      const log = await open();
      const places: [string, string][] = [
        ['a', ROLLOUT],
        ['a', dayStream('2001-02-03')],
        ['a', dayStream('2001-02-04')],
        ['ab', ROLLOUT],
        ['ab', dayStream('2001-02-03')],
        ['a-b', dayStream('2001-02-03')],
      ];
      await appendAll(
        log,
        places.map(([deployment, stream]) => eventAt(deployment, stream, 1)),
      );
      for (const [deployment, stream] of places) {
        expect(await log.load(deployment, stream)).toEqual([eventAt(deployment, stream, 1)]);
      }
      expect(await log.load('a', 'day/2001-02-0')).toEqual([]);
      expect(await log.load('a', 'roll')).toEqual([]);
    });
  });

  describe(`${name}: loading a range of days`, () => {
    const days = ['2001-01-31', '2001-02-01', '2001-02-02', '2001-02-03', '2001-02-04'].map(dayStream);

    it('has both its ends, whole, in order of stream and version, whatever the order of writing', async () => {
      const log = await open();
      const events = days.flatMap((stream) => range(11).map((version) => eventAt('a', stream, version)));
      await appendAll(log, [...events].reverse());
      const loaded = await log.loadRange('a', dayStream('2001-02-01'), dayStream('2001-02-03'));
      expect(idsOf(loaded)).toEqual(idsOf(events.slice(11, 44)));
    });

    it('has one day where both ends are the same, and nothing where no day lies in it', async () => {
      const log = await open();
      await appendAll(
        log,
        days.map((stream) => eventAt('a', stream, 1)),
      );
      const [day] = [dayStream('2001-02-02')];
      expect(await log.loadRange('a', day, day)).toEqual([eventAt('a', day, 1)]);
      expect(await log.loadRange('a', dayStream('2002-01-01'), dayStream('2002-12-31'))).toEqual([]);
    });

    it('has neither the rollout nor another deployment in it', async () => {
      const log = await open();
      const day = dayStream('2001-02-02');
      await appendAll(log, [eventAt('a', ROLLOUT, 1), eventAt('ab', day, 1), eventAt('a', day, 1)]);
      const loaded = await log.loadRange('a', dayStream('0001-01-01'), dayStream('9999-12-31'));
      expect(loaded).toEqual([eventAt('a', day, 1)]);
    });
  });

  describe(`${name}: the newest events of a stream`, () => {
    const versions = (events: readonly StoredEvent[]) => events.map(({ version }) => version);

    it('come newest first, as many as are asked for', async () => {
      const log = await open();
      const events = range(12).map((version) => eventAt('a', ROLLOUT, version));
      await appendAll(log, events);
      expect(await log.latest('a', ROLLOUT, 3)).toEqual(events.slice(-3).reverse());
      expect(versions(await log.latest('a', ROLLOUT, 100))).toEqual(range(12).reverse());
    });

    it('come page by page before a version', async () => {
      const log = await open();
      const day = dayStream('2001-02-03');
      await appendAll(
        log,
        range(12).map((version) => eventAt('a', day, version)),
      );
      expect(versions(await log.latest('a', day, 5, 11))).toEqual([10, 9, 8, 7, 6]);
      expect(versions(await log.latest('a', day, 5, 3))).toEqual([2, 1]);
      expect(await log.latest('a', day, 5, 1)).toEqual([]);
    });

    it('are those of that stream alone', async () => {
      const log = await open();
      await appendAll(log, [
        eventAt('a', ROLLOUT, 1),
        eventAt('a', dayStream('2001-02-03'), 1),
        eventAt('ab', ROLLOUT, 2),
      ]);
      expect(await log.latest('a', ROLLOUT, 5)).toEqual([eventAt('a', ROLLOUT, 1)]);
      expect(await log.latest('nobody', ROLLOUT, 5)).toEqual([]);
    });

    it('may be more than a database hands out at once', async () => {
      const log = await open();
      const events = range(200).map((version) => eventAt('a', ROLLOUT, version, 'x'.repeat(8_000) + version));
      await Promise.all(events.map((event) => log.append(event)));
      expect(versions(await log.latest('a', ROLLOUT, 180))).toEqual(range(200).slice(-180).reverse());
    });
  });

  describe(`${name}: replaying a deployment`, () => {
    it('gives every event of it, in order of stream and version', async () => {
      const log = await open();
      const events = [
        eventAt('a', dayStream('2001-02-03'), 1),
        eventAt('a', dayStream('2001-02-03'), 2),
        eventAt('a', dayStream('2001-02-04'), 1),
        eventAt('a', ROLLOUT, 1),
      ];
      await appendAll(log, [...events].reverse());
      await log.append(eventAt('ab', ROLLOUT, 1));
      expect(await all(log.replay('a'))).toEqual(events);
      expect(await all(log.replay('nobody'))).toEqual([]);
    });

    it('gives more than a database hands out at once', async () => {
      const log = await open();
      // 300 × 8 KB: beyond the 1 MB of a page.
      const events = range(300).map((version) => eventAt('a', ROLLOUT, version, 'x'.repeat(8_000) + version));
      await Promise.all(events.map((event) => log.append(event)));
      expect(idsOf(await all(log.replay('a')))).toEqual(idsOf(events));
      expect(await log.load('a', ROLLOUT)).toEqual(events);
    });

    it('gives a range of days that is larger than a page', async () => {
      const log = await open();
      const events = range(28).flatMap((day) =>
        range(6).map((version) =>
          eventAt('a', dayStream(`2001-02-${String(day).padStart(2, '0')}`), version, 'x'.repeat(8_000)),
        ),
      );
      await Promise.all(events.map((event) => log.append(event)));
      const loaded = await log.loadRange('a', dayStream('2001-02-01'), dayStream('2001-02-28'));
      expect(idsOf(loaded)).toEqual(idsOf(events));
    });

    it('goes on after any event, in the same stream and in the next', async () => {
      const log = await open();
      const events = [
        ...range(12).map((version) => eventAt('a', dayStream('2001-02-03'), version)),
        eventAt('a', ROLLOUT, 1),
      ];
      await appendAll(log, events);
      for (const [index, { stream, version }] of events.entries()) {
        expect(await all(log.replay('a', eventKey(stream, version)))).toEqual(events.slice(index + 1));
      }
    });

    it('may stop half-way', async () => {
      const log = await open();
      await appendAll(
        log,
        range(3).map((version) => eventAt('a', ROLLOUT, version)),
      );
      for await (const { version } of log.replay('a')) {
        expect(version).toBe(1);
        break;
      }
    });
  });

  describe(`${name}: events by value`, () => {
    it('does not see what a caller does to an event after it was appended or read', async () => {
      const log = await open();
      const written = structuredClone(eventAt('a', ROLLOUT, 1));
      await log.append(written);
      const read = await log.load('a', ROLLOUT);
      for (const copy of [written, ...read]) Object.assign(copy.event.data, { reason: 'tampered with' });
      expect(await log.load('a', ROLLOUT)).toEqual([eventAt('a', ROLLOUT, 1)]);
      expect(await all(log.replay('a'))).toEqual([eventAt('a', ROLLOUT, 1)]);
    });

    it.each([
      ['text in any script', 'Grüße, 世界 👩‍🚀 \u0000 \u2028 "quoted" \\ \n'],
      ['empty text', ''],
      ['300 KB of text', 'é'.repeat(150_000)],
    ])('keeps %s', async (_, reason) => {
      const log = await open();
      await log.append(eventAt('a', ROLLOUT, 1, reason));
      expect(await log.load('a', ROLLOUT)).toEqual([eventAt('a', ROLLOUT, 1, reason)]);
    });

    it('keeps nested data with every kind of number, empty lists, and null', async () => {
      const log = await open();
      const extremes = [0, -1, 0.1 + 0.2, 1e21, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, 1 / 3];
      const slices = extremes.map((mean, index) => [`slice-${index}`, { rows: index, mean }] as const);
      const event: StoredEvent = {
        ...eventAt('a', ROLLOUT, 1),
        event: {
          type: 'RolloutReviewed',
          data: {
            asOf: '2001-03-01',
            definitionVersion: 1,
            entered: [{ date: '2001-02-03', slices: Object.fromEntries(slices) }],
            held: [],
            slices: [
              {
                slice: 'hubs',
                from: { stage: 0, percent: 0 },
                to: { stage: 1, percent: 0.5 },
                action: 'promote',
                rule: 'meets',
                reasons: [],
                daysInStage: 21,
                evidence: {
                  matureDays: 21,
                  rows: 4200,
                  meanDifference: 1e-9,
                  lowerBound: null,
                  upperBound: null,
                  standardDeviation: null,
                  autocorrelation: -0.25,
                  effectiveDays: null,
                  verdict: 'MEETS',
                },
              },
            ],
          },
        },
      };
      await log.append(event);
      expect(await log.load('a', ROLLOUT)).toEqual([event]);
    });
  });
}
