import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// npm run bench:client: installs the peers on first use, builds what is published, and measures in a process of its own.

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: 'inherit' });

if (!existsSync(here('./node_modules')))
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here('.'));
run('npm', ['run', 'build', '--silent', '--workspace', '@penumbra/client'], here('../..'));
const tsx = createRequire(here('../../package.json')).resolve('tsx');
run(
  process.execPath,
  ['--expose-gc', '--max-semi-space-size=128', '--import', `file://${tsx}`, here('./measure.mjs')],
  here('.'),
);
