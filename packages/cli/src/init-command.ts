import { relative } from 'node:path';
import { describeProblem } from '@penumbra/core/problem';
import type { Command } from 'commander';
import { names, number, numbers, wholeNumber } from './arguments.ts';
import { canAsk } from './ask.ts';
import { EXIT } from './exit-code.ts';
import type { Given } from './init/plan.ts';
import { type Initialised, initialise } from './init/write-folder.ts';
import { onStderr } from './on-stderr.ts';
import { printable } from './printable.ts';
import { printJson, printLine, reportProblems } from './with-target.ts';

interface InitOptions extends Omit<Given, 'command' | 'amount'> {
  readonly records?: string;
  readonly outcomes?: string;
  readonly predictions?: string;
  readonly amount?: string;
  readonly modelCommand?: string;
  readonly definitionOnly?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Wires `penumbra init`. */
export function addInitCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('init')
    .description(
      'Write a definition with comments, and lay out the data beside it, from a sample of your data.',
    )
    .argument('<folder>', 'folder of the trial to be: penumbra.json goes there')
    .option(
      '--records <file>',
      'records: .csv, .jsonl, .parquet or .arrow (default: the first file in <folder>/records)',
    )
    .option('--outcomes <file>', 'what happened to them (default: the first file in <folder>/outcomes)')
    .option('--predictions <file>', "the challenger's scores, where they are made elsewhere")
    .option('--model-command <command>', "what starts the challenger's container on this machine")
    .option('--date <column>', 'column of the records that holds the date: they are laid out by it')
    .option('--landed <column>', 'column of the outcomes that holds the date on which they became known')
    .option('--definition-only', 'lay out no data')
    .option('--name <name>', 'name of the deployment (default: that of the folder)')
    .option('--id <column>', 'column that tells records apart')
    .option('--unit <column>', 'column of whoever keeps the same decider: a customer, an account')
    .option('--incumbent <column>', 'column of what decides today')
    .option('--amount <column>', 'column of the amount at stake')
    .option('--label <column>', 'column of what happened')
    .option('--money <column>', 'column of the money that moved with an outcome')
    .option('--features <columns>', 'columns that the model looks at, with commas between them', names)
    .option('--slice-by <column>', 'column that cuts the traffic into slices')
    .option('--currency <code>', 'currency of all amounts, such as EUR')
    .option(
      '--payoff <amounts>',
      'worth of a true positive, false positive, false negative, true negative',
      numbers(4),
    )
    .option('--cost <amounts>', 'cost of a unit too high and of a unit too low, for a forecast', numbers(2))
    .option('--threshold <score>', 'score from which on the challenger acts', number(0, 1))
    .option('--maturity-days <days>', 'age in days at which outcomes are judged', wholeNumber(0, 1000))
    .option('--yes', 'ask nothing: guess what is not given')
    .option('--json', 'print one JSON document instead of sentences')
    .addHelpText(
      'after',
      `
Examples:
  penumbra init my-model --records orders.csv --outcomes outcomes.csv --predictions scores.csv
  penumbra init my-model --records orders.csv --outcomes outcomes.csv --model-command "python3 serve.py" \\
    --payoff 0,-5,-40,0 --currency EUR --yes
  penumbra init my-model                      # where records/ and outcomes/ are there already

Without a terminal it asks nothing and needs --yes.

Exit codes: 0 done · 1 a file or a column does not fit, or a definition is there already · 2 unknown command or option ·
130 stopped: nothing was written.`,
    )
    .action(async (folder: string, options: InitOptions) => finish(await init(folder, options)));
}

async function init(folder: string, options: InitOptions): Promise<number> {
  const {
    records,
    outcomes,
    predictions,
    modelCommand,
    definitionOnly = false,
    yes,
    json,
    ...given
  } = options;
  const asks = yes !== true && json !== true;
  if (asks && !canAsk()) {
    const remedy = 'Run it in a terminal, or give --yes to take what is guessed';
    return reportProblems([{ where: 'init', what: 'there is no terminal to ask on', remedy }]);
  }
  const asker = asks ? (await import('./init/terminal-asker.ts')).terminalAsker() : undefined;
  const command = modelCommand?.trim().split(/\s+/);
  const done = await initialise({
    folder,
    records,
    outcomes,
    predictions,
    definitionOnly,
    asker,
    onOddCell: (problem) =>
      process.stderr.write(`${onStderr().yellow('!')} ${printable(describeProblem(problem))}\n`),
    given: { ...given, ...(command ? { command } : {}) },
  });
  if (done === undefined) return EXIT.interrupted;
  if (!done.ok) return reportProblems(done.problems);
  if (json) printJson(done.value);
  else for (const line of told(folder, done.value)) printLine(line);
  return EXIT.success;
}

function told(folder: string, { path, plan, dates, counted }: Initialised): string[] {
  const slices = plan.slices.map(({ slice }) => slice).join(', ');
  const challenger = plan.predictions
    ? `the scores in ${plan.predictions.score}`
    : `the model ${plan.deployment}`;
  return [
    `${relative(process.cwd(), path)}: ${challenger} against ${plan.incumbent}, on ${plan.slices.length} slices (${slices})`,
    ...(dates > 0 ? [`${dates} dates of records are laid out beside it`] : []),
    ...(counted
      ? ['Nobody said what a decision is worth: write your amounts into it, or errors are counted']
      : []),
    ...(plan.predictions || plan.command
      ? []
      : [
          'A trial needs the challenger too: add model.command or model.url, or put scores into predictions/',
        ]),
    `Next: look at it, then penumbra validate ${folder} and penumbra trial ${folder}`,
  ];
}
