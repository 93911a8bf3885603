import { readdir, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('.', import.meta.url));

/** Where the built page lies: static files, to be served at the root of the API's origin. */
export const DIST = fileURLToPath(new URL('./dist/', import.meta.url));

/** What the page is built from; a change there makes another page. */
const SOURCES = ['src', 'index.html', 'build.mjs', 'package.json', '../report/src', '../core/src'];

/** Builds the page into DIST. */
export async function buildPage() {
  // Loaded only where it is needed: most starts find the page built.
  const { build } = await import('vite');
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    base: './',
    build: { outDir: DIST, emptyOutDir: true, target: 'es2022', reportCompressedSize: false },
  });
}

/** Builds the page where there is none, or where its sources are newer. */
export async function buildPageIfNeeded() {
  const built = await stat(`${DIST}index.html`).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  const changed = await Promise.all(SOURCES.map((path) => newest(`${ROOT}${path}`)));
  if (built <= Math.max(...changed)) await buildPage();
}

/** When a file, or one under a folder, changed last; 0 where there is none. */
async function newest(path) {
  const found = await stat(path).catch(() => undefined);
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = await readdir(path);
  return Math.max(0, ...(await Promise.all(inside.map((name) => newest(`${path}/${name}`)))));
}

/** The files of the built page by their path in URLs. */
export async function pageFiles() {
  const names = await readdir(DIST, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = `${parentPath.replace(/\/?$/, '/')}${name}`;
        return /** @type {const} */ ([`/${path.slice(DIST.length)}`, await readFile(path)]);
      }),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
