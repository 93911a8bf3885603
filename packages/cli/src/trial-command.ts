import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describeProblem } from '@penumbra/core/problem';
import { runTrial } from '@penumbra/local/trial';
import pc from 'picocolors';
import { EXIT } from './exit-code.ts';
import { printable } from './printable.ts';
import { trialProgress } from './progress.ts';
import { renderReport } from './report.ts';
import { renderSummary } from './summary.ts';

export interface TrialArguments {
  readonly folder: string;
  readonly from?: string;
  readonly to?: string;
  readonly dataDir?: string;
  readonly fresh?: boolean;
  readonly keepGoing?: boolean;
  readonly report?: string;
  readonly json?: boolean;
}

/** The command `penumbra trial`: progress on standard error, the result on standard output. Answers an exit code. */
export async function trial({ report, json, ...options }: TrialArguments): Promise<number> {
  const interrupted = new AbortController();
  const onInterrupt = () => {
    if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
    interrupted.abort();
    process.stderr.write(
      '\nFinishing this day; press Ctrl-C again to stop at once. Nothing is lost either way.\n',
    );
  };
  process.on('SIGINT', onInterrupt);
  const progress = trialProgress(process.stderr);
  try {
    const result = await runTrial({ ...options, signal: interrupted.signal, onProgress: progress.update });
    progress.stop();
    if (!result.ok) {
      for (const problem of result.problems)
        process.stderr.write(`${pc.red('✗')} ${printable(describeProblem(problem))}\n`);
      return interrupted.signal.aborted ? EXIT.interrupted : EXIT.badInput;
    }
    const reportPath = report ?? join(result.value.dataDir, 'report.html');
    await mkdir(dirname(reportPath), { recursive: true });
    await writeFile(reportPath, renderReport(result.value));
    if (json) {
      process.stdout.write(`${JSON.stringify(result.value, null, 2)}\n`);
    } else {
      const colour = pc.isColorSupported && process.stdout.isTTY === true;
      const shown = relative(process.cwd(), reportPath);
      process.stdout.write(
        `${renderSummary(result.value, { colour, width: process.stdout.columns ?? 100, reportPath: shown })}\n`,
      );
    }
    return EXIT.success;
  } finally {
    progress.stop();
    process.off('SIGINT', onInterrupt);
  }
}
