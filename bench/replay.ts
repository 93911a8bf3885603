/*
 * How fast a log is replayed: from memory, from what is stored (JSON text, decoded and checked as the adapter does),
 * and by the real adapters from a DynamoDB on this machine, in a process that has no more than a Lambda function: a
 * year of 50 slices must take less than 15 minutes, and fit.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { penumbraCodec } from '@penumbra/core/codec';
import type { StoredEvent } from '@penumbra/core/events';
import { newReplay, projectionOf } from '@penumbra/core/replay';
import { syntheticLog } from '@penumbra/core/testing/synthetic-log';
import { documentClient, dynamoEventLog } from '@penumbra/functions/aws/dynamo-event-log';
import { TABLE_KEYS } from '@penumbra/functions/aws/table-keys';
import { startLocalAws } from '@penumbra/local/local-aws';

const WANTED = 100_000;
const ROUNDS = 5;
/** Events that are put at once. */
const AT_ONCE = 25;

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
  `${(bytes / 1e6).toFixed(0)} MB stored, largest event ${(Math.max(...stored.map(({ length }) => length)) / 1e3).toFixed(0)} kB of DynamoDB's 400`,
);

/** The memory at which Lambda gives one whole vCPU, of which Node may use this much for its heap; and the time limit. */
const LAMBDA = { megabytes: 1769, heapMegabytes: 1400, seconds: 900 };

const lambda = await replayAsLambda();
say('a year of 50 slices, from DynamoDB', lambda.events, lambda.seconds);
console.log(
  `in a process of its own with a heap of at most ${LAMBDA.heapMegabytes} MB: ` +
    `peak memory ${lambda.peakMegabytes.toFixed(0)} of ${LAMBDA.megabytes} MB, ` +
    `${((100 * lambda.seconds) / LAMBDA.seconds).toFixed(1)} % of ${LAMBDA.seconds / 60} minutes`,
);

const rate = decade.length / fast;
const broken = [
  ...(rate < WANTED ? [`too slow: ${Math.round(rate)} events/s, wanted ${WANTED}`] : []),
  ...(lambda.events === year.length ? [] : [`${lambda.events} events were replayed, not ${year.length}`]),
  ...(lambda.peakMegabytes <= LAMBDA.megabytes ? [] : ['it does not fit into the memory of the function']),
  ...(lambda.seconds <= LAMBDA.seconds ? [] : ['it takes longer than a function may run']),
];
for (const what of broken) console.error(what);
process.exitCode = broken.length > 0 ? 1 : 0;

/** Puts the year into a local DynamoDB and replays it there, within what a function has. */
async function replayAsLambda(): Promise<{ events: number; seconds: number; peakMegabytes: number }> {
  const tableName = 'replayed';
  const dataDir = await mkdtemp(join(tmpdir(), 'penumbra-replay-'));
  const aws = await startLocalAws({
    dataDir,
    models: {},
    queues: [],
    buckets: [],
    table: { tableName, ...TABLE_KEYS },
    rules: [],
  });
  try {
    Object.assign(process.env, aws.env, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
    const log = dynamoEventLog(documentClient(new DynamoDBClient()), tableName);
    for (let at = 0; at < year.length; at += AT_ONCE) {
      await Promise.all(year.slice(at, at + AT_ONCE).map((event) => log.append(event)));
    }
    const child = fileURLToPath(new URL('./replay-stored.ts', import.meta.url));
    const heap = `--max-old-space-size=${LAMBDA.heapMegabytes}`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      heap,
      '--import',
      'tsx',
      child,
      tableName,
      'year',
    ]);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } finally {
    await aws.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
