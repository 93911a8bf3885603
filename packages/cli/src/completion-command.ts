import { Argument, type Command } from 'commander';
import { commandTree } from './command-tree.ts';
import { completionScript, SHELLS, type Shell } from './completion-script.ts';
import { EXIT } from './exit-code.ts';

/** Wires `penumbra completion`. */
export function addCompletionCommand(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('completion')
    .description('Print a script that completes commands, options and values in your shell.')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  eval "$(penumbra completion bash)"                                     # in ~/.bashrc
  eval "$(penumbra completion zsh)"                                      # in ~/.zshrc, after compinit
  penumbra completion fish > ~/.config/fish/completions/penumbra.fish

It completes \`penumbra\` where that is on the PATH, as node_modules/.bin of the repository is after
\`export PATH="$PWD/node_modules/.bin:$PATH"\`.

Exit codes: 0 done · 2 no such shell.`,
    )
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell, commandTree(program)));
      finish(EXIT.success);
    });
}
