import { Command } from 'commander';
import { addBackfillCommand } from './backfill-command.ts';
import { addBacktestCommand } from './backtest-command.ts';
import { addCompletionCommand } from './completion-command.ts';
import { addDeploymentCommand } from './deployment-command.ts';
import { addDlqCommand } from './dlq-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addExportCommand } from './export-command.ts';
import { addImportCommand } from './import-command.ts';
import { addInitCommand } from './init-command.ts';
import { addReplayCommand } from './replay-command.ts';
import { addReportCommand } from './report-command.ts';
import { addServeCommand } from './serve-command.ts';
import { addSimulateCommand } from './simulate-command.ts';
import { addStatusCommand } from './status-command.ts';
import { addSteeringCommands } from './steering-command.ts';
import { addSweepCommand } from './sweep-command.ts';
import { addTrialCommand } from './trial-command.ts';
import { addValidateCommand } from './validate-command.ts';

/** The command line `penumbra`, whole; `finish` gets the exit code of the command that ran. */
export function createProgram(finish: (exitCode: number) => void): Command {
  const program = new Command('penumbra')
    .description('Shadow deployments of machine-learning models: from the dark to full traffic, on evidence.')
    .version('0.1.0')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(penumbra --help shows the commands, penumbra <command> --help their options)')
    .addHelpText(
      'after',
      `
Examples:
  penumbra init my-model --records sample.csv --outcomes outcomes.csv
  penumbra trial my-model
  penumbra explain my-model

docs/cli.md has every command with its options and exit codes.`,
    );

  program.commandsGroup('Try a model on recorded data:');
  addInitCommand(program, finish);
  addValidateCommand(program, finish);
  addTrialCommand(program, finish);
  addSimulateCommand(program, finish);

  program.commandsGroup('See what was decided, and why:');
  addStatusCommand(program, finish);
  addExplainCommand(program, finish);
  addBacktestCommand(program, finish);
  addReportCommand(program, finish);
  addServeCommand(program, finish);

  program.commandsGroup('Decide as a person:');
  addSteeringCommands(program, finish);

  program.commandsGroup('Run it on AWS:');
  addDeploymentCommand(program, finish);
  addSweepCommand(program, finish);
  addDlqCommand(program, finish);
  addBackfillCommand(program, finish);

  program.commandsGroup('The log:');
  addReplayCommand(program, finish);
  addExportCommand(program, finish);
  addImportCommand(program, finish);

  program.commandsGroup('The shell:');
  addCompletionCommand(program, finish);
  return program;
}
