import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleRegressionInput } from '@penumbra/core/testing/example-definition';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDefinition } from './definition-file.ts';

describe('a definition in a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'penumbra-definition-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (definition: object) => {
    const path = join(folder, 'penumbra.json');
    await writeFile(path, JSON.stringify(definition));
    return readDefinition(path, 'give one');
  };
  /** Athena takes a field of this name for a path. */
  const dotted = {
    ...exampleRegressionInput,
    outcomes: { ...exampleRegressionInput.outcomes, format: 'jsonl', label: 'sold.total' },
  };

  it.each(['lambda', 'auto'])(
    'may hold what only a function can compare where the engine is %s',
    async (engine) => {
      expect(await read({ ...dotted, evaluation: { engine } })).toMatchObject({ ok: true });
    },
  );

  it('is refused where it asks for queries that cannot be made of it', async () => {
    expect(await read({ ...dotted, evaluation: { engine: 'athena' } })).toMatchObject({
      ok: false,
      problems: [{ column: 'sold.total', what: expect.stringContaining('Athena') }],
    });
  });
});
