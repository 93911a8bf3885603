import { isCalendarDate } from '@penumbra/core/calendar';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addBackfillCommand } from './backfill-command.ts';
import { addBacktestCommand } from './backtest-command.ts';
import { addDeploymentCommand } from './deployment-command.ts';
import { addDlqCommand } from './dlq-command.ts';
import { EXIT } from './exit-code.ts';
import { addExplainCommand } from './explain-command.ts';
import { addExportCommand } from './export-command.ts';
import { addImportCommand } from './import-command.ts';
import { addReplayCommand } from './replay-command.ts';
import { addServeCommand } from './serve-command.ts';
import { addSweepCommand } from './sweep-command.ts';
import { trial } from './trial-command.ts';

function date(text: string): string {
  if (isCalendarDate(text)) return text;
  throw new InvalidArgumentError('Give a date that exists, as YYYY-MM-DD.');
}

/** Runs the command line `penumbra` and answers its exit code. `argv` as Node gives it. */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.success;
  const program = new Command('penumbra')
    .description('Shadow deployments of machine-learning models: from the dark to full traffic, on evidence.')
    .version('0.1.0')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(penumbra --help shows the commands, penumbra <command> --help their options)');

  program
    .command('trial')
    .description(
      'Run a deployment over recorded history: a folder with penumbra.json, records/ and outcomes/.',
    )
    .argument('<folder>', 'folder of the trial')
    .option('--from <date>', 'first date of records (default: the first there is)', date)
    .option('--to <date>', 'last date of records (default: the last there is)', date)
    .option(
      '--data-dir <directory>',
      'where log, objects and queues are kept (default: .penumbra in the folder)',
    )
    .option('--fresh', 'forget what an earlier trial left there')
    .option('--keep-going', 'hold a date whose data is bad and go on, instead of ending the trial')
    .option('--report <file>', 'where the HTML report goes (default: report.html in the data directory)')
    .option('--json', 'print one JSON document instead of tables')
    .addHelpText(
      'after',
      `
Examples:
  penumbra trial examples/flight-delays
  penumbra trial my-model --from 2026-01-01 --to 2026-03-31 --json > trial.json

Exit codes: 0 done · 1 bad data, definition or model (the message says where) · 2 unknown command or option ·
130 stopped by Ctrl-C: the same command resumes.`,
    )
    .action(async (folder: string, options: object) => {
      exitCode = await trial({ folder, ...options });
    });
  const finish = (code: number) => {
    exitCode = code;
  };
  addDeploymentCommand(program, finish);
  addSweepCommand(program, finish);
  addDlqCommand(program, finish);
  addBackfillCommand(program, finish);
  addReplayCommand(program, finish);
  addExplainCommand(program, finish);
  addBacktestCommand(program, finish);
  addExportCommand(program, finish);
  addImportCommand(program, finish);
  addServeCommand(program, finish);

  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.success : EXIT.usage;
  }
}
