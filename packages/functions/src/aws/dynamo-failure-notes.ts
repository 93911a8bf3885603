import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { QueueName } from '@penumbra/core/pipeline/messages';
import type { FailureNote, FailureNotes } from '../failure-notes.ts';
import { PROJECTIONS } from './dynamo-event-log.ts';
import { EXPIRES_AT, TABLE_KEYS } from './table-keys.ts';

const PARTITION = `${PROJECTIONS}failures`;
/** As long as SQS keeps a message at most, once more for the dead letters. In seconds. */
const KEPT = 2 * 14 * 86_400;

/** Failure notes beside the log, one item a message; they expire. */
export function dynamoFailureNotes(client: DynamoDBDocumentClient, tableName: string): FailureNotes {
  const keyOf = (queue: QueueName, messageId: string) => ({
    [TABLE_KEYS.hashKey]: PARTITION,
    [TABLE_KEYS.rangeKey]: `${queue}/${messageId}`,
  });
  return {
    async write(note) {
      const expiresAt = Math.floor(Date.parse(note.at) / 1000) + KEPT;
      const Item = { ...keyOf(note.queue, note.messageId), note, [EXPIRES_AT]: expiresAt };
      await client.send(new PutCommand({ TableName: tableName, Item }));
    },
    async read(queue, messageId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keyOf(queue, messageId) }),
      );
      return Item?.note as FailureNote | undefined;
    },
  };
}
