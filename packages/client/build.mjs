import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

// What is published: ours and core bundled, the OpenFeature SDK left to the application. Types come from the source.

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await mkdir(here('./dist'), { recursive: true });
const { metafile } = await build({
  entryPoints: [here('./src/index.ts'), here('./src/openfeature-provider.ts')],
  outdir: here('./dist'),
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['@openfeature/*'],
  metafile: true,
});
await writeFile(here('./dist/meta.json'), JSON.stringify(metafile));
for (const [path, { inputs }] of Object.entries(metafile.outputs)) {
  const bytes = await readFile(path);
  console.log(
    `${path}: ${bytes.length} bytes, ${gzipSync(bytes).length} gzipped, of ${Object.keys(inputs).length} files`,
  );
}
