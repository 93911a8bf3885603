import { parseArgs } from 'node:util';
import cliProgress from 'cli-progress';
import { runFaultFree } from './fault-free-run.ts';
import { runRound } from './round.ts';
import { calendarOf, LONG } from './scenario.ts';
import { SEAMS } from './seams.ts';

// npm run chaos -- --faults N --seed S [--deployments D]

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    deployments: { type: 'string', default: '16' },
  },
});
const [faults, firstSeed, deployments] = [values.faults, values.seed, values.deployments].map(positive) as [
  number,
  number,
  number,
];
/** The least that every seam must have been hit: 100 times in 10,000 faults. */
const LEAST_SHARE = 0.01;
const KILLS = 0.55;

const counts = new Map<string, number>(SEAMS.map((seam) => [seam, 0]));
const total = () => SEAMS.reduce((sum, seam) => sum + (counts.get(seam) ?? 0), 0);
const least = Math.floor(faults * LEAST_SHARE);
/** How far the run is, in faults: one that is brought about once more than asked for gets it no further. */
const progress = () => {
  const wanted = SEAMS.map((seam) => Math.min(least, counts.get(seam) ?? 0));
  const share = least === 0 ? 1 : wanted.reduce((sum, count) => sum + count, 0) / (least * SEAMS.length);
  return Math.floor(Math.min(total(), faults, faults * share));
};
const missing = () => SEAMS.filter((seam) => (counts.get(seam) ?? 0) < least);
const write = (text: string) => process.stdout.write(`${text}\n`);

write('Without faults first, as what every other run must come to …');
const expected = await runFaultFree(deployments, LONG);
const bar = new cliProgress.SingleBar({
  format:
    '{bar} {percentage} % of {total} faults ({so_far} so far) · round {round} of seed {seed}, day {day}',
  etaBuffer: 100,
  noTTYOutput: true,
  notTTYSchedule: 15_000,
});
const started = Date.now();
bar.start(faults, 0, { round: 0, seed: firstSeed, day: 0, so_far: 0 });

let rounds = 0;
let swept = 0;
while (total() < faults || missing().length > 0) {
  const seed = firstSeed + rounds;
  rounds += 1;
  const show = (day: number) =>
    bar.update(progress(), {
      so_far: total(),
      round: rounds,
      seed,
      day: `${day}/${calendarOf(LONG).length}`,
    });
  show(0);
  const { failures, dataDir } = await runRound({
    faults: { seed },
    deployments,
    days: LONG,
    expected,
    kills: KILLS,
    onFault: (seam) => counts.set(seam, (counts.get(seam) ?? 0) + 1),
    onSweep: () => {
      swept += 1;
    },
    onDay: show,
  });
  if (failures.length === 0) continue;
  bar.stop();
  write(`\nSeed ${seed} does not end as the run without faults does:\n`);
  for (const failure of failures) write(`- ${failure}`);
  write(`\nThe logs of handlers and AWS are in ${dataDir}. To run this seed again:\n`);
  write(`  npm run chaos -- --faults 1 --seed ${seed} --deployments ${deployments}`);
  process.exit(1);
}
bar.stop();

write('');
for (const seam of SEAMS) write(`${String(counts.get(seam)).padStart(7)}  ${seam}`);
const minutes = ((Date.now() - started) / 60_000).toFixed(1);
write(
  `${String(total()).padStart(7)}  faults in ${rounds} rounds of ${deployments} deployments, ${minutes} minutes`,
);
const fewest = Math.min(...SEAMS.map((seam) => counts.get(seam) ?? 0));
write(`Every seam was hit at least ${fewest} times, and every trial ended as without faults.`);
write(`The sweep alone brought back what was dropped or cut off, ${swept} times.`);

function positive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  process.stderr.write(`"${text}" is no whole number above 0\n`);
  process.exit(2);
}
