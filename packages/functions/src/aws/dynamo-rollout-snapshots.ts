import { gunzipSync, gzipSync } from 'node:zlib';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { outlineOf } from '@penumbra/core/pipeline/deployments';
import type { Loaded } from '@penumbra/core/pipeline/execute';
import type { RolloutSnapshots } from '@penumbra/core/pipeline/ports';
import { ROLLOUT_FOLD, type RolloutState } from '@penumbra/core/rollout';
import { dynamoCurrentItem } from './dynamo-current-item.ts';

/** An item takes 400 KB, its keys and names included. */
const MOST_BYTES = 390_000;

/**
 * Snapshots of rollouts beside the log, compressed; the outline, which many steps read, as an item of its own. A replay
 * switches to a projection that has none, and what another fold has made counts as none.
 */
export function dynamoRolloutSnapshots(client: DynamoDBDocumentClient, tableName: string): RolloutSnapshots {
  const items = {
    whole: dynamoCurrentItem(client, tableName, 'whole'),
    outline: dynamoCurrentItem(client, tableName, 'outline'),
  };
  return {
    async publish(deployment, snapshot) {
      const content = contentOf(snapshot);
      // The outline is worth more: it is read a hundred times as often.
      const published = await items.outline.publish(
        deployment,
        snapshot.version,
        contentOf(outlineOf(snapshot)),
      );
      if (content.state.byteLength > MOST_BYTES) return 'too large';
      const whole = await items.whole.publish(deployment, snapshot.version, content);
      return published === 'stale' ? published : whole;
    },
    async read(deployment, detail) {
      const item = await items[detail].read(deployment);
      if (item?.fold !== ROLLOUT_FOLD) return undefined;
      return JSON.parse(gunzipSync(item.state as Uint8Array).toString()) as Loaded<RolloutState>;
    },
  };
}

const contentOf = (snapshot: Loaded<RolloutState>) => ({
  fold: ROLLOUT_FOLD,
  state: gzipSync(JSON.stringify(snapshot)),
});
