import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { Models } from '@penumbra/core/pipeline/check-model';
import { rolloutReader } from '@penumbra/core/pipeline/deployments';
import type { Pipeline } from '@penumbra/core/pipeline/ports';
import { dynamoDeploymentRegistry } from './aws/dynamo-deployment-registry.ts';
import { documentClient, dynamoEventLog } from './aws/dynamo-event-log.ts';
import { dynamoRolloutDocuments } from './aws/dynamo-rollout-documents.ts';
import { dynamoRolloutSnapshots } from './aws/dynamo-rollout-snapshots.ts';
import { sageMakerModels } from './aws/sagemaker-models.ts';
import type { Instrument } from './pipeline-composition.ts';

export interface ComposedDeployments
  extends Pick<Pipeline, 'log' | 'rollouts' | 'documents' | 'deployments' | 'now'> {
  readonly models: Models;
}

/** What registering deployments needs: the table, and a look at SageMaker's models. Neither queues nor the bucket. */
export function composeDeployments(
  tableName: string,
  instrument: Instrument = (client) => client,
): ComposedDeployments {
  const documents = documentClient(instrument(new DynamoDBClient()));
  const log = dynamoEventLog(documents, tableName);
  return {
    log,
    rollouts: rolloutReader(log, dynamoRolloutSnapshots(documents, tableName)),
    documents: dynamoRolloutDocuments(documents, tableName),
    deployments: dynamoDeploymentRegistry(documents, tableName),
    models: sageMakerModels(instrument(new SageMakerClient())),
    now: () => new Date().toISOString(),
  };
}
