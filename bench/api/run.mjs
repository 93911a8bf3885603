import { execFileSync, fork, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

// npm run bench:api [-- --full]: installs the load generator on first use, and measures a server process of one core.
// --full sends ten minutes' worth of requests at the fixed rate, as fast as they are answered.

const RATE = 1000;
const TEN_MINUTES = 600 * RATE;
const full = process.argv.includes('--full');
const seconds = full ? 20 : 5;
const sustained = full ? TEN_MINUTES : TEN_MINUTES / 20;
/** Growth of the heap after garbage collection that counts as none, in MB. */
const TOLERATED_MB = 5;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
if (!existsSync(here('./node_modules'))) {
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here('.'),
    stdio: 'inherit',
  });
}
const { load, requestsOf } = await import('./load.mjs');

const key = randomBytes(32).toString('base64url');
const tsx = createRequire(here('../../package.json')).resolve('tsx');
const server = fork(here('./server.ts'), [], {
  execArgv: ['--expose-gc', '--import', `file://${tsx}`],
  env: { ...process.env, BENCH_KEY: key },
});
const told = (pick) =>
  new Promise((resolve, reject) => {
    const look = (message) => {
      if (message[pick] === undefined) return;
      server.off('message', look);
      resolve(message[pick]);
    };
    server.on('message', look);
    server.once('exit', () => reject(new Error('the server has ended')));
  });
const url = await told('url');
const memory = async () => {
  const answer = told('memory');
  server.send('memory');
  return answer;
};

const pinned = pin(server.pid, 0) && pin(process.pid, 1);
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`);
console.log(
  `server process on one core${pinned ? ' of its own' : ', not pinned'}; load from a second process, 16 connections\n`,
);

const kinds = [
  ['single', 200],
  ['bulk', 200],
  ['304', 304],
];
const rows = [];
for (const [kind, expected] of kinds) {
  const requests = await requestsOf(kind, url, key);
  await load({ url, requests, expected, amount: 8_000 });
  const before = await memory();
  const most = await load({ url, requests, expected, seconds });
  const after = await memory();
  const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  const fixed = await load({ url, requests, expected, seconds, rate: RATE });
  rows.push({
    OFREP: kind,
    'requests/s': Math.round(most.perSecond),
    'CPU µs/request': Math.round(cpu / most.count),
    'requests/s of a whole core': Math.round((1e6 * most.count) / cpu),
    'p50 ms, full': round(most.p50),
    'p99 ms, full': round(most.p99),
    [`of ${RATE}/s answered`]: Math.round(fixed.perSecond),
    [`p50 ms at ${RATE}/s`]: round(fixed.p50),
    [`p99 ms at ${RATE}/s`]: round(fixed.p99),
  });
}
console.table(rows);

const all = (await Promise.all(kinds.map(([kind]) => requestsOf(kind, url, key)))).slice(0, 2).flat();
await load({ url, requests: all, expected: 200, amount: 20_000 });
const before = await memory();
const halfway = await sustain(sustained / 2);
const after = await sustain(sustained / 2);
const minutes = sustained / RATE / 60;
console.log(
  `memory over ${sustained.toLocaleString('en')} requests (${minutes} minutes' worth at ${RATE}/s): ` +
    `heap ${mb(before.heapUsed)} → ${mb(halfway.heapUsed)} → ${mb(after.heapUsed)} MB after garbage collection, ` +
    `resident ${mb(before.rss)} → ${mb(halfway.rss)} → ${mb(after.rss)} MB`,
);
const grown = (after.heapUsed - before.heapUsed) / 1e6;
console.log(grown <= TOLERATED_MB ? 'no growth' : `the heap grew by ${round(grown)} MB`);
process.exitCode = grown <= TOLERATED_MB ? 0 : 1;
server.removeAllListeners('exit');
server.send('stop');

async function sustain(amount) {
  await load({ url, requests: all, expected: 200, amount });
  return memory();
}

/** Gives a process a core of its own, where there are two and the system has a command for it. */
function pin(pid, core) {
  if (availableParallelism() < 2) return false;
  return spawnSync('taskset', ['-a', '-cp', String(core), String(pid)], { stdio: 'ignore' }).status === 0;
}

function round(value) {
  return Math.round(value * 100) / 100;
}

function mb(bytes) {
  return (bytes / 1e6).toFixed(1);
}
