import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What each package's source may import of ours; tests may reach further. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  program: [],
  client: ['core'],
  evaluator: ['core'],
  functions: ['evaluator', 'core'],
  local: ['program', 'functions', 'evaluator', 'core'],
  report: ['core'],
  dashboard: ['report', 'core'],
  cli: ['program', 'dashboard', 'report', 'local', 'functions', 'evaluator', 'core'],
};

/** What the pure packages must not know of. */
const NOT_PURE = /^(@aws-sdk\/|@aws-lambda|@smithy\/|aws-lambda$|node:(?!util$))/;
const CLOCKS = /\bDate\.now\(|new Date\(\)|performance\.now\(|Math\.random\(|process\.env|randomUUID/;

interface SourceFile {
  readonly package: string;
  readonly path: string;
  readonly text: string;
}

const sources: SourceFile[] = readdirSync(join(ROOT, 'packages')).flatMap((name) =>
  filesIn(join(ROOT, 'packages', name, 'src')).map((path) => ({
    package: name,
    path: relative(ROOT, path),
    text: readFileSync(path, 'utf8'),
  })),
);

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .filter((path) => /\.tsx?$/.test(path));
}

const isTest = ({ path }: SourceFile) => /\.test\.ts$|\/testing\//.test(path);
const imports = ({ text }: SourceFile) =>
  [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, specifier = '']) => specifier);

describe('imports point one way: cli → local → functions → evaluator → core; client, report → core; cli → dashboard → report', () => {
  it('knows every package', () => {
    expect(Object.keys(MAY_IMPORT).sort()).toEqual(readdirSync(join(ROOT, 'packages')).sort());
    expect(sources.length).toBeGreaterThan(50);
  });

  it.each(Object.entries(MAY_IMPORT))('%s imports of ours only [%s]', (name, allowed) => {
    const ours = sources
      .filter((file) => file.package === name)
      .flatMap((file) => imports(file).map((specifier) => ({ file: file.path, specifier })))
      .filter(({ specifier }) => specifier.startsWith('@penumbra/'))
      .filter(({ specifier }) => ![name, ...allowed].includes(specifier.split('/')[1] ?? ''));
    expect(ours).toEqual([]);
  });

  it('crosses packages by name, never by path', () => {
    const crossing = sources.flatMap((file) =>
      imports(file)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => !join(file.path, '..', specifier).startsWith(`packages/${file.package}/`))
        .map((specifier) => `${file.path}: ${specifier}`),
    );
    expect(crossing).toEqual([]);
  });

  it('keeps AWS, Node, clocks, chance and the environment out of core', () => {
    const core = sources.filter((file) => file.package === 'core' && !isTest(file));
    const impure = core.filter(
      (file) => imports(file).some((specifier) => NOT_PURE.test(specifier)) || CLOCKS.test(file.text),
    );
    expect(impure.map(({ path }) => path)).toEqual([]);
  });

  it('keeps AWS, clocks and chance out of the evaluator', () => {
    const evaluator = sources.filter((file) => file.package === 'evaluator' && !isTest(file));
    const impure = evaluator.filter(
      (file) =>
        imports(file).some((specifier) => /^(@aws|aws-lambda)/.test(specifier)) || CLOCKS.test(file.text),
    );
    expect(impure.map(({ path }) => path)).toEqual([]);
  });

  it('keeps AWS and the schemas out of the client, and out of what it takes from core', () => {
    const taken = new Set<string>();
    const take = (file: SourceFile | undefined) => {
      if (!file || taken.has(file.path)) return;
      taken.add(file.path);
      // Types are gone at run time: what only they are imported from is not taken.
      const text = file.text.replace(/(?:import|export) type [{\w][^;]*? from [^;]*;/g, '');
      for (const specifier of imports({ ...file, text })) {
        const path = specifier.startsWith('@penumbra/core/')
          ? `packages/core/src/${specifier.slice('@penumbra/core/'.length)}.ts`
          : join(file.path, '..', specifier);
        take(sources.find((candidate) => candidate.path === path));
        expect(specifier, file.path).not.toMatch(/^(zod|@aws|@smithy|aws-lambda)/);
      }
    };
    for (const file of sources.filter((each) => each.package === 'client' && !isTest(each))) take(file);
    expect([...taken]).toContain('packages/core/src/bucketing.ts');
  });

  it('lets only the composition roots of the functions build AWS clients', () => {
    const builders = sources
      .filter((file) => file.package === 'functions' && !isTest(file))
      .filter(({ text }) => /new (DynamoDB|S3|SQS|SageMaker|EventBridge)Client\(/.test(text));
    expect(builders.map(({ path }) => path)).toEqual([
      'packages/functions/src/api-composition.ts',
      'packages/functions/src/bus-composition.ts',
      'packages/functions/src/deployments-composition.ts',
      'packages/functions/src/pipeline-composition.ts',
    ]);
  });
});
