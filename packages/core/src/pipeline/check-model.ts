import type { Definition } from '../definition.ts';
import { checkJobNames } from '../job-name.ts';
import { failure, type Result, success } from '../problem.ts';

/** What SageMaker says of a model; missing: there is none. forbidden: we may not look. */
export type ModelFound =
  | { readonly found: 'model'; readonly executionRoleArn: string | undefined }
  | { readonly found: 'missing'; readonly reason: string }
  | { readonly found: 'forbidden'; readonly reason: string };

export interface Models {
  describe(modelName: string): Promise<ModelFound>;
}

/**
 * Whether the transforms of a definition can run: SageMaker has the model, it runs as the role that is meant, and its
 * jobs will have names that SageMaker accepts. `stageRole` is the role that a stage makes for its models, where it is
 * known: a model that runs as another one must say so, because that one may not be allowed to read the stage's bucket.
 */
export async function checkModel(
  models: Models,
  definition: Definition,
  stage: { readonly jobNamePrefix: string; readonly stageRole?: string | undefined },
): Promise<Result<'fits'>> {
  const { model, deployment } = definition;
  if (!model) return success('fits');
  const names = checkJobNames(stage.jobNamePrefix, deployment);
  if (!names.ok) return names;
  const { modelName } = model;
  const described = await models.describe(modelName);
  if (described.found === 'missing') {
    return failure({
      where: 'model.modelName',
      what: `SageMaker has no model "${modelName}" in this account and region (${described.reason})`,
      remedy: 'Create the model first, or correct its name, the region or the account',
    });
  }
  if (described.found === 'forbidden') {
    return failure({
      where: 'model.modelName',
      what: `you may not look at the model "${modelName}" (${described.reason})`,
      remedy: 'Attach the policy DeploymentOperator of the stage to your role, or use another one',
    });
  }
  const expected = model.executionRoleArn ?? stage.stageRole;
  if (expected === undefined || described.executionRoleArn === expected) return success('fits');
  const has = described.executionRoleArn ?? 'no role';
  return failure(
    model.executionRoleArn === undefined
      ? {
          where: 'model.executionRoleArn',
          what: `the model "${modelName}" runs as ${has}, which is not the stage's role ${expected}`,
          remedy: `Create the model with the stage's role, or name ${has} here once it may read and write the stage's bucket`,
        }
      : {
          where: 'model.executionRoleArn',
          what: `the model "${modelName}" runs as ${has}, not as ${expected}`,
          remedy: 'Correct the ARN, or create the model with that role',
        },
  );
}
