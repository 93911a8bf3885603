import { UnreadableEvent } from '@penumbra/core/codec';
import { UnknownDeployment } from '@penumbra/core/pipeline/deployments';
import { OtherEventThere } from '@penumbra/core/pipeline/import-log';
import { ReplayLost } from '@penumbra/core/pipeline/rebuild';
import { describeProblem, type Problem } from '@penumbra/core/problem';
import { BrokenStream } from '@penumbra/core/replay';
import { EXIT } from './exit-code.ts';
import { interruptible } from './interruptible.ts';
import { onStderr } from './on-stderr.ts';
import { printable } from './printable.ts';
import { type OpenOptions, openTarget, type Target, type TargetOptions } from './target.ts';

export function reportProblems(problems: readonly Problem[]): number {
  for (const problem of problems)
    process.stderr.write(`${onStderr().red('✗')} ${printable(describeProblem(problem))}\n`);
  return EXIT.badInput;
}

/** What a person asked for and what the log holds do not go together; the message says how. */
const EXPECTED = [UnknownDeployment, UnreadableEvent, BrokenStream, ReplayLost, OtherEventThere];

/**
 * Runs a command on a target and closes it, however it ends. The first Ctrl-C aborts the signal, so that the command
 * ends where it can resume; a second one ends at once.
 */
export async function withTarget(
  options: TargetOptions,
  {
    interrupted = 'Finishing the current step; press Ctrl-C again to stop at once.',
    ...how
  }: OpenOptions & { readonly interrupted?: string },
  work: (target: Target, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  try {
    return await interruptible(interrupted, async (signal) => {
      const target = await openTarget(options, how);
      if (!target.ok) return reportProblems(target.problems);
      try {
        const code = await work(target.value, signal);
        return signal.aborted ? EXIT.interrupted : code;
      } finally {
        await target.value.close();
      }
    });
  } catch (error) {
    if (!EXPECTED.some((type) => error instanceof type)) throw error;
    process.stderr.write(`${onStderr().red('✗')} ${printable((error as Error).message)}\n`);
    return EXIT.badInput;
  }
}

/** Columns as a terminal shows them, without frames: a line each. */
export const printLine = (text = ''): void => {
  process.stdout.write(`${printable(text)}\n`);
};

export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
};
