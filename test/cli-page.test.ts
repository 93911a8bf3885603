import { type CommandNode, commandTree, flatten } from '@penumbra/cli/command-tree';
import { EXIT } from '@penumbra/cli/exit-code';
import { createProgram } from '@penumbra/cli/program';
import { describe, expect, it } from 'vitest';

const root = commandTree(createProgram(() => undefined));
const commands = flatten(root);
const leaves = commands.filter(({ children }) => children.length === 0);

/** Commands that have nothing to read: a script, and a server. */
const NOT_READ = ['completion', 'serve'];

const INTRODUCTION = `# The command line

\`npx penumbra <command>\`. This page is made from the commands themselves; \`--help\` shows the same in a terminal.

Results go to standard output, progress and problems to standard error. \`--json\` prints one JSON document. A problem says
where it is, what is wrong, and what to do. Colours are left out where the output is no terminal, or \`NO_COLOR\` is set.
Ctrl-C ends a command where it can go on: the same command resumes.

| exit code | meaning |
|---|---|
| ${EXIT.success} | done, or there was nothing to do |
| ${EXIT.badInput} | data, definition, model, name or access is wrong; the message says where and what to do |
| ${EXIT.usage} | the command line was not understood |
| ${EXIT.failure} | something that should never happen: please report it |
| ${EXIT.interrupted} | stopped by Ctrl-C |
`;

const section = ({ path, usage, description, options, more }: CommandNode): string => `
## ${path}

${description}

\`\`\`
${usage}
\`\`\`

| option | meaning |
|---|---|
${options
  .filter(({ long }) => long !== '--help')
  .map(
    ({ flags, description: of }) => `| \`${flags.replaceAll('|', '\\|')}\` | ${of.replaceAll('|', '\\|')} |`,
  )
  .join('\n')}

\`\`\`
${more}
\`\`\`
`;

describe('every command', () => {
  it.each(commands.filter(({ path }) => path !== '').map((command) => [command.path, command] as const))(
    '%s has examples and exit codes in its help',
    (path, { more, description }) => {
      expect(description).not.toBe('');
      expect(more).toMatch(new RegExp(`^Examples:\\n {2}.*penumbra ${path}`));
      expect(more).toMatch(/Exit codes: 0 /);
    },
  );

  it.each(
    leaves
      .filter(({ path }) => !NOT_READ.includes(path))
      .map(({ path, options }) => [path, options] as const),
  )('%s has --json', (_, options) => {
    expect(options.map(({ long }) => long)).toContain('--json');
  });
});

describe('docs/cli.md', () => {
  it('is what the commands say; after a change run `npx vitest run test/cli-page.test.ts -u`', async () => {
    await expect(`${INTRODUCTION}${leaves.map(section).join('')}`).toMatchFileSnapshot('../docs/cli.md');
  });
});
