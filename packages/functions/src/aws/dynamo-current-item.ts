import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { currentProjection, projectionKeys } from './dynamo-projections.ts';
import { TABLE_KEYS } from './table-keys.ts';

/** One kind of item of the projection that is read, by deployment. An older one never replaces a newer one. */
export function dynamoCurrentItem(
  client: DynamoDBDocumentClient,
  tableName: string,
  kind: keyof ReturnType<typeof projectionKeys>,
) {
  const keyOf = (deployment: string, projection: number) => ({
    [TABLE_KEYS.hashKey]: deployment,
    [TABLE_KEYS.rangeKey]: projectionKeys(projection)[kind],
  });
  async function publishTo(
    projection: number,
    deployment: string,
    version: number,
    content: object,
  ): Promise<'published' | 'stale'> {
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...keyOf(deployment, projection), version, ...content },
          ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':version': version },
        }),
      );
      return 'published';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'stale';
      throw error;
    }
  }
  return {
    async publish(deployment: string, version: number, content: object): Promise<'published' | 'stale'> {
      let projection = await currentProjection(client, tableName, deployment);
      for (;;) {
        const result = await publishTo(projection, deployment, version, content);
        // A replay may have switched in between; what it folded may not hold this.
        const now = await currentProjection(client, tableName, deployment);
        if (now === projection) return result;
        projection = now;
      }
    },
    async read(deployment: string): Promise<Readonly<Record<string, unknown>> | undefined> {
      const projection = await currentProjection(client, tableName, deployment);
      const { Item } = await client.send(
        new GetCommand({
          TableName: tableName,
          Key: keyOf(deployment, projection),
          // A kill is seen by whoever asks next.
          ConsistentRead: true,
        }),
      );
      return Item;
    },
  };
}
