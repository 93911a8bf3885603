import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/* Installs the peers where they are missing, then runs the benchmark. */
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
if (!existsSync(here('node_modules/nodejs-polars')) || !existsSync(here('node_modules/esbuild'))) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here('.'), stdio: 'inherit' });
}
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', here('src/run.ts'), ...process.argv.slice(2)],
  {
    stdio: 'inherit',
  },
);
process.exit(status ?? 1);
