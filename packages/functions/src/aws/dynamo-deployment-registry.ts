import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { DeploymentRegistry } from '@penumbra/core/pipeline/ports';
import { PROJECTIONS } from './dynamo-event-log.ts';
import { TABLE_KEYS } from './table-keys.ts';

/** The partition that holds one small item for each deployment; no deployment can have this name. */
const REGISTRY = `${PROJECTIONS}deployments`;

/** The names of deployments in a partition of their own: listed by one Query, never by a scan of the log. */
export function dynamoDeploymentRegistry(
  client: DynamoDBDocumentClient,
  tableName: string,
): DeploymentRegistry {
  return {
    async add(deployment) {
      const Item = { [TABLE_KEYS.hashKey]: REGISTRY, [TABLE_KEYS.rangeKey]: deployment };
      await client.send(new PutCommand({ TableName: tableName, Item }));
    },
    async list() {
      const names: string[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          KeyConditionExpression: '#deployment = :registry',
          ExpressionAttributeNames: { '#deployment': TABLE_KEYS.hashKey },
          ExpressionAttributeValues: { ':registry': REGISTRY },
        },
      );
      for await (const { Items = [] } of pages) {
        names.push(...Items.map((item) => String(item[TABLE_KEYS.rangeKey])));
      }
      return names;
    },
  };
}
