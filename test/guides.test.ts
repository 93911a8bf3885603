import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHere } from './support/run-here.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GUIDES = join(ROOT, 'docs', 'guides');

/** The made-up shop of the guides, a few days of it: a reader waits a minute, this test does not. */
const SHORT = ['--days 60', '--days 3 --orders 300'] as const;

interface Block {
  readonly guide: string;
  readonly lines: readonly string[];
}

const index = await readFile(join(GUIDES, 'README.md'), 'utf8');
/** In the order of the list: a guide may use what an earlier one has made. */
const guides = [...index.matchAll(/^\d+\. \[.*?\]\((.+?)\)/gm)].map(([, file = '']) => file);

async function blocksOf(guide: string): Promise<Block[]> {
  const text = await readFile(join(GUIDES, guide), 'utf8');
  return [...text.matchAll(/<!-- run -->\n```sh\n([\s\S]*?)```/g)].map(([, block = '']) => ({
    guide,
    lines: block.split('\n').filter((line) => line !== ''),
  }));
}

const blocks = (await Promise.all(guides.map(blocksOf))).flat();

/** The words of a simple command, as a shell would split them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"]+|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''));

let folder: string;
let before: string;
beforeAll(async () => {
  before = process.cwd();
  folder = await mkdtemp(join(tmpdir(), 'penumbra-guides-'));
  await symlink(join(ROOT, 'examples'), join(folder, 'examples'));
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(before);
  await rm(folder, { recursive: true, force: true });
});

describe('the guides', () => {
  it('are all in the list, and every one that is to be followed has commands that are run', async () => {
    const files = (await readdir(GUIDES)).filter((file) => file.endsWith('.md') && file !== 'README.md');
    const reference = ['comparison.md', 'concepts.md'];
    expect(files.sort()).toEqual([...guides, ...reference].sort());
    const withCommands = new Set(blocks.map(({ guide }) => guide));
    // The page is looked at in a browser, by tests of its own.
    expect(guides.filter((guide) => !withCommands.has(guide))).toEqual(['reading-the-page.md']);
  });

  describe.each(guides)('%s', (guide) => {
    const lines = blocks.filter((block) => block.guide === guide).flatMap((block) => block.lines);
    it.skipIf(lines.length === 0)('does what it says', { timeout: 120_000 }, async () => {
      for (const line of lines) {
        if (!line.startsWith('npx penumbra ')) {
          execFileSync('sh', ['-ec', line.replace(...SHORT)], { stdio: 'ignore' });
          continue;
        }
        const { code, says } = await runHere(...wordsOf(line).slice(2));
        expect({ line, code, says: code === 0 ? '' : says }).toEqual({ line, code: 0, says: '' });
      }
    });
  });
});
