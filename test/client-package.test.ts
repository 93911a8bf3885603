import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compileAssignment } from '@penumbra/core/assignment';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));
const BUILD = fileURLToPath(new URL('../packages/client/build.mjs', import.meta.url));
const MOST_BYTES = 32 * 1024;

const document: RolloutDocument = {
  deployment: 'rebooking',
  version: 7,
  definitionVersion: 1,
  asOf: '2001-02-27',
  validUntil: '9999-01-01T00:00:00Z',
  certificate: { reviewId: 'rebooking/review/2001-02-27', sha256: '0'.repeat(64) },
  slices: [{ slice: 'small', when: [{ field: 'passengers', below: 100 }], percent: 25 }],
};

let folder: string;
let tarball: string;
let application: string;

/** Builds and packs the client, and installs the tarball into an application of its own: no registry, no repository. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penumbra-client-'));
  const dist = join(folder, 'dist');
  application = join(folder, 'application');
  await mkdir(application);
  await run(process.execPath, [BUILD, dist], { cwd: REPOSITORY });
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: dist });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  tarball = join(folder, packed?.filename ?? '');
  await writeFile(join(application, 'package.json'), '{"name":"application","private":true,"type":"module"}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball], {
    cwd: application,
  });
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the client as it is published', () => {
  it('is small, and brings nothing with it', async () => {
    expect((await stat(tarball)).size).toBeLessThan(MOST_BYTES);
    const { packages } = JSON.parse(await readFile(join(application, 'package-lock.json'), 'utf8'));
    expect(Object.keys(packages)).toEqual(['', 'node_modules/@penumbra/client']);
    const installed = join(application, 'node_modules/@penumbra/client/package.json');
    const manifest = JSON.parse(await readFile(installed, 'utf8'));
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false, license: 'Apache-2.0' });
    expect(manifest).not.toHaveProperty('private');
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest.peerDependenciesMeta).toEqual({ '@openfeature/server-sdk': { optional: true } });
  });

  it('decides in plain Node as the source does', async () => {
    await writeFile(
      join(application, 'main.js'),
      `import { createClient, staticSource } from '@penumbra/client';
const client = createClient({ deployments: ['rebooking'], source: staticSource(${JSON.stringify(document)}) });
await client.ready();
const decisions = Array.from({ length: 200 }, (_, index) =>
  client.decide('rebooking', { unit: \`customer-\${index}\`, passengers: index }));
await client.close();
console.log(JSON.stringify(decisions));
`,
    );
    const { stdout, stderr } = await run(process.execPath, ['main.js'], { cwd: application });
    const assign = compileAssignment(document);
    const expected = Array.from({ length: 200 }, (_, index) => {
      const context = { unit: `customer-${index}`, passengers: index };
      return assign(context.unit, context, 0);
    });
    expect(JSON.parse(stdout)).toEqual(expected);
    expect(new Set(expected.map(({ reason }) => reason))).toEqual(new Set(['SPLIT', 'NO_SLICE']));
    expect(stderr).toBe('');
  });

  it('is an OpenFeature provider where the application has the SDK', async () => {
    await link('@openfeature/server-sdk', '@openfeature/core');
    await writeFile(
      join(application, 'flags.js'),
      `import { OpenFeature } from '@openfeature/server-sdk';
import { createClient, staticSource } from '@penumbra/client';
import { penumbraProvider } from '@penumbra/client/openfeature';
const client = createClient({ deployments: ['rebooking'], source: staticSource(${JSON.stringify(document)}) });
await OpenFeature.setProviderAndWait(penumbraProvider(client));
const details = await OpenFeature.getClient().getStringDetails('rebooking', 'incumbent', { targetingKey: 'a', passengers: 1 });
await OpenFeature.close();
console.log(details.reason, details.flagMetadata.slice);
`,
    );
    const { stdout } = await run(process.execPath, ['flags.js'], { cwd: application });
    expect(stdout).toBe('SPLIT small\n');
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'has types that a strict application compiles with, libraries checked too (%s, %s)',
    async (module, how) => {
      await link('@openfeature/server-sdk', '@openfeature/core', '@types/node', 'undici-types');
      await writeFile(join(application, 'main.ts'), CONSUMER);
      const options = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--noEmit'];
      const targets = [
        '--target',
        'es2022',
        '--types',
        'node',
        '--module',
        module,
        '--moduleResolution',
        how,
      ];
      const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
      const compiled = await run(process.execPath, [tsc, ...options, ...targets, 'main.ts'], {
        cwd: application,
      }).catch((error: { stdout: string }) => error);
      expect(compiled.stdout).toBe('');
    },
  );
});

const CONSUMER = `import { type Client, createClient, type Decision, httpFeedback, httpSource } from '@penumbra/client';
import { penumbraProvider } from '@penumbra/client/openfeature';

const url = 'https://penumbra.example.com';
const client: Client<'rebooking'> = createClient({
  deployments: ['rebooking'],
  source: httpSource({ url, key: 'read' }),
  feedback: httpFeedback({ url: url + '/v1/exposures', key: 'feedback' }),
});
const { arm, percent, slice }: Decision = client.decide('rebooking', { unit: 'a', passengers: 40, vip: true });
const decided: 'challenger' | 'incumbent' = arm;
const share: number = percent;
const name: string | null = slice;
client.on('changed', ({ document }) => document.slices.map(({ when }) => when.length));
// @ts-expect-error there is no such deployment
client.decide('rebokking', { unit: 'a' });
// @ts-expect-error a unit is text
client.decide('rebooking', { unit: 7 });
// @ts-expect-error there is no such arm
const wrong: 'control' = arm;
export const provider = penumbraProvider(client);
export { decided, name, share, wrong };
`;

/** Packages of the repository, as if the application had installed them. */
async function link(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const at = join(application, 'node_modules', name);
    await mkdir(dirname(at), { recursive: true });
    await symlink(join(REPOSITORY, 'node_modules', name), at, 'dir').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
