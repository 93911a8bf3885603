import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { RolloutDocuments } from '@penumbra/core/pipeline/ports';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { PROJECTIONS, TABLE_KEYS } from './dynamo-event-log.ts';

const KEY = `${PROJECTIONS}rollout-document`;

/** Rollout documents beside the log, each replaced by a newer version only. */
export function dynamoRolloutDocuments(client: DynamoDBDocumentClient, tableName: string): RolloutDocuments {
  return {
    async publish(document) {
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              [TABLE_KEYS.hashKey]: document.deployment,
              [TABLE_KEYS.rangeKey]: KEY,
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
    },
    async read(deployment) {
      const { Item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: { [TABLE_KEYS.hashKey]: deployment, [TABLE_KEYS.rangeKey]: KEY },
        }),
      );
      return Item?.document as RolloutDocument | undefined;
    },
  };
}
