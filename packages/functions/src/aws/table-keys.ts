/** Names of the table's keys: partition key `deployment`, sort key `event` as `<stream>/<version>`. */
export const TABLE_KEYS = { hashKey: 'deployment', rangeKey: 'event' } as const;
/** The attribute by which DynamoDB lets an item expire, in seconds since 1970. Events have none. */
export const EXPIRES_AT = 'expiresAt';
