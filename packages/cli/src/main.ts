import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { EXIT } from './exit-code.ts';
import { printable } from './printable.ts';
import { createProgram } from './program.ts';

/** Runs the command line `penumbra` and answers its exit code. `argv` as Node gives it. */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.success;
  const program = createProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
    process.stderr.write(`This should never happen; please report it.\n${printable(inspect(error))}\n`);
    return EXIT.failure;
  }
}
