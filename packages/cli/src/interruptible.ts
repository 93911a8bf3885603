import { EXIT } from './exit-code.ts';

/**
 * Runs work that Ctrl-C may stop: the first one aborts the signal and says `interrupted`, so that the work ends where
 * it can be resumed; a second one ends at once.
 */
export async function interruptible<Answer>(
  interrupted: string,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const abort = new AbortController();
  const onInterrupt = () => {
    if (abort.signal.aborted) process.exit(EXIT.interrupted);
    abort.abort();
    process.stderr.write(`\n${interrupted}\n`);
  };
  process.on('SIGINT', onInterrupt);
  try {
    return await work(abort.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}
