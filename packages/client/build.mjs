import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// Makes the package that is published: `npm publish packages/client/dist`. In the repository the client is its
// TypeScript source, so what is published has a package.json of its own. Code: ours and what it takes of core, bundled.
// Types: those of both, beside each other. The OpenFeature SDK is left to the application.

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = argv[2] ?? here('./dist');

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

await build({
  entryPoints: { index: here('./src/index.ts'), openfeature: here('./src/openfeature-provider.ts') },
  outdir: dist,
  bundle: true,
  splitting: true,
  chunkNames: 'shared-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['@openfeature/*'],
});

const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const tsc = join(typescript, '..', 'bin', 'tsc');
const types = join(dist, 'types');
execFileSync(process.execPath, [tsc, '-p', here('./tsconfig.build.json'), '--outDir', types], {
  stdio: 'inherit',
});
for (const folder of ['client', 'core']) {
  const emitted = join(types, folder, 'src');
  for (const name of await readdir(emitted)) {
    const text = await readFile(join(emitted, name), 'utf8');
    await writeFile(
      join(types, folder, name),
      text
        .replaceAll(/(['"])@penumbra\/core\/([\w-]+)\1/g, "'../core/$2.js'")
        .replaceAll(/(['"])(\.\/[\w-]+)\.ts\1/g, "'$2.js'"),
    );
  }
  await rm(emitted, { recursive: true });
}

const {
  private: _private,
  scripts: _scripts,
  dependencies: _bundled,
  devDependencies: _building,
  exports: _source,
  ...published
} = JSON.parse(await readFile(here('./package.json'), 'utf8'));
const entry = (types, code) => ({ types: `./types/client/${types}.d.ts`, default: `./${code}.js` });
await writeFile(
  join(dist, 'package.json'),
  `${JSON.stringify(
    {
      ...published,
      exports: {
        '.': entry('index', 'index'),
        './openfeature': entry('openfeature-provider', 'openfeature'),
      },
    },
    null,
    2,
  )}\n`,
);
await copyFile(here('./README.md'), join(dist, 'README.md'));
await copyFile(here('../../LICENSE'), join(dist, 'LICENSE'));
