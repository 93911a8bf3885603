import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { RolloutDocuments } from '@penumbra/core/pipeline/ports';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { TABLE_KEYS } from './dynamo-event-log.ts';
import { currentProjection, projectionKeys } from './dynamo-projections.ts';

/** Rollout documents beside the log, in the version of the projection that is read, each replaced by a newer one only. */
export function dynamoRolloutDocuments(client: DynamoDBDocumentClient, tableName: string): RolloutDocuments {
  async function publishTo(projection: number, document: RolloutDocument): Promise<'published' | 'stale'> {
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: {
            [TABLE_KEYS.hashKey]: document.deployment,
            [TABLE_KEYS.rangeKey]: projectionKeys(projection).document,
            version: document.version,
            document,
          },
          ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': document.version },
        }),
      );
      return 'published';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'stale';
      throw error;
    }
  }
  return {
    async publish(document) {
      let projection = await currentProjection(client, tableName, document.deployment);
      for (;;) {
        const result = await publishTo(projection, document);
        // A replay may have switched in between; what it folded may not hold this document.
        const now = await currentProjection(client, tableName, document.deployment);
        if (now === projection) return result;
        projection = now;
      }
    },
    async read(deployment) {
      const projection = await currentProjection(client, tableName, deployment);
      const { Item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: {
            [TABLE_KEYS.hashKey]: deployment,
            [TABLE_KEYS.rangeKey]: projectionKeys(projection).document,
          },
          // A kill is seen by whoever asks next.
          ConsistentRead: true,
        }),
      );
      return Item?.document as RolloutDocument | undefined;
    },
  };
}
