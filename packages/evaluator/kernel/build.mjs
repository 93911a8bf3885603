import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/* Compiles index.ts and writes its bytes as a module. The compiler is pinned: the same source, the same bytes. */
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const wasm = join(tmpdir(), `penumbra-kernel-${process.pid}.wasm`);
execFileSync(
  process.execPath,
  [
    here('node_modules/assemblyscript/bin/asc.js'),
    here('index.ts'),
    ...['--outFile', wasm, '--runtime', 'stub', '--importMemory', '--enable', 'simd', '--noAssert'],
    ...['-O3', '--converge', '--memoryBase', '128', '--initialMemory', '1', '--maximumMemory', '65536'],
  ],
  { stdio: 'inherit' },
);
const bytes = readFileSync(wasm);
const lines = bytes.toString('base64').match(/.{1,100}/g) ?? [];
const source = `/** Built from ../kernel/index.ts by \`npm run build:kernel\`; ${bytes.length} bytes, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}. */
export const KERNEL_BASE64: string = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
const target = here('../src/kernel-bytes.ts');
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== source)
    throw new Error('src/kernel-bytes.ts is not what kernel/index.ts compiles to');
} else writeFileSync(target, source);
console.log(`${bytes.length} bytes`);
