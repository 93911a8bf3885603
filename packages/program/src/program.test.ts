import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { program } from '@penumbra/program';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = async (path: string) => (await promisify(execFile)(process.execPath, [path])).stdout.trim();

describe('a TypeScript program', () => {
  let folder: string;
  let main: URL;
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text);
    // Two versions of a file may be written within what a file system tells apart.
    const at = new Date(Date.now() + text.length * 1000);
    await utimes(path, at, at);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penumbra-program-'));
    main = pathToFileURL(join(folder, 'main.ts'));
    await write('part.ts', 'export const part: string = "as it was";');
    await write('main.ts', 'import { part } from "./part.ts"; console.log(part);');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made once, and found after that', async () => {
    const made = await program(main);
    expect(await run(made)).toBe('as it was');
    expect(await program(main)).toBe(made);
  });

  it('is made anew where something that it is made of has changed', async () => {
    const made = await program(main);
    await write('part.ts', 'export const part: string = "as it is now";');
    const again = await program(main);
    expect(await run(again)).toBe('as it is now');
    expect(await run(made), 'whoever runs the one from before goes on').toBe('as it was');
  });

  it('is made once more where somebody has removed it', async () => {
    await rm(await program(main));
    expect(await run(await program(main))).toBe('as it was');
  });

  it('knows where its sources are', async () => {
    await write('main.ts', 'console.log(import.meta.url);');
    expect(await run(await program(main))).toBe(main.href);
  });

  it('finds the packages beside its sources, wherever it is put itself', async () => {
    const installed = join(folder, 'node_modules', 'fauxqs');
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, 'package.json'), '{"name":"fauxqs","type":"module","exports":"./it.js"}');
    await writeFile(join(installed, 'it.js'), 'export const where = import.meta.url;');
    await write(
      'main.ts',
      'import { where } from "fauxqs"; console.log(where, import.meta.resolve(\'fauxqs\'));',
    );
    const place = pathToFileURL(join(installed, 'it.js')).href;
    expect(await run(await program(main))).toBe(`${place} ${place}`);
  });

  it('is told where it does not compile', async () => {
    await write('part.ts', 'export const part: = 1;');
    await expect(program(main)).rejects.toThrow(/part\.ts:1:\d+: ERROR/);
  });

  it('may be made by several processes at once', async () => {
    const made = await Promise.all([program(main), program(main), program(main)]);
    expect(await Promise.all(made.map(run))).toEqual(['as it was', 'as it was', 'as it was']);
  });
});
