import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { penumbraCodec, UnreadableEvent } from '@penumbra/core/codec';
import { eventKey } from '@penumbra/core/envelope';
import type { EventLog } from '@penumbra/core/event-log';
import type { StoredEvent } from '@penumbra/core/events';
import { TABLE_KEYS } from './table-keys.ts';

/** Sort keys of what is no event start here: after every stream. */
export const PROJECTIONS = '~';

/** Document client whose items are what was given: nothing dropped, empty texts kept. */
export function documentClient(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** The log in one DynamoDB table: one conditional put an event, one Query a stream. */
export function dynamoEventLog(client: DynamoDBDocumentClient, tableName: string): EventLog {
  async function* query(
    deployment: string,
    from: string,
    to: string,
    backwards: { readonly limit: number } | undefined = undefined,
  ): AsyncIterable<StoredEvent> {
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: '#deployment = :deployment AND #event BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#deployment': TABLE_KEYS.hashKey, '#event': TABLE_KEYS.rangeKey },
        ExpressionAttributeValues: { ':deployment': deployment, ':from': from, ':to': to },
        ConsistentRead: true,
        ...(backwards ? { ScanIndexForward: false, Limit: backwards.limit } : {}),
      },
    );
    for await (const page of pages) {
      for (const item of page.Items ?? []) yield fromItem(item);
    }
  }
  return {
    async append(event) {
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: toItem(event),
            ConditionExpression: 'attribute_not_exists(#deployment)',
            ExpressionAttributeNames: { '#deployment': TABLE_KEYS.hashKey },
          }),
        );
        return 'appended';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'conflict';
        throw error;
      }
    },
    load: (deployment, stream, afterVersion = 0) =>
      collect(query(deployment, eventKey(stream, afterVersion + 1), `${stream}/~`)),
    async latest(deployment, stream, most, beforeVersion) {
      // A range whose end lies before its beginning is an error to DynamoDB.
      if (beforeVersion !== undefined && beforeVersion <= 1) return [];
      const to = beforeVersion === undefined ? `${stream}/~` : eventKey(stream, beforeVersion - 1);
      const events: StoredEvent[] = [];
      for await (const event of query(deployment, eventKey(stream, 1), to, { limit: most })) {
        events.push(event);
        if (events.length === most) break;
      }
      return events;
    },
    loadRange: (deployment, from, to) => collect(query(deployment, `${from}/`, `${to}/~`)),
    // No key lies between an event's own and the one with a space behind it; every stream sorts after a space.
    replay: (deployment, after = '') => query(deployment, `${after} `, PROJECTIONS),
  };
}

/** The event's data is kept as JSON text: DynamoDB's numbers hold fewer values than ours. */
function toItem(event: StoredEvent): Record<string, unknown> {
  const { data, ...envelope } = penumbraCodec.encode(event);
  const key = eventKey(event.stream, event.version);
  return { ...envelope, data: JSON.stringify(data), [TABLE_KEYS.rangeKey]: key };
}

function fromItem({ [TABLE_KEYS.rangeKey]: key, data, ...envelope }: Record<string, unknown>): StoredEvent {
  try {
    return penumbraCodec.decode({ ...envelope, data: JSON.parse(String(data)) });
  } catch (error) {
    if (error instanceof UnreadableEvent) throw error;
    throw new UnreadableEvent(
      `${envelope.deployment}/${key}`,
      `its data is not JSON (${(error as Error).message})`,
    );
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
