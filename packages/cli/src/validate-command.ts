import { stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import type { CalendarDate } from '@penumbra/core/calendar';
import type { Problem } from '@penumbra/core/problem';
import { readDefinition } from '@penumbra/local/definition-file';
import { chooseRange } from '@penumbra/local/trial';
import { readTrialFolder } from '@penumbra/local/trial-folder';
import { type CheckedDate, validateFolder } from '@penumbra/local/validate-folder';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { date } from './arguments.ts';
import { EXIT } from './exit-code.ts';
import { interruptible } from './interruptible.ts';
import { rateProgress } from './rate-progress.ts';
import { type Validation, validationOf } from './validation.ts';
import { printJson, printLine, reportProblems } from './with-target.ts';

interface ValidateOptions {
  readonly from?: CalendarDate;
  readonly to?: CalendarDate;
  readonly json?: boolean;
}

/** Problems that are told; a wrong column makes one on every date. */
const MOST_PROBLEMS = 20;

/** Wires `penumbra validate`. */
export function addValidateCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('validate')
    .description('Check a definition, and every row of the folder that it lies in, without running anything.')
    .argument('<path>', 'folder of a trial, or the file of a definition')
    .option('--from <date>', 'first date of records (default: the first there is)', date)
    .option('--to <date>', 'last date of records (default: the last there is)', date)
    .option('--json', 'print one JSON document instead of a table')
    .addHelpText(
      'after',
      `
Examples:
  penumbra validate my-model
  penumbra validate my-model/penumbra.json
  penumbra validate my-model --from 2026-01-01 --to 2026-01-07 --json

Exit codes: 0 nothing is wrong · 1 something is (the message says where, and what to do) · 2 unknown command or option ·
130 stopped by Ctrl-C: nothing was written.`,
    )
    .action(async (path: string, options: ValidateOptions) => finish(await validate(path, options)));
}

async function validate(path: string, options: ValidateOptions): Promise<number> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return validateDefinition(path, options);
  const folder = await readTrialFolder(path);
  if (!folder.ok) return reportProblems(folder.problems);
  const range = chooseRange(folder.value, options);
  if (!range.ok) return reportProblems(range.problems);
  const { from, to } = range.value;
  const dates = [...folder.value.records.keys()].filter((each) => each >= from && each <= to);
  return interruptible('Stopping after this date.', async (signal) => {
    const progress = rateProgress(process.stderr, 'dates', dates.length);
    const checked: CheckedDate[] = [];
    try {
      for await (const each of validateFolder(folder.value, dates)) {
        checked.push(each);
        progress.update(checked.length, each.date);
        if (signal.aborted) return EXIT.interrupted;
      }
    } finally {
      progress.stop();
    }
    return tell(validationOf(folder.value.definition, checked), options);
  });
}

async function validateDefinition(path: string, { json }: ValidateOptions): Promise<number> {
  const definition = await readDefinition(path, 'Give the file of a definition, or the folder of a trial');
  if (!definition.ok) return reportProblems(definition.problems);
  const { deployment, slices } = definition.value;
  if (json) printJson({ deployment, slices: slices.map(({ slice }) => slice), problems: [] });
  else
    printLine(
      `${deployment}: the definition holds, with ${slices.length} slices; its data was not looked at`,
    );
  return EXIT.success;
}

function tell(found: Validation, { json }: ValidateOptions): number {
  const { deployment, problems, remarks, rows, dates, from, to, coverage } = found;
  if (json) printJson(found);
  if (problems.length > 0) {
    reportProblems(problems.slice(0, MOST_PROBLEMS).map(fromHere));
    if (problems.length > MOST_PROBLEMS)
      process.stderr.write(`and ${problems.length - MOST_PROBLEMS} more\n`);
    return EXIT.badInput;
  }
  if (json) return EXIT.success;
  printLine(
    `${deployment}: nothing is wrong with ${rows.toLocaleString('en')} records of ${dates} dates, ${from} to ${to}`,
  );
  printLine(tableOf(found));
  if (coverage.share !== null)
    printLine(
      `outcomes: ${(100 * coverage.share).toFixed(1)} % of the records of ${coverage.dates} mature dates`,
    );
  for (const remark of remarks) printLine(`! ${remark}`);
  return EXIT.success;
}

/** Paths as a person would type them. */
const fromHere = (problem: Problem): Problem => ({
  ...problem,
  where: isAbsolute(problem.where) ? relative(process.cwd(), problem.where) : problem.where,
});

function tableOf({ slices, rows, dates }: Validation): string {
  const table = new Table({
    head: ['slice', 'records', 'share', 'a day', 'thin dates'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { slice, rows: of, thinDates } of slices) {
    const share = `${((100 * of) / Math.max(1, rows)).toFixed(1)} %`;
    table.push([
      slice,
      of.toLocaleString('en'),
      share,
      Math.round(of / dates).toLocaleString('en'),
      thinDates,
    ]);
  }
  return table.toString();
}
