import type { PenumbraEvent, StoredEvent } from '@penumbra/core/events';
import { describe, expect, it } from 'vitest';
import { canonicalLog, firstDifference, NOTHING_ADDED } from './canonical-log.ts';

const DATE = '2024-02-27';

/** A stream of one day, each event caused by the one before it. */
function dayOf(...events: PenumbraEvent[]): StoredEvent[] {
  const idOf = (version: number) => `t00/day/${DATE}/${String(version).padStart(4, '0')}`;
  return events.map((event, index) => ({
    deployment: 't00',
    stream: `day/${DATE}`,
    version: index + 1,
    eventId: idOf(index + 1),
    causationId: idOf(Math.max(1, index)),
    correlationId: idOf(1),
    actor: { kind: 'system', name: 'penumbra' },
    at: new Date(Date.UTC(2024, 1, 28, 6, 0, index * events.length)).toISOString(),
    event,
  }));
}

const job = (attempt: number) => ({ attempt, jobName: `penumbra-t00-${DATE}-${attempt}` });
const output = (attempt: number) => `t00/predictions/date=${DATE}/penumbra-t00-${DATE}-${attempt}/`;
const ready: PenumbraEvent = { type: 'PartitionReady', data: { files: [], rows: 24, definitionVersion: 1 } };
const submitted = (attempt: number): PenumbraEvent => ({
  type: 'TransformSubmitted',
  data: {
    ...job(attempt),
    modelName: 'challenger',
    input: 'in',
    output: output(attempt),
    definitionVersion: 1,
  },
});
const failed = (attempt: number, retry = true): PenumbraEvent => ({
  type: 'TransformFailed',
  data: { ...job(attempt), status: 'Failed', reason: 'out of memory', retry },
});
const completed = (attempt: number): PenumbraEvent => ({
  type: 'TransformCompleted',
  data: { ...job(attempt), files: [{ key: `${output(attempt)}a.out`, bytes: 1, etag: 'e' }] },
});
const cutOff: PenumbraEvent = {
  type: 'PartitionRejected',
  data: { step: 'predictions', asOf: '2024-02-28', files: [], problems: [] },
};

const free = canonicalLog(dayOf(ready, submitted(1), completed(1)), NOTHING_ADDED);
const oneBadAttempt = { ...NOTHING_ADDED, badAttempts: () => 1 };

describe('the canonical log', () => {
  it('is the same for two runs at different times', () => {
    const later = dayOf(ready, submitted(1), completed(1)).map((event) => ({ ...event, at: 'another time' }));
    expect(canonicalLog(later, NOTHING_ADDED)).toEqual(free);
  });

  it('is without the attempts that were made to fail, and numbers the rest as if they had not been', () => {
    const faulty = dayOf(ready, submitted(1), failed(1), submitted(2), completed(2));
    expect(canonicalLog(faulty, oneBadAttempt)).toEqual(free);
  });

  it('shows a failed attempt that nobody brought about, and a brought-about one that is missing', () => {
    const twice = dayOf(ready, submitted(1), failed(1), submitted(2), failed(2), submitted(3), completed(3));
    expect(canonicalLog(twice, oneBadAttempt)).not.toEqual(free);
    expect(canonicalLog(dayOf(ready, submitted(1), completed(1)), oneBadAttempt)).not.toEqual(free);
  });

  it('is without the rejection of predictions that were cut off, once for each time', () => {
    const allowed = { ...NOTHING_ADDED, truncations: () => 1 };
    const day = dayOf(ready, submitted(1), completed(1), cutOff);
    expect(canonicalLog(day, allowed)).toEqual(free);
    expect(canonicalLog(dayOf(ready, submitted(1), completed(1), cutOff, cutOff), allowed)).not.toEqual(free);
    expect(canonicalLog(day, NOTHING_ADDED)).not.toEqual(free);
  });

  it('shows a gap, an event that is not where its id says, and a changed number', () => {
    const day = dayOf(ready, submitted(1), completed(1));
    const gap = day.map((event, index) => (index < 2 ? event : { ...event, version: 4 }));
    expect(canonicalLog(gap, NOTHING_ADDED)).not.toEqual(free);
    const moved = day.map((event) => ({ ...event, eventId: 't00/day/2024-02-27/0001' }));
    expect(canonicalLog(moved, NOTHING_ADDED)).not.toEqual(free);
    const more: PenumbraEvent = {
      type: 'PartitionReady',
      data: { files: [], rows: 25, definitionVersion: 1 },
    };
    expect(canonicalLog(dayOf(more, submitted(1), completed(1)), NOTHING_ADDED)).not.toEqual(free);
  });
});

describe('the first difference', () => {
  it('is none between equal logs', () => expect(firstDifference(free, free)).toBeUndefined());

  it('names the line, and shows both from just before they part', () => {
    const changed = free.map((line) => line.replace('"attempt":1', '"attempt":7'));
    const difference = firstDifference(free, changed);
    expect(difference).toMatch(/^line 2 of the log/);
    expect(difference).toMatch(/they part at: {3}….*"attempt":1/);
    expect(difference).toMatch(/and: {12}….*"attempt":7/);
  });

  it('shows what is missing', () => {
    expect(firstDifference(free, free.slice(0, 2))).toMatch(/with faults: {4}\(nothing\)/);
  });
});
