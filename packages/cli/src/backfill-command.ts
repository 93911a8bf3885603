import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backfillDays, type PlannedDate, planBackfill } from '@penumbra/core/pipeline/backfill';
import { backfillReviews, type PastReviews, unreviewedDates } from '@penumbra/core/pipeline/backfill-reviews';
import { type Reevaluated, reevaluate } from '@penumbra/core/pipeline/reevaluate';
import { describeProblem } from '@penumbra/core/problem';
import { layOutPast } from '@penumbra/local/past-data';
import { readTrialFolder } from '@penumbra/local/trial-folder';
import { type Command, Option } from 'commander';
import { date, wholeNumber } from './arguments.ts';
import { EXIT } from './exit-code.ts';
import { printable } from './printable.ts';
import { rateProgress } from './rate-progress.ts';
import { TARGET_HELP, type Target, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, reportProblems, withTarget } from './with-target.ts';

interface BackfillArguments extends TargetOptions {
  readonly from: string;
  readonly to: string;
  readonly concurrency: number;
  readonly reviews?: PastReviews | 'none';
  readonly dryRun?: boolean;
  readonly reEvaluate?: boolean;
  readonly json?: boolean;
}

/** Milliseconds between two looks at the log. */
const POLL_MS = 200;

/** Wires `penumbra backfill`. */
export function addBackfillCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(program.command('backfill'))
    .description('Take past dates through the pipeline: those that have records and are not done.')
    .argument('<deployment>', 'name of the deployment')
    .requiredOption('--from <date>', 'first date of records', date)
    .requiredOption('--to <date>', 'last date of records', date)
    .option('--concurrency <count>', 'transforms at once: your quota, or less', wholeNumber(1, 9999), 4)
    .addOption(
      new Option(
        '--reviews <how>',
        'reviews of the past mornings that nobody made. as-live: as they would have decided (default for a trial); ' +
          'in-shadow: paused meanwhile, so that days become evidence and nothing is promoted (default on AWS)',
      ).choices(['as-live', 'in-shadow', 'none']),
    )
    .option('--re-evaluate', 'evaluate mature days once more and record restatements; decisions stay')
    .option('--dry-run', 'say what would be done, and send nothing')
    .option('--json', 'print one JSON document instead of sentences')
    .addHelpText(
      'after',
      `
Examples:
  penumbra backfill flight-delays --from 2001-02-01 --to 2001-02-28 --trial examples/flight-delays
  penumbra backfill flight-delays --from 2001-02-01 --to 2001-02-28 --concurrency 2 --dry-run
  penumbra backfill flight-delays --from 2001-02-01 --to 2001-02-28 --re-evaluate
${TARGET_HELP}
With --trial, what the folder holds is put into the trial's bucket first, as if it had always been there.

Exit codes: 0 done · 1 no such deployment or trial · 2 unknown command or option · 130 stopped by Ctrl-C: what was sent
goes on, and the same command resumes.`,
    )
    .action(async (deployment: string, options: BackfillArguments) =>
      finish(await backfill(deployment, options)),
    );
}

async function backfill(deployment: string, options: BackfillArguments): Promise<number> {
  const { from, to, trial, dataDir } = options;
  if (from > to) {
    return reportProblems([
      { where: '--from', what: `${from} is after ${to}`, remedy: 'Give --from before --to' },
    ]);
  }
  if (trial !== undefined) {
    const folder = await readTrialFolder(trial);
    if (!folder.ok) return reportProblems(folder.problems);
    const laidOut = await layOutPast(folder.value, resolve(dataDir ?? join(trial, '.penumbra')), {
      from,
      to,
    });
    if (!laidOut.ok) return reportProblems(laidOut.problems);
  }
  const interrupted = 'Sending no more; what was sent goes on. The same command resumes.';
  return withTarget(
    { ...(trial === undefined ? {} : { trial }), ...(dataDir === undefined ? {} : { dataDir }) },
    { handlers: options.dryRun !== true, interrupted },
    (target, signal) =>
      options.reEvaluate
        ? reevaluateAll(target, deployment, options, signal)
        : fill(target, deployment, options, signal),
  );
}

async function fill(
  { pipeline, simulated }: Target,
  deployment: string,
  { from, to, concurrency, reviews = simulated ? 'as-live' : 'in-shadow', dryRun, json }: BackfillArguments,
  signal: AbortSignal,
): Promise<number> {
  const request = { deployment, from, to };
  const planned = await planBackfill(pipeline, request);
  const before = countSteps(planned);
  const toEvaluate = before.evaluate + before['land-predictions'];
  const say = (text: string) => {
    if (!json) printLine(text);
  };
  say(
    `${planned.length} dates: ${before.transform} to transform, ${toEvaluate} to evaluate, ${before.done} done, ` +
      `${before.held} held, ${before['no-records']} without records`,
  );
  tellHeld(planned, say);
  if (dryRun) {
    if (json) printJson({ deployment, plan: planned.map(({ date: day, plan }) => ({ date: day, ...plan })) });
    return EXIT.success;
  }
  const begin = performance.now();
  const progress = rateProgress(process.stderr, 'dates', before.transform + toEvaluate);
  await backfillDays(pipeline, planned, {
    ...request,
    concurrency,
    signal,
    pause: () => sleep(POLL_MS),
    onProgress: (done, _, day) => progress.update(done, day),
  });
  progress.stop();
  const after = signal.aborted ? [] : await planBackfill(pipeline, request);
  const reviewed =
    reviews === 'none' || signal.aborted ? [] : await reviewAll(pipeline, request, reviews, signal);
  const seconds = (performance.now() - begin) / 1000;
  const now = countSteps(after);
  if (json) {
    printJson({ deployment, before, after: now, reviews: reviewed.length, seconds });
  } else if (!signal.aborted) {
    tellHeld(
      after.filter(({ date: day, plan }) => plan.step === 'held' && !wasHeld(planned, day)),
      say,
    );
    say(
      `${now.done} dates done, ${now.held} held; ${reviewed.length} reviews ${reviews}; ${seconds.toFixed(1)} s, ` +
        `${((before.transform + toEvaluate) / seconds).toFixed(2)} dates a second`,
    );
  }
  return EXIT.success;
}

/** Problems that are shown of one held date. */
const MOST_PROBLEMS = 5;

type Steps = Record<PlannedDate['plan']['step'], number>;

function countSteps(planned: readonly PlannedDate[]): Steps {
  const steps: Steps = {
    transform: 0,
    'land-predictions': 0,
    evaluate: 0,
    done: 0,
    held: 0,
    'no-records': 0,
  };
  for (const { plan } of planned) steps[plan.step] += 1;
  return steps;
}

const wasHeld = (planned: readonly PlannedDate[], day: string) =>
  planned.some(({ date: other, plan }) => other === day && plan.step === 'held');

function tellHeld(planned: readonly PlannedDate[], say: (text: string) => void): void {
  for (const { date: day, plan, state } of planned) {
    if (plan.step !== 'held') continue;
    say(`  ${day} held: ${plan.reason}`);
    for (const problem of (state.rejected?.problems ?? []).slice(0, MOST_PROBLEMS))
      say(`    ${printable(describeProblem(problem))}`);
  }
}

async function reviewAll(
  pipeline: Target['pipeline'],
  request: { deployment: string; from: string; to: string },
  how: PastReviews,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const dates = await unreviewedDates(pipeline, request);
  const progress = rateProgress(process.stderr, 'reviews', dates.length);
  await backfillReviews(pipeline, request.deployment, dates, how, { signal, onProgress: progress.update });
  progress.stop();
  return dates;
}

async function reevaluateAll(
  { pipeline }: Target,
  deployment: string,
  { from, to, dryRun, json }: BackfillArguments,
  signal: AbortSignal,
): Promise<number> {
  const planned = await planBackfill(pipeline, { deployment, from, to });
  const mature = planned.filter(({ state }) => state.mature);
  if (dryRun) {
    if (json) printJson({ deployment, mature: mature.map(({ date: day }) => day) });
    else printLine(`${mature.length} of ${planned.length} dates are mature and would be evaluated once more`);
    return EXIT.success;
  }
  const results: (Reevaluated & { date: string })[] = [];
  const progress = rateProgress(process.stderr, 'dates', mature.length);
  for (const { date: day } of mature) {
    if (signal.aborted) break;
    results.push({ date: day, ...(await reevaluate(pipeline, { deployment, date: day })) });
    progress.update(results.length, day);
  }
  progress.stop();
  const count = (result: Reevaluated['result']) => results.filter((one) => one.result === result).length;
  if (json) printJson({ deployment, results });
  else {
    const running = count('submitted') > 0 ? `${count('submitted')} queried and told of later, ` : '';
    printLine(
      `${running}${count('restated')} dates restated, ${count('unchanged')} unchanged, ${count('skipped')} skipped; no decision was touched`,
    );
    for (const { date: day, result, why } of results)
      if (result === 'skipped') printLine(`  ${day} skipped: ${why}`);
  }
  return EXIT.success;
}
