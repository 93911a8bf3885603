import { describe, expect, it } from 'vitest';
import type { Definition } from '../definition.ts';
import { exampleDefinition, exampleRegression } from '../testing/example-definition.ts';
import { checkModel, type ModelFound } from './check-model.ts';

const OWN = 'arn:aws:iam::123456789012:role/own';
const STAGE = 'arn:aws:iam::123456789012:role/stage';

const naming = (executionRoleArn: string): Definition => ({
  ...exampleDefinition,
  model: { ...(exampleDefinition.model as NonNullable<Definition['model']>), executionRoleArn },
});
const runsAs = (executionRoleArn: string | undefined): ModelFound => ({ found: 'model', executionRoleArn });

async function check(definition: Definition, found: ModelFound, stageRole?: string): Promise<string> {
  const models = { describe: async () => found };
  const result = await checkModel(models, definition, { jobNamePrefix: 'penumbra-ada', stageRole });
  return result.ok ? 'fits' : result.problems.map(({ where, what }) => `${where}: ${what}`).join('\n');
}

describe('the model of a definition', () => {
  it('fits where SageMaker has it', async () => {
    expect(await check(exampleDefinition, runsAs(OWN))).toBe('fits');
  });

  it('does not where SageMaker has none, or does not tell', async () => {
    const missing = await check(exampleDefinition, { found: 'missing', reason: 'Could not find model' });
    expect(missing).toMatch(
      /^model\.modelName: SageMaker has no model "rebooking-2001-01".*Could not find model/,
    );
    const forbidden = await check(exampleDefinition, { found: 'forbidden', reason: 'AccessDenied' });
    expect(forbidden).toMatch(/^model\.modelName: you may not look at the model/);
  });

  it("runs as the stage's role, or as the one that the definition names", async () => {
    expect(await check(exampleDefinition, runsAs(STAGE), STAGE)).toBe('fits');
    expect(await check(exampleDefinition, runsAs(OWN), STAGE)).toContain(
      `runs as ${OWN}, which is not the stage's`,
    );
    expect(await check(naming(OWN), runsAs(OWN), STAGE)).toBe('fits');
    expect(await check(naming(OWN), runsAs(STAGE), STAGE)).toContain(`runs as ${STAGE}, not as ${OWN}`);
    expect(await check(naming(OWN), runsAs(undefined))).toContain('runs as no role');
  });

  it('needs jobs whose names SageMaker accepts', async () => {
    const long = { ...exampleDefinition, deployment: 'a-name-that-is-as-long-as-a-name-may-be-x' };
    expect(await check(long, runsAs(OWN))).toContain("characters over SageMaker's 63");
  });

  it('is nothing to check where predictions are made elsewhere', async () => {
    expect(await check(exampleRegression, { found: 'missing', reason: '' })).toBe('fits');
  });
});
