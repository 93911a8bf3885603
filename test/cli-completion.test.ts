import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandTree } from '@penumbra/cli/command-tree';
import { completionScript, SHELLS, type Shell } from '@penumbra/cli/completion-script';
import { createProgram } from '@penumbra/cli/program';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { aptInstall } from './support/apt-install.ts';

vi.setConfig({ hookTimeout: 240_000 });

const LONGEST_MS = 20_000;
const ZSH_OFFERS = fileURLToPath(new URL('./support/zsh-offers.zsh', import.meta.url));
const root = commandTree(createProgram(() => undefined));

let folder: string;
/** Why a shell is not here. */
const missing = new Map<Shell, string>();

const isHere = (shell: Shell) => spawnSync(shell, ['-c', 'true']).status === 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-completion-'));
  for (const shell of SHELLS) await writeFile(join(folder, shell), completionScript(shell, root));
  const absent = SHELLS.filter((shell) => !isHere(shell));
  const failure = absent.length === 0 ? undefined : await aptInstall(...absent);
  for (const shell of absent) if (!isHere(shell)) missing.set(shell, failure ?? 'apt-get left none');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const notHere = (shell: Shell) => `${shell} is not here (${missing.get(shell)}): apt-get install ${shell}`;

/** What a real shell offers where somebody has typed `line` and asks for more, in any order. */
function offers(shell: Shell, line: string): string[] {
  const script = join(folder, shell);
  const run = (...args: string[]) =>
    execFileSync(shell, args, { encoding: 'utf8', timeout: LONGEST_MS, cwd: folder });
  const answer = {
    bash: () => run('--norc', '-c', bashOffers(script, line)),
    zsh: () => run('-f', ZSH_OFFERS, script, line),
    fish: () => run('--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script, line),
  }[shell]();
  // fish gives each with its description.
  return answer
    .split('\n')
    .map((each) => each.split('\t')[0] ?? '')
    .filter((each) => each !== '')
    .sort();
}

/** bash hands the words over as an array; they are plain here. */
const bashOffers = (script: string, line: string) => `source '${script}'
COMP_WORDS=(${line
  .split(' ')
  .map((word) => `'${word}'`)
  .join(' ')})
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_penumbra
printf '%s\\n' "\${COMPREPLY[@]}"`;

describe.each(SHELLS)('completion in %s', (shell) => {
  it.for<[what: string, line: string, offered: string[]]>([
    ['a command', 'penumbra exp', ['explain', 'export']],
    ['a subcommand', 'penumbra dlq re', ['redrive']],
    ['an option of the command that is typed', 'penumbra dlq redrive --po', ['--poison']],
    ['no option of another command', 'penumbra trial --po', []],
    ['the values that an option may have', 'penumbra backfill x --reviews as', ['as-live']],
    ['nothing of a command that an argument is called like', 'penumbra trial dlq redr', []],
    ['options of the whole', 'penumbra --vers', ['--version']],
  ])('offers %s', ([_, line, offered], { skip }) => {
    skip(missing.has(shell), notHere(shell));
    expect(offers(shell, line)).toEqual(offered);
  });

  it('knows every command', ({ skip }) => {
    skip(missing.has(shell), notHere(shell));
    const known = offers(shell, 'penumbra ').filter((word) => !word.startsWith('-'));
    expect(known).toEqual(root.children.map(({ name }) => name).sort());
  });
});
