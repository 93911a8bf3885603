import type { StoredEvent } from '@penumbra/core/events';
import { startLocalPipeline } from '@penumbra/local/local-pipeline';

/** Every event that a trial left in its data directory, in order of stream and version. */
export async function recordedLog(dataDir: string, deployment: string): Promise<StoredEvent[]> {
  const local = await startLocalPipeline({ dataDir, models: {}, now: () => '2000-01-01T00:00:00.000Z' });
  try {
    const events: StoredEvent[] = [];
    for await (const event of local.pipeline.log.replay(deployment)) events.push(event);
    return events;
  } finally {
    await local.stop();
  }
}
