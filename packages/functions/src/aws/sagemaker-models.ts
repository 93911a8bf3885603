import { DescribeModelCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { Models } from '@penumbra/core/pipeline/check-model';

/** SageMaker has a shape for none of these errors, so their names decide. */
const MISSING = new Set(['ValidationException', 'ResourceNotFound']);
const FORBIDDEN = new Set(['AccessDeniedException', 'AccessDenied']);

/** The models of an account and region. */
export function sageMakerModels(client: SageMakerClient): Models {
  return {
    async describe(modelName) {
      try {
        const { ExecutionRoleArn } = await client.send(new DescribeModelCommand({ ModelName: modelName }));
        return { found: 'model', executionRoleArn: ExecutionRoleArn };
      } catch (error) {
        const { name, message } = error as Error;
        if (MISSING.has(name)) return { found: 'missing', reason: message };
        if (FORBIDDEN.has(name)) return { found: 'forbidden', reason: message };
        throw error;
      }
    },
  };
}
