import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RolloutDocuments } from '@penumbra/core/pipeline/ports';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { dynamoCurrentItem } from './dynamo-current-item.ts';

/** Rollout documents beside the log. */
export function dynamoRolloutDocuments(client: DynamoDBDocumentClient, tableName: string): RolloutDocuments {
  const items = dynamoCurrentItem(client, tableName, 'document');
  return {
    publish: (document) => items.publish(document.deployment, document.version, { document }),
    read: async (deployment) => (await items.read(deployment))?.document as RolloutDocument | undefined,
  };
}
