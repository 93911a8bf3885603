import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { runTrial } from '@penumbra/local/trial';
import type { Engine } from '@penumbra/local/trial-folder';
import { renderReport } from '@penumbra/report/report';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { date } from './arguments.ts';
import { EXIT } from './exit-code.ts';
import { interruptible } from './interruptible.ts';
import { trialProgress } from './progress.ts';
import { renderSummary } from './summary.ts';
import { printJson, reportProblems } from './with-target.ts';

export interface TrialArguments {
  readonly folder: string;
  readonly from?: string;
  readonly to?: string;
  readonly dataDir?: string;
  readonly fresh?: boolean;
  readonly engine?: Engine;
  readonly keepGoing?: boolean;
  readonly report?: string;
  readonly json?: boolean;
}

/** Wires `penumbra trial`. */
export function addTrialCommand(program: Command, finish: (exitCode: number) => void): void {
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
    .addOption(
      new Option('--engine <engine>', 'what compares the days (default: as the definition says)').choices([
        'lambda',
        'athena',
        'auto',
      ]),
    )
    .option('--keep-going', 'hold a date whose data is bad and go on, instead of ending the trial')
    .option('--report <file>', 'where the HTML report goes (default: report.html in the data directory)')
    .option('--json', 'print one JSON document instead of tables')
    .addHelpText(
      'after',
      `
Examples:
  penumbra trial examples/flight-delays
  penumbra trial my-model --engine athena --data-dir /tmp/by-query
  penumbra trial my-model --from 2026-01-01 --to 2026-03-31 --json > trial.json

Exit codes: 0 done · 1 bad data, definition or model (the message says where) · 2 unknown command or option ·
130 stopped by Ctrl-C: the same command resumes.`,
    )
    .action(async (folder: string, options: object) => finish(await trial({ folder, ...options })));
}

const INTERRUPTED = 'Finishing this day; press Ctrl-C again to stop at once. Nothing is lost either way.';

/** The command `penumbra trial`: progress on standard error, the result on standard output. Answers an exit code. */
export function trial({ report, json, ...options }: TrialArguments): Promise<number> {
  return interruptible(INTERRUPTED, async (signal) => {
    const progress = trialProgress(process.stderr);
    try {
      const result = await runTrial({ ...options, signal, onProgress: progress.update });
      progress.stop();
      if (!result.ok) {
        reportProblems(result.problems);
        return signal.aborted ? EXIT.interrupted : EXIT.badInput;
      }
      const reportPath = report ?? join(result.value.dataDir, 'report.html');
      await mkdir(dirname(reportPath), { recursive: true });
      await writeFile(reportPath, renderReport(result.value));
      if (json) printJson(result.value);
      else {
        const colour = pc.isColorSupported && process.stdout.isTTY === true;
        const shown = relative(process.cwd(), reportPath);
        const width = process.stdout.columns ?? 100;
        process.stdout.write(`${renderSummary(result.value, { colour, width, reportPath: shown })}\n`);
      }
      return EXIT.success;
    } finally {
      progress.stop();
    }
  });
}
