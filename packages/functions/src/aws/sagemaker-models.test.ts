import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import { sageMakerModels } from './sagemaker-models.ts';

/** SageMaker as it answers with an error of this name. */
function refusing(name: string) {
  const client = new SageMakerClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  client.middlewareStack.add(() => () => Promise.reject(Object.assign(new Error('it is so'), { name })), {
    step: 'initialize',
  });
  return sageMakerModels(client);
}

describe('the models of SageMaker', () => {
  it.each([
    ['ValidationException', 'missing'],
    ['ResourceNotFound', 'missing'],
    ['AccessDeniedException', 'forbidden'],
  ])('are %s: %s', async (name, found) => {
    expect(await refusing(name).describe('any')).toEqual({ found, reason: 'it is so' });
  });

  it('fail where nobody knows what it means', async () => {
    await expect(refusing('ThrottlingException').describe('any')).rejects.toThrow('it is so');
  });
});
