/*
 * How fast a log is replayed: from memory, and from what is stored (JSON text, decoded and checked as the adapter
 * does). A year of 50 slices must fit into a Lambda function: 15 minutes, and the memory that it is given.
 */
import { penumbraCodec } from '@penumbra/core/codec';
import type { StoredEvent } from '@penumbra/core/events';
import { newReplay, projectionOf } from '@penumbra/core/replay';
import { syntheticLog } from '@penumbra/core/testing/synthetic-log';

const WANTED = 100_000;
const ROUNDS = 5;

const say = (what: string, count: number, seconds: number) =>
  console.log(
    `${what.padEnd(46)} ${count.toLocaleString('en').padStart(9)} events ${seconds.toFixed(3).padStart(8)} s ${Math.round(
      count / seconds,
    )
      .toLocaleString('en')
      .padStart(12)} events/s`,
  );

function timed(work: () => void): number {
  const begin = performance.now();
  work();
  return (performance.now() - begin) / 1000;
}

function replay(events: Iterable<StoredEvent>): void {
  const folding = newReplay();
  for (const event of events) folding.add(event);
  if (!projectionOf(folding.result())) throw new Error('the log registers no deployment');
}

const year = [...syntheticLog('year', 365, 50)];
const decade = [...syntheticLog('decade', 3650, 4)];
/** The median: other work on the machine slows some rounds. */
const median = (work: () => void) =>
  Array.from({ length: ROUNDS }, () => timed(work)).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;

const fast = median(() => replay(decade));
say('ten years of 4 slices, from memory', decade.length, fast);
say(
  'a year of 50 slices, from memory',
  year.length,
  median(() => replay(year)),
);

const stored = year.map((event) => JSON.stringify(penumbraCodec.encode(event)));
const bytes = stored.reduce((sum, line) => sum + line.length, 0);
const whole = timed(() => {
  const folding = newReplay();
  for (const line of stored) folding.add(penumbraCodec.decode(JSON.parse(line)));
  if (!projectionOf(folding.result())) throw new Error('the log registers no deployment');
});
say('a year of 50 slices, from stored text', year.length, whole);
console.log(
  `${(bytes / 1e6).toFixed(0)} MB stored, largest event ${(Math.max(...stored.map(({ length }) => length)) / 1e3).toFixed(0)} kB of DynamoDB's 400; ` +
    `peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB, log in memory included`,
);

const rate = decade.length / fast;
if (rate < WANTED) {
  console.error(`too slow: ${Math.round(rate)} events/s, wanted ${WANTED}`);
  process.exitCode = 1;
}
