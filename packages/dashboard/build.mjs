import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** Where the built page lies: static files, to be served at the root of the API's origin. */
export const DIST = join(ROOT, 'dist');

/** What the page is built from; a change there makes another page. */
const SOURCES = ['src', 'index.html', 'build.mjs', 'package.json', '../report/src', '../core/src'];

/** Builds the page, in memory. */
async function buildInMemory() {
  // Loaded only where it is needed: most starts find the page built.
  const { build } = await import('vite');
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    base: './',
    build: { write: false, target: 'es2022', reportCompressedSize: false },
  });
  const { output } = Array.isArray(built) ? built[0] : built;
  const contentOf = (file) => Buffer.from(file.type === 'chunk' ? file.code : file.source);
  return new Map(output.map((file) => [`/${file.fileName}`, contentOf(file)]));
}

/** Puts files into DIST as a whole: who reads there finds the page before or the page after, or none for a moment. */
async function keep(files) {
  await mkdir(join(ROOT, '.tmp'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, '.tmp', 'dist-'));
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await rename(DIST, `${folder}-before`).catch(() => undefined);
  await rename(folder, DIST);
  await rm(`${folder}-before`, { recursive: true, force: true });
}

/** Builds the page into DIST. */
export async function buildPage() {
  await keep(await buildInMemory());
}

/**
 * The files of the page by their path in URLs, as its sources are now. A page that was built is used; one that is older
 * than its sources is built anew, and kept.
 */
export async function pageFiles() {
  // Another process may be replacing it.
  if (await isFresh()) return readDist().catch(buildInMemory);
  const files = await buildInMemory();
  // It is a cache only: where another process was quicker, its page is the same.
  await keep(files).catch(() => undefined);
  return files;
}

async function isFresh() {
  const built = await newest(join(DIST, 'index.html'));
  const changed = await Promise.all(SOURCES.map((path) => newest(join(ROOT, path))));
  return built > Math.max(...changed);
}

/** When a file, or one under a folder, changed last; 0 where there is none. */
async function newest(path) {
  const found = await stat(path).catch(() => undefined);
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = await readdir(path);
  return Math.max(0, ...(await Promise.all(inside.map((name) => newest(join(path, name))))));
}

async function readDist() {
  const entries = await readdir(DIST, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = await Promise.all(paths.map(async (path) => [path.slice(DIST.length), await readFile(path)]));
  return new Map(files);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
