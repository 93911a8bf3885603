import { parseTransformJobName } from '@penumbra/core/job-name';
import { PROJECTIONS } from '@penumbra/functions/aws/dynamo-event-log';
import { JOB_NAME_PREFIX } from './names.ts';
import type { OperationName } from './seams.ts';

/** A request in our own words: which operation, and on what, without what differs from run to run. */
export interface Described {
  readonly operation: OperationName;
  readonly key: string;
}

type Attribute = { readonly S?: string } | undefined;
export type Entry = { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds?: number };

/** What a request of the SDK is to us; undefined where it is nothing that faults are planned for. */
export function describeRequest(command: string, input: Record<string, unknown>): Described | undefined {
  switch (command.replace(/Command$/, '')) {
    case 'PutItem': {
      const item = input.Item as Record<string, Attribute>;
      const event = item.event?.S ?? '';
      const key = `${item.deployment?.S}/${event}`;
      if (key.startsWith(PROJECTIONS)) return { operation: 'note', key: '' };
      return { operation: event.startsWith(PROJECTIONS) ? 'document' : 'append', key };
    }
    case 'Query': {
      const values = input.ExpressionAttributeValues as Record<string, Attribute>;
      return { operation: 'load', key: `${values[':deployment']?.S}/${values[':from']?.S}` };
    }
    case 'GetItem': {
      const { deployment, event } = input.Key as Record<string, Attribute>;
      return { operation: 'load', key: `${deployment?.S}/${event?.S}` };
    }
    case 'SendMessageBatch':
      return { operation: 'send', key: entriesOf(input).map(bodyWithoutCause).join(' ') };
    case 'DeleteMessageBatch':
      return { operation: 'delete', key: '' };
    case 'ReceiveMessage':
      return { operation: 'receive', key: String(input.QueueUrl).split('/').at(-1) ?? '' };
    case 'CreateTransformJob':
      return { operation: 'submit', key: String(input.TransformJobName) };
    case 'DescribeTransformJob':
      return { operation: 'describe', key: String(input.TransformJobName) };
    case 'ListObjectsV2':
      return { operation: 'list', key: `${input.Prefix}${input.StartAfter ?? ''}` };
    case 'GetObject':
      return { operation: 'get', key: String(input.Key) };
    case 'PutObject':
      return { operation: 'write', key: String(input.Key) };
    default:
      return undefined;
  }
}

export const entriesOf = (input: Record<string, unknown>): Entry[] => input.Entries as Entry[];

export const bodyWithoutCause = ({ MessageBody }: Entry) => MessageBody.replace(/"causationId":"[^"]*"/, '');

/** The deployment, and the date where there is one, that a key names. */
export function subjectOf({ operation, key }: Described): { deployment: string; date: string | undefined } {
  const date = /(\d{4}-\d{2}-\d{2})/.exec(key)?.[1];
  if (operation === 'submit' || operation === 'describe') {
    const job = parseTransformJobName(JOB_NAME_PREFIX, key);
    return { deployment: job?.deployment ?? '', date: job?.date };
  }
  if (operation === 'send') return { deployment: /"deployment":"([^"]*)"/.exec(key)?.[1] ?? '', date };
  return { deployment: key.split('/')[0] ?? '', date };
}
