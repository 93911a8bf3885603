import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandTree } from './command-tree.ts';
import { completionScript } from './completion-script.ts';
import { createProgram } from './program.ts';

const root = commandTree(createProgram(() => undefined));

/** What a real shell offers for the words so far, the last of which is being typed. */
function bashOffers(...words: string[]): string[] {
  const script = `${completionScript('bash', root)}
COMP_WORDS=(penumbra ${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
_penumbra
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
}

describe('completion in bash', () => {
  it.each([
    ['a command', ['exp'], ['explain', 'export']],
    ['a subcommand', ['dlq', 're'], ['redrive']],
    ['an option of the command that is typed', ['dlq', 'redrive', '--po'], ['--poison']],
    ['no option of another command', ['trial', '--po'], []],
    ['the values that an option may have', ['backfill', 'x', '--reviews', 'as'], ['as-live']],
    ['files for the value of another option, and for arguments', ['trial', ''], []],
  ])('offers %s', (_, words, offered) => {
    expect(bashOffers(...words)).toEqual(offered);
  });

  it('knows every command', () => {
    expect(bashOffers('').sort()).toEqual(
      [...root.children.map(({ name }) => name), '--help', '--version'].sort(),
    );
  });
});

describe('completion in zsh and fish', () => {
  it.skipIf(!has('zsh'))('is a script that zsh reads', () => {
    execFileSync('zsh', ['-n'], { input: completionScript('zsh', root) });
  });
  it.skipIf(!has('fish'))('is a script that fish reads', () => {
    execFileSync('fish', ['-n'], { input: completionScript('fish', root) });
  });

  it('names every command and its description', () => {
    for (const { name, description } of root.children) {
      const quoted = description.replaceAll("'", "'\\''");
      expect(completionScript('zsh', root)).toContain(`'${name}:${quoted}'`);
      expect(completionScript('fish', root)).toContain(`-a ${name} -d '${quoted}'`);
    }
  });
});
