/*
 * What the pipeline asks of AWS, counted at the clients of the SDK: deployments side by side on one AWS of this machine,
 * and one day of a deployment with more and more history. Counts are asserted; times are only shown.
 *
 *   npm run bench:pipeline -- [--deployments 1,10,100,1000] [--days 30] [--history 10,100,1000] [--json file]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import cliProgress from 'cli-progress';
import Table from 'cli-table3';
import { type Load, runAtOnce } from '../test/load/deployments-at-once.ts';
import { type Entry, sumBy, type Tally } from '../test/load/ledger.ts';
import { type OneDay, oneDayAfter } from '../test/load/one-day-after.ts';

const { values } = parseArgs({
  options: {
    deployments: { type: 'string', default: '1,10,100,1000' },
    days: { type: 'string', default: '30' },
    history: { type: 'string', default: '10,100,1000' },
    json: { type: 'string' },
  },
});
const [sizes, [days = 30], histories] = [values.deployments, values.days, values.history].map(
  wholeNumbers,
) as [number[], number[], number[]];

/** US dollars a million requests or units, list prices of us-east-1 (on demand, November 2026). */
const PRICE = {
  'DynamoDB write units': 0.625,
  'DynamoDB read units': 0.125,
  'SQS requests': 0.4,
  'S3 puts and lists': 5,
  'S3 gets': 0.4,
} as const;
/** An event that overtakes the record of what it is about costs a look or two more. */
const RACES = 0.1;

const broken: string[] = [];
const loads: Load[] = [];
for (const deployments of sizes) {
  const load = await withBar(`${deployments} deployments`, (onDay) =>
    runAtOnce({ deployments, days, onDay }),
  );
  loads.push(load);
  broken.push(...load.forbidden.map((what) => `forbidden: ${what}`), ...moreThanAlone(load));
  show(
    `${deployments} deployments × ${days} days, for each of ${load.partitions} partitions`,
    load.entries,
    load,
  );
  tell(load);
}
const aged: OneDay[] = [];
for (const past of histories) {
  const day = await oneDayAfter(past);
  aged.push(day);
  broken.push(...day.forbidden.map((what) => `forbidden: ${what}`));
  show(`one day more after ${past} days`, day.entries, { partitions: 1 });
}
const [, grown, ...older] = aged.map(({ entries }) => callsBy(entries, 1));
for (const calls of older)
  if (grown && !sameCalls(grown, calls)) broken.push('calls grow with the days behind');
if (values.json) await writeFile(values.json, `${JSON.stringify({ days, loads, aged }, null, 1)}\n`);
for (const what of new Set(broken)) console.error(what);
process.exitCode = broken.length > 0 ? 1 : 0;

function wholeNumbers(text: string): number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.every((number) => Number.isInteger(number) && number > 0)) return numbers;
  console.error(`"${text}" is no list of whole numbers above 0`);
  process.exit(2);
}

async function withBar<Value>(
  what: string,
  work: (onDay: (done: number, total: number) => void) => Promise<Value>,
): Promise<Value> {
  const bar = new cliProgress.SingleBar({
    format: `{bar} ${what}, day {value}/{total}, {eta_formatted} to go`,
    noTTYOutput: true,
    notTTYSchedule: 60_000,
  });
  bar.start(1, 0);
  try {
    return await work((done, total) => {
      bar.setTotal(total);
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}

function callsBy(entries: readonly Entry[], partitions: number): Map<string, number> {
  const sums = sumBy(entries, ({ step, service, operation }) => `${step} ${service}.${operation}`);
  return new Map([...sums].map(([name, { calls }]) => [name, calls / partitions]));
}

function sameCalls(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([name, calls]) => b.get(name) === calls);
}

/** Calls of a step that a partition costs more than in the smallest size. */
function moreThanAlone(load: Load): string[] {
  const [alone = load] = loads;
  const before = callsBy(alone.entries, alone.partitions);
  return [...callsBy(load.entries, load.partitions)].flatMap(([name, calls]) =>
    calls > (before.get(name) ?? 0) * (1 + RACES) + RACES
      ? [`${name}: ${calls.toFixed(2)} a partition, ${(before.get(name) ?? 0).toFixed(2)} alone`]
      : [],
  );
}

function show(
  title: string,
  entries: readonly Entry[],
  { partitions }: { readonly partitions: number },
): void {
  const number = (value: number) =>
    (value / partitions).toLocaleString('en', { maximumFractionDigits: value / partitions < 100 ? 2 : 0 });
  const table = new Table({
    head: ['step', 'service', 'calls', 'bytes sent', 'bytes received', 'read units', 'write units'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const row = (step: string, service: string, tally: Tally) => {
    const { calls, bytesSent, bytesReceived, readUnits, writeUnits } = tally;
    table.push([step, service, ...[calls, bytesSent, bytesReceived, readUnits, writeUnits].map(number)]);
  };
  for (const [name, tally] of sumBy(entries, ({ step, service }) => `${step} ${service}`)) {
    const [step = '', service = ''] = name.split(' ');
    row(step, service, tally);
  }
  for (const [service, tally] of sumBy(entries, ({ service }) => service)) row('all', service, tally);
  console.log(`\n${title}\n${table}`);
}

function tell({ partitions, events, messages, seconds, entries, largestItem }: Load): void {
  const each = (count: number) => (count / partitions).toFixed(1);
  const sum = (pick: (entry: Entry) => number) => entries.reduce((total, entry) => total + pick(entry), 0);
  const calls = (service: string, operations: RegExp) =>
    sum((entry) => (entry.service === service && operations.test(entry.operation) ? entry.calls : 0));
  const units: Record<keyof typeof PRICE, number> = {
    'DynamoDB write units': sum(({ writeUnits }) => writeUnits),
    'DynamoDB read units': sum(({ readUnits }) => readUnits),
    // Each message is also received and deleted, at worst in a batch of its own.
    'SQS requests': calls('SQS', /./) + 2 * messages,
    'S3 puts and lists': calls('S3', /^(Put|List)/),
    'S3 gets': calls('S3', /^Get/),
  };
  const costs = Object.entries(units).map(([name, count]) => {
    const dollars = (count * PRICE[name as keyof typeof PRICE]) / 1e6;
    return { text: `${each(count)} ${name}`, dollars };
  });
  const cost = costs.reduce((total, { dollars }) => total + dollars, 0);
  console.log(
    [
      `${events} events, ${each(events)} a partition, ${(events / seconds).toFixed(0)} a second on this machine; ${each(messages)} messages a partition`,
      `a partition takes ${costs.map(({ text }) => text).join(', ')}: ${((1000 * cost) / partitions).toFixed(3)} USD for a thousand`,
      `largest item: ${largestItem.bytes} of 400,000 bytes, ${largestItem.key}`,
    ].join('\n'),
  );
}
