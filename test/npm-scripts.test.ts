import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

it('CONTRIBUTING.md says of every script of package.json what it does, each once', async () => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: object };
  const page = await readFile('CONTRIBUTING.md', 'utf8');
  const [, listed = ''] = page.split('## What `npm run` lists');
  const [table = ''] = listed.split('\n## ');
  const rows = [...table.matchAll(/^\| `npm (?:run )?([\w:]+)[^`]*` \| (.+) \|$/gm)];
  expect(rows.map(([, script]) => script).sort()).toEqual(Object.keys(scripts).sort());
  for (const [, , meaning] of rows) expect(meaning?.length).toBeGreaterThan(20);
});
