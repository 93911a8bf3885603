import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { WindowStore } from '@penumbra/core/pipeline/ports';
import { dynamoCurrentItem } from './dynamo-current-item.ts';
import { fromWindowsItem, windowsItem } from './windows-item.ts';

/** The windows beside the log. */
export function dynamoWindows(client: DynamoDBDocumentClient, tableName: string): WindowStore {
  const items = dynamoCurrentItem(client, tableName, 'windows');
  return {
    publish: (deployment, windows) => items.publish(deployment, windows.version, windowsItem(windows)),
    read: async (deployment) => fromWindowsItem(await items.read(deployment)),
  };
}
