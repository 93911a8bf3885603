import { createHash, randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { access, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// esbuild itself is loaded only where something is to be made.

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const LOCK = join(ROOT, 'package-lock.json');
/** What this file makes of sources is another thing once this file is. */
const MAKER = fileURLToPath(import.meta.url);
/** Binaries, packages that look for files beside their own, and this one: loaded from where they are. */
const INSTALLED =
  /^(@duckdb|@penumbra\/program|@preact\/preset-vite|dynalite|esbuild|fauxqs|playwright-core|vite)(\/|$)/;
// Packages of CommonJS call require for what Node brings with it.
const BANNER =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

/** @param {URL} source */
export async function program(source) {
  const path = fileURLToPath(source);
  const folder = join(await cacheFolder(), `${basename(path, '.ts')}-${hash(path).slice(0, 12)}`);
  const manifestPath = join(folder, 'manifest.json');
  const manifest = await readManifest(manifestPath);
  if (manifest && stampOf(manifest.inputs) === manifest.stamp) return manifest.program;
  return make(path, folder, manifestPath);
}

async function make(path, folder, manifestPath) {
  const { build } = await import('esbuild');
  const output = join(folder, randomUUID());
  const { metafile } = await build({
    entryPoints: [path],
    outdir: output,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    banner: { js: BANNER },
    metafile: true,
    absWorkingDir: ROOT,
    logLevel: 'silent',
    plugins: [installed, ownPlace],
  });
  const own = Object.keys(metafile.inputs).filter(isOwn);
  const inputs = [LOCK, MAKER, ...own.map((input) => resolve(ROOT, input))];
  const manifest = {
    program: join(output, `${basename(path, '.ts')}.mjs`),
    inputs,
    stamp: stampOf(inputs),
  };
  const before = await readManifest(manifestPath);
  const written = `${output}.json`;
  await writeFile(written, JSON.stringify(manifest));
  await rename(written, manifestPath);
  // Whoever runs it has read it by now, but for what it imports only when needed: it goes when it is old.
  if (before && (await isOld(before.program)))
    await rm(dirname(before.program), { recursive: true, force: true });
  return manifest.program;
}

const isOwn = (path) => !path.includes('node_modules/');

const installed = {
  name: 'installed',
  setup(build) {
    build.onResolve({ filter: INSTALLED }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === installed) return undefined;
      const found = await build.resolve(path, { resolveDir, kind, pluginData: installed });
      if (found.errors.length > 0) return { errors: found.errors };
      // The cache may be where no package is found.
      return {
        path: kind.startsWith('require') ? found.path : pathToFileURL(found.path).href,
        external: true,
      };
    });
  },
};

/** A source knows its own place and its own packages, and not those of the file that it becomes a part of. */
const ownPlace = {
  name: 'own-place',
  setup(build) {
    const urlOf = async (name, resolveDir) =>
      pathToFileURL(
        (await build.resolve(name, { resolveDir, kind: 'import-statement', pluginData: installed })).path,
      );
    build.onLoad({ filter: /\.(ts|mjs)$/ }, async ({ path }) => {
      if (!isOwn(path)) return undefined;
      let contents = (await readFile(path, 'utf8')).replaceAll(
        'import.meta.url',
        JSON.stringify(pathToFileURL(path)),
      );
      for (const [call, name] of contents.matchAll(/import\.meta\.resolve\('([^']+)'\)/g)) {
        contents = contents.replace(call, JSON.stringify(await urlOf(name, dirname(path))));
      }
      return { loader: path.endsWith('.ts') ? 'ts' : 'js', contents };
    });
  },
};

async function readManifest(path) {
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    await access(manifest.program);
    return manifest;
  } catch {
    return undefined;
  }
}

/** What tells whether a file has changed: its size and time, as a build tool would look at them. */
function stampOf(inputs) {
  const stamps = inputs.map((input) => {
    const { mtimeMs, size } = statSync(input, { throwIfNoEntry: false }) ?? {};
    return `${relative(ROOT, input)} ${mtimeMs} ${size}`;
  });
  return hash(stamps.join('\n'));
}

const hash = (text) => createHash('sha256').update(text).digest('hex');

const DAY_MS = 86_400_000;
async function isOld(path) {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > DAY_MS;
}

/** Beside the packages, as other tools do it; a checkout that cannot be written to has it among temporary files. */
async function cacheFolder() {
  const beside = join(ROOT, 'node_modules', '.cache', 'penumbra');
  try {
    await mkdir(beside, { recursive: true });
    return beside;
  } catch {
    const elsewhere = join(tmpdir(), `penumbra-${userInfo().username}`);
    await mkdir(elsewhere, { recursive: true, mode: 0o700 });
    return elsewhere;
  }
}
