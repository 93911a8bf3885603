import { type LoopbackServer, startLoopbackServer } from '@penumbra/cli/loopback-server';
import { withPage } from '@penumbra/cli/with-page';
import type { StoredEvent } from '@penumbra/core/events';
import { inMemoryDeploymentRegistry } from '@penumbra/core/in-memory-deployment-registry';
import { inMemoryEventLog } from '@penumbra/core/in-memory-event-log';
import { inMemoryExposureBatches } from '@penumbra/core/in-memory-exposure-batches';
import { inMemoryRolloutDocuments } from '@penumbra/core/in-memory-rollout-documents';
import { rolloutReader } from '@penumbra/core/pipeline/deployments';
import { importEvent } from '@penumbra/core/pipeline/import-log';
import { publishRollout } from '@penumbra/core/pipeline/publish-rollout';
import { pageFiles } from '@penumbra/dashboard/build';
import { createApi } from '@penumbra/functions/api/app';
import type { ApiSettings } from '@penumbra/functions/api/settings';

/** Serves page and API over a log in memory, on a free port of this machine. */
export async function serveLog(
  events: Iterable<StoredEvent>,
  settings: ApiSettings = { keys: [], openReads: true },
): Promise<LoopbackServer> {
  const stores = {
    log: inMemoryEventLog(),
    deployments: inMemoryDeploymentRegistry(),
    documents: inMemoryRolloutDocuments(),
    exposures: inMemoryExposureBatches(),
  };
  for (const event of events) await importEvent(stores, event);
  const rollouts = rolloutReader(stores.log);
  for (const name of await stores.deployments.list()) await publishRollout(stores, await rollouts(name));
  const api = createApi(
    {
      ...stores,
      rollouts,
      now: () => '2002-01-01T06:00:00.000Z',
      readObject: async () => new Uint8Array(),
      onFailure: ({ error }) => {
        throw error;
      },
    },
    settings,
  );
  return startLoopbackServer(withPage(api, await pageFiles()), 0);
}
