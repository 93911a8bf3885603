import { expect, test } from 'vitest';
import { createEventBus, type EventFaults } from './event-bus.ts';

const rules = [
  { name: 'ours', pattern: { source: ['ours'] }, target: 'a' },
  { name: 'every', pattern: { source: [{ exists: true }] }, target: 'b' },
];

function sentFor(faults: EventFaults, count = 1): [string, string][] {
  const sent: [string, string][] = [];
  const bus = createEventBus(rules, faults, (queue, body) =>
    sent.push([queue, JSON.parse(body).detail.number]),
  );
  for (let number = 0; number < count; number += 1) {
    bus.put({ source: 'ours', detailType: 'Something', resources: [], detail: { number } });
  }
  return sent;
}

test('each rule that matches sends the event to its own queue', () => {
  expect(sentFor({})).toEqual([
    ['a', 0],
    ['b', 0],
  ]);
});

test('events repeat as often as asked', () => {
  expect(sentFor({ repeatEvents: 3 }).filter(([queue]) => queue === 'a')).toHaveLength(3);
});

test('about the asked part is lost for all targets, and the same part with the same seed', () => {
  const lossy = (seed: number) => sentFor({ loseEvents: { fraction: 0.25, seed } }, 4000);
  const kept = lossy(1).length / 2;
  expect(kept / 4000).toBeCloseTo(0.75, 1);
  expect(lossy(1)).toEqual(lossy(1));
  expect(lossy(1)).not.toEqual(lossy(2));
});

test('a rule that cannot be understood is named at once', () => {
  const bad = [{ name: 'bad', pattern: { source: [{ regex: '.*' }] }, target: 'a' }];
  expect(() => createEventBus(bad, {}, () => {})).toThrow(/bad\.source/);
});
