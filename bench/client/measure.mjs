import { writeSync } from 'node:fs';
import { toFlagdDefinition } from '../../packages/core/src/flagd-definition.ts';
import { contenders } from './contenders.mjs';
import { document, PERCENT, REQUESTS } from './workload.mjs';

// The contenders take turns, round by round, and CPU time is counted: what else the machine does meets all alike.

const ROUNDS = 21;
const DECISIONS = 50_000;

const print = (line) => writeSync(1, `${line}\n`);
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)];

function round(decide) {
  let challengers = 0;
  const before = process.cpuUsage();
  for (let count = 0; count < DECISIONS; count += 1) {
    if (decide(count & (REQUESTS - 1))) challengers += 1;
  }
  const { user, system } = process.cpuUsage(before);
  return { nanoseconds: ((user + system) * 1000) / DECISIONS, challengers };
}

/** Bytes that one decision leaves on the heap: the young generation is large enough not to be collected between. */
function bytesOf(decide) {
  const count = 20_000;
  return median(
    Array.from({ length: 5 }, () => {
      globalThis.gc();
      const before = process.memoryUsage().heapUsed;
      for (let index = 0; index < count; index += 1) decide(index & (REQUESTS - 1));
      return (process.memoryUsage().heapUsed - before) / count;
    }),
  );
}

const definition = toFlagdDefinition(document);
if (!definition.ok) throw new Error('the rollout cannot be a flag definition');
const all = await contenders(definition.value);
const times = new Map(all.map(({ name }) => [name, []]));
for (let warmUp = 0; warmUp < 3; warmUp += 1) for (const { decide } of all) round(decide);
const challengers = new Map();
for (let turn = 0; turn < ROUNDS; turn += 1) {
  for (const { name, decide } of all) {
    const { nanoseconds, challengers: count } = round(decide);
    times.get(name).push(nanoseconds);
    challengers.set(name, count);
  }
}
const ours = median(times.get(all[0].name));
print(
  `one decision of a rollout with 10 slices; CPU time of ${ROUNDS} rounds of ${DECISIONS} in turn, Node ${process.version}`,
);
print(
  `${'SDK'.padEnd(26)}${'median'.padStart(10)}${'p90'.padStart(10)}${'ratio'.padStart(8)}${'heap'.padStart(10)}   challenger`,
);
for (const { name, decide } of all) {
  const of = times.get(name);
  const cells = [
    `${median(of).toFixed(0)} ns`.padStart(10),
    `${percentile(of, 0.9).toFixed(0)} ns`.padStart(10),
    `${(median(of) / ours).toFixed(1)}×`.padStart(8),
    `${Math.max(0, bytesOf(decide)).toFixed(0)} B`.padStart(10),
    `${((100 * challengers.get(name)) / DECISIONS).toFixed(1)} % of requests (${((PERCENT * 10) / 11).toFixed(1)} expected)`,
  ];
  print(`${name.padEnd(26)}${cells.slice(0, 4).join('')}   ${cells[4]}`);
}
process.exit(0);
