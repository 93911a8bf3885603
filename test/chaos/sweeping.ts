import type { Message } from '@penumbra/core/pipeline/messages';
import { viewOf } from '@penumbra/core/pipeline/sweep';
import { planSweep, type SweepLimits } from '@penumbra/core/pipeline/sweep-plan';
import type { Cluster } from './cluster.ts';
import type { Trial } from './trial-state.ts';

/** A sweep that waits for nothing: where everything is quiet, what is due is stuck. */
const AT_ONCE: SweepLimits = { stepMinutes: 0, transformMinutes: 0, queryMinutes: 0, dayHours: 0 };

/**
 * Puts back what was cut off, and lets the sweep send again what was dropped. False where there was nothing of both, or
 * where the sweep finds nothing: then whatever does not go on is stuck, and nobody may help it.
 */
export async function bringBack(cluster: Cluster, trial: Trial, name: string): Promise<boolean> {
  const { dropped, truncated } = trial;
  if (dropped.length === 0 && truncated.size === 0) return false;
  for (const { key, bytes } of truncated.values()) await cluster.clean().bucket.write(key, bytes);
  truncated.clear();
  dropped.length = 0;
  const messages = await sweepMessages(cluster, trial);
  for (const message of messages) await cluster.send(message, name);
  return messages.length > 0;
}

/** What the sweep would send; reviews are left to the schedule, which comes when the day has settled. */
export async function sweepMessages(cluster: Cluster, { deployment }: Trial): Promise<Message[]> {
  const view = await viewOf(cluster.clean().pipeline, deployment);
  return planSweep(view, AT_ONCE).flatMap(({ message }) => message ?? []);
}
