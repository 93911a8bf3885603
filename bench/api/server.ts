import { startLoopbackServer } from '@penumbra/cli/loopback-server';
import { parseDefinition } from '@penumbra/core/definition';
import { inMemoryDeploymentRegistry } from '@penumbra/core/in-memory-deployment-registry';
import { inMemoryEventLog } from '@penumbra/core/in-memory-event-log';
import { inMemoryExposureBatches } from '@penumbra/core/in-memory-exposure-batches';
import { rolloutReader } from '@penumbra/core/pipeline/deployments';
import type { RolloutDocuments } from '@penumbra/core/pipeline/ports';
import { register } from '@penumbra/core/pipeline/register';
import type { RolloutDocument } from '@penumbra/core/rollout-document';
import { exampleInput } from '@penumbra/core/testing/example-definition';
import { createApi } from '@penumbra/functions/api/app';
import { sha256 } from '@penumbra/functions/api/keyring';

// The process under load: the whole API as it runs anywhere, key check, rate limits and headers included, over
// stores in memory. A document is asked for once a second, so a store elsewhere would change little.

const DEPLOYMENTS = 20;
const SLICES = 10;
const KEY = process.env.BENCH_KEY ?? '';

const published = new Map<string, RolloutDocument>();
const documents: RolloutDocuments = {
  async publish(document) {
    // Half of the traffic of every slice: each evaluation hashes its unit.
    const slices = document.slices.map((slice) => ({ ...slice, percent: 50 }));
    published.set(document.deployment, { ...document, slices });
    return 'published';
  },
  read: async (deployment) => published.get(deployment),
};
const log = inMemoryEventLog();
const deployments = inMemoryDeploymentRegistry();
const now = () => new Date().toISOString();
const actor = { kind: 'system', name: 'bench' } as const;
for (let index = 0; index < DEPLOYMENTS; index += 1) {
  const slices = Array.from({ length: SLICES }, (_, at) => ({
    slice: `slice-${at}`,
    when: [
      { field: 'country', equals: `country-${at}` },
      { field: 'amount', atLeast: 10, below: 1000 },
    ],
  }));
  const definition = parseDefinition({ ...exampleInput, deployment: `deployment-${index}`, slices });
  if (!definition.ok) throw new Error(JSON.stringify(definition.problems));
  await register(
    { log, deployments, documents, now, actor },
    { definition: definition.value, startDate: '2026-01-01' },
  );
}

const unlimited = { requests: Number.MAX_SAFE_INTEGER, seconds: 60 };
const api = createApi(
  {
    log,
    rollouts: rolloutReader(log),
    documents,
    deployments,
    exposures: inMemoryExposureBatches(),
    now,
    readObject: async () => new Uint8Array(),
    onFailure: ({ error }) => console.error(error),
  },
  {
    keys: [{ name: 'bench', access: 'read', sha256: sha256(KEY).toString('hex') }],
    rateLimits: { serve: unlimited },
  },
);
const { url, stop } = await startLoopbackServer(api, 0);

process.on('message', async (message) => {
  if (message === 'memory') {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    process.send?.({ memory: { rss, heapUsed, cpu: process.cpuUsage() } });
  } else {
    await stop();
    process.exit(0);
  }
});
process.send?.({ url });
