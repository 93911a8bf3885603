import { type Explanation, explain, reviewDates } from '@penumbra/evaluator/explain';
import type { Command } from 'commander';
import { date } from './arguments.ts';
import { EXIT } from './exit-code.ts';
import { explanationText } from './explanation-text.ts';
import { withRecorded } from './recorded-deployment.ts';
import { TARGET_HELP, type TargetOptions, withTargetOptions } from './target.ts';
import { printJson, printLine, reportProblems } from './with-target.ts';

interface ExplainOptions extends TargetOptions {
  readonly slice?: string;
  readonly date?: string;
  readonly days?: boolean;
  readonly json?: boolean;
}

/** Wires `penumbra explain`. */
export function addExplainCommand(program: Command, finish: (exitCode: number) => void): void {
  withTargetOptions(program.command('explain'))
    .description(
      'Say what was decided, by which rule, on which numbers and files, and what the next step still needs.',
    )
    .argument('<deployment>', 'name of the deployment, or the folder or data directory of a trial')
    .option('--slice <slice>', 'only this slice')
    .option('--date <date>', 'the review as of this date (default: the last one)', date)
    .option('--days', 'list every day of the evidence, not only the newest')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      `
Examples:
  penumbra explain examples/flight-delays
  penumbra explain flight-delays --slice hub --date 2001-03-20 --days
${TARGET_HELP}

Exit codes: 0 done · 1 no such deployment, slice or review · 2 unknown command or option`,
    )
    .action(async (deployment: string, options: ExplainOptions) =>
      finish(await explainCommand(deployment, options)),
    );
}

function explainCommand(
  asked: string,
  { slice, date: asOf, days, json, ...where }: ExplainOptions,
): Promise<number> {
  return withRecorded(asked, where, ({ log, deployment, simulated }) => {
    const whole = explain(log, asOf);
    if (!whole) {
      const dates = reviewDates(log);
      const known =
        dates.length === 0
          ? 'there is no review yet'
          : `there are reviews from ${dates[0]} to ${dates.at(-1)}`;
      return reportProblems([
        {
          where: deployment,
          what: asOf === undefined ? known : `no review is as of ${asOf}; ${known}`,
          remedy: 'Give the date of a review with --date, or none for the last one',
        },
      ]);
    }
    const shown: Explanation = {
      ...whole,
      slices: whole.slices.filter((each) => slice === undefined || each.slice === slice),
    };
    if (shown.slices.length === 0) {
      return reportProblems([
        {
          where: deployment,
          what: `there is no slice ${JSON.stringify(slice)}`,
          remedy: `Choose one of ${whole.slices.map((each) => each.slice).join(', ')}`,
        },
      ]);
    }
    if (json) printJson({ ...shown, simulated });
    else {
      const width = process.stdout.columns ?? 100;
      for (const line of explanationText(shown, { simulated, everyDay: days ?? false, width }))
        printLine(line);
    }
    return EXIT.success;
  });
}
