import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Projections } from '@penumbra/core/pipeline/rebuild';
import type { Projection } from '@penumbra/core/replay';
import { PROJECTIONS } from './dynamo-event-log.ts';
import { TABLE_KEYS } from './table-keys.ts';
import { fromWindowsItem, windowsItem } from './windows-item.ts';

const POINTER = `${PROJECTIONS}projection`;

/** Sort keys of one version of the projection. Version 0 is where documents lay before there were versions. */
export const projectionKeys = (version: number) => {
  const suffix = version === 0 ? '' : `/${String(version).padStart(6, '0')}`;
  const key = (kind: string) => `${PROJECTIONS}${kind}${suffix}`;
  return {
    document: key('rollout-document'),
    windows: key('windows'),
    whole: key('rollout'),
    outline: key('rollout-outline'),
  };
};

/** The version of the projection that is read now. */
export async function currentProjection(
  client: DynamoDBDocumentClient,
  tableName: string,
  deployment: string,
): Promise<number> {
  const Key = { [TABLE_KEYS.hashKey]: deployment, [TABLE_KEYS.rangeKey]: POINTER };
  const { Item } = await client.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }));
  return Number(Item?.current ?? 0);
}

/** Versions of a projection beside the log, and the pointer to the one that is read: one put switches all. */
export function dynamoProjections(client: DynamoDBDocumentClient, tableName: string): Projections {
  const put = (deployment: string, key: string, item: object) =>
    client.send(
      new PutCommand({
        TableName: tableName,
        Item: { [TABLE_KEYS.hashKey]: deployment, [TABLE_KEYS.rangeKey]: key, ...item },
      }),
    );
  const get = async (deployment: string, key: string) => {
    const Key = { [TABLE_KEYS.hashKey]: deployment, [TABLE_KEYS.rangeKey]: key };
    return (await client.send(new GetCommand({ TableName: tableName, Key }))).Item;
  };
  return {
    current: (deployment) => currentProjection(client, tableName, deployment),
    async write(deployment, version, { document, ...windows }) {
      const keys = projectionKeys(version);
      const { version: rolloutVersion, asOf } = document;
      await put(deployment, keys.document, { version: rolloutVersion, document });
      const kept = { version: rolloutVersion, asOf, ...windows };
      await put(deployment, keys.windows, { version: rolloutVersion, ...windowsItem(kept) });
    },
    async read(deployment, version) {
      const keys = projectionKeys(version);
      const [document, windows] = await Promise.all([
        get(deployment, keys.document),
        get(deployment, keys.windows),
      ]);
      const kept = fromWindowsItem(windows);
      if (!document || !kept) return undefined;
      return { document: document.document, windows: kept.windows, settled: kept.settled } as Projection;
    },
    async switchTo(deployment, version, from) {
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              [TABLE_KEYS.hashKey]: deployment,
              [TABLE_KEYS.rangeKey]: POINTER,
              current: version,
            },
            ConditionExpression: from === 0 ? 'attribute_not_exists(#current)' : '#current = :from',
            ExpressionAttributeNames: { '#current': 'current' },
            ...(from === 0 ? {} : { ExpressionAttributeValues: { ':from': from } }),
          }),
        );
        return 'switched';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'lost';
        throw error;
      }
    },
  };
}
