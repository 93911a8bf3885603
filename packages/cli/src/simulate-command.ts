import { setImmediate as breathe } from 'node:timers/promises';
import type { Definition } from '@penumbra/core/definition';
import { failure, type Result, success } from '@penumbra/core/problem';
import { daysOfSlice } from '@penumbra/evaluator/day-evidence';
import {
  chancesOf,
  type DailyMean,
  type DayProcess,
  daysUntilPromoted,
  normalDays,
  type ProofChances,
  resampledDays,
} from '@penumbra/evaluator/days-to-proof';
import { weighDays } from '@penumbra/evaluator/evidence';
import { seededRandom } from '@penumbra/evaluator/inference/seeded-random';
import { payOff } from '@penumbra/evaluator/pay-off';
import { readTrialFolder } from '@penumbra/local/trial-folder';
import type { Command } from 'commander';
import { number, wholeNumber } from './arguments.ts';
import { EXIT } from './exit-code.ts';
import { interruptible } from './interruptible.ts';
import { rateProgress } from './rate-progress.ts';
import { meantBy } from './recorded-deployment.ts';
import { simulationLines } from './simulation-text.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, reportProblems, withTarget } from './with-target.ts';

interface SimulateOptions extends TargetOptions {
  readonly slice?: string;
  readonly effect?: readonly number[];
  readonly rows?: number;
  readonly spread?: number;
  readonly autocorrelation: number;
  readonly runs: number;
  readonly horizon: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** What the simulated days are like. */
export interface Basis {
  /** Mature days that they are drawn from; 0 where they are described by options. */
  readonly matureDays: number;
  readonly rowsPerDay: number;
  /** Of the daily mean differences, in money per record. */
  readonly standardDeviation: number;
  /** What the challenger has earned more so far, in money per record; null where nothing is known. */
  readonly observed: number | null;
}

export interface Simulation {
  readonly deployment: string;
  readonly slice: string;
  readonly currency: string;
  readonly basis: Basis;
  readonly maturityDays: number;
  readonly margin: number;
  readonly horizon: number;
  readonly seed: number;
  readonly effects: readonly ProofChances[];
}

/** Fewer days say little about their spread. */
const LEAST_DAYS = 14;
/** Effects that are tried where none is given, in standard deviations of a day. */
const SHARES = [0.25, 0.5, 1] as const;

const manyNumbers = (text: string, before: readonly number[] = []): number[] => [
  ...before,
  number(-1e9, 1e9)(text),
];

/** Wires `penumbra simulate-my-data`. */
export function addSimulateCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(program.command('simulate-my-data'))
    .description(
      'How many days until an effect of so much money per record is proven, with your volume and spread?',
    )
    .argument('<deployment>', 'name of the deployment, or the folder or data directory of a trial')
    .option('--slice <slice>', 'which slice (default: the first one)')
    .option(
      '--effect <money>',
      'what the challenger truly earns more per record; may be repeated',
      manyNumbers,
    )
    .option('--rows <count>', 'records a day, where there is no history yet', wholeNumber(1, 1_000_000_000))
    .option(
      '--spread <money>',
      'standard deviation of the daily mean difference per record, likewise',
      number(1e-9, 1e9),
    )
    .option(
      '--autocorrelation <share>',
      'how much a day is like the one before, likewise',
      number(0, 0.95),
      0.2,
    )
    .option('--runs <count>', 'simulated rollouts for each effect', wholeNumber(20, 100_000), 200)
    .option('--horizon <days>', 'mature days to wait at most', wholeNumber(2, 1000), 180)
    .option('--seed <number>', 'the same seed gives the same answer', wholeNumber(0, 2 ** 31), 1)
    .option('--json', 'print one JSON document instead of a table')
    .addHelpText(
      'after',
      `
Examples:
  penumbra simulate-my-data my-model                                  # from the days of a trial
  penumbra simulate-my-data my-model --slice large --effect 0.5 --effect 1
  penumbra simulate-my-data my-model --rows 8000 --spread 1.2         # before there is any
${TARGET_HELP}

Each run draws days like yours and lets the shipped review look at them every day. Exit codes: 0 done · 1 no such
deployment or slice, or too few days · 2 unknown command or option · 130 stopped by Ctrl-C: what was done is told.`,
    )
    .action(async (deployment: string, options: SimulateOptions) =>
      finish(await simulate(deployment, options)),
    );
}

interface Known {
  readonly definition: Definition;
  readonly history: (slice: string) => readonly DailyMean[];
}

async function simulate(asked: string, options: SimulateOptions): Promise<number> {
  const described = options.rows !== undefined || options.spread !== undefined;
  if (described && (options.rows === undefined || options.spread === undefined)) {
    const remedy = 'Give both, or neither to go by the history';
    return reportProblems([{ where: '--rows', what: 'it goes together with --spread', remedy }]);
  }
  const { where, deployment } = await meantBy(asked, options);
  if (described && where.trial !== undefined) {
    const folder = await readTrialFolder(where.trial);
    if (!folder.ok) return reportProblems(folder.problems);
    return interruptible(STOPPING, (signal) =>
      answer({ definition: folder.value.definition, history: () => [] }, options, signal),
    );
  }
  return withTarget(where, { interrupted: STOPPING }, async ({ pipeline }, signal) => {
    const { definition, state } = await pipeline.rollouts(deployment);
    const history = (slice: string) =>
      daysOfSlice(slice, state.evidence, definition.policy.minRowsPerDay, null);
    return answer({ definition, history }, options, signal);
  });
}

const STOPPING = 'Stopping after this run; press Ctrl-C again to stop at once.';

async function answer(known: Known, options: SimulateOptions, signal: AbortSignal): Promise<number> {
  const { definition } = known;
  const names = definition.slices.map(({ slice }) => slice);
  const slice = options.slice ?? names[0] ?? '';
  if (!names.includes(slice)) {
    const what = `there is no slice ${JSON.stringify(slice)}`;
    return reportProblems([
      { where: definition.deployment, what, remedy: `Choose one of ${names.join(', ')}` },
    ]);
  }
  const source = sourceOf(known, slice, options);
  if (!source.ok) return reportProblems(source.problems);
  const { basis, days } = source.value;
  const { runs, horizon, seed, json } = options;
  const { margin } = definition.policy;
  // A challenger that is as bad as the margin just allows must not be promoted: the row that keeps the others honest.
  const effects = [0 - margin, ...(options.effect ?? usualEffects(basis))];
  const progress = rateProgress(process.stderr, 'runs', runs * effects.length);
  const found: ProofChances[] = [];
  for (const [index, effect] of effects.entries()) {
    const outcomes: (number | undefined)[] = [];
    for (let run = 0; run < runs && !signal.aborted; run += 1) {
      const question = { definition, slice, days, effect, horizon };
      outcomes.push(daysUntilPromoted(question, seededRandom((seed * 1_000_003 + run) % 2 ** 31)));
      progress.update(index * runs + run + 1, `effect ${index + 1} of ${effects.length}`);
      await breathe();
    }
    if (outcomes.length > 0) found.push(chancesOf(effect, outcomes));
  }
  progress.stop();
  const simulation: Simulation = {
    deployment: definition.deployment,
    slice,
    currency: payOff(definition.task).currency,
    basis,
    maturityDays: definition.outcomes.maturityDays,
    margin,
    horizon,
    seed,
    effects: found,
  };
  if (json) printJson(simulation);
  else for (const line of simulationLines(simulation)) printLine(line);
  return signal.aborted ? EXIT.interrupted : EXIT.success;
}

/** Two digits are enough for a question. */
const usualEffects = ({ standardDeviation }: Basis): number[] =>
  SHARES.map((share) => Number((share * standardDeviation).toPrecision(2)));

function sourceOf(
  { definition, history }: Known,
  slice: string,
  { rows, spread, autocorrelation }: SimulateOptions,
): Result<{ readonly basis: Basis; readonly days: DayProcess }> {
  if (rows !== undefined && spread !== undefined) {
    const basis = { matureDays: 0, rowsPerDay: rows, standardDeviation: spread, observed: null };
    return success({ basis, days: normalDays(rows, spread, autocorrelation) });
  }
  const known = history(slice);
  if (known.length < LEAST_DAYS) {
    return failure({
      where: `${definition.deployment}, ${slice}`,
      what: `it has ${known.length} mature days, too few to know their spread from`,
      remedy: `Run the trial for ${LEAST_DAYS} mature days, or say what days are like with --rows and --spread`,
    });
  }
  const weighed = weighDays(
    known.map(({ rows: of, mean }) => ({ rows: of, value: mean })),
    { alpha: definition.policy.alpha, harmAlpha: definition.policy.alpha },
    'day',
  );
  const basis = {
    matureDays: known.length,
    rowsPerDay: known.reduce((sum, day) => sum + day.rows, 0) / known.length,
    standardDeviation: weighed.standardDeviation ?? 0,
    observed: weighed.mean,
  };
  return success({ basis, days: resampledDays(known) });
}
