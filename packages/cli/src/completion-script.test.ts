import { expect, it } from 'vitest';
import { commandTree } from './command-tree.ts';
import { completionScript } from './completion-script.ts';
import { createProgram } from './program.ts';

const root = commandTree(createProgram(() => undefined));

// That each shell completes with its script is shown by test/cli-completion.test.ts, in the shells themselves.
it('names every command and its description', () => {
  for (const { name, description } of root.children) {
    const quoted = description.replaceAll("'", "'\\''");
    expect(completionScript('bash', root)).toContain(name);
    expect(completionScript('zsh', root)).toContain(`'${name}:${quoted}'`);
    expect(completionScript('fish', root)).toContain(`-a ${name} -d '${quoted}'`);
  }
});
