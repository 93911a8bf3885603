import type { CalendarDate } from '@penumbra/core/calendar';
import { looksAt } from '@penumbra/core/looks';
import type { Cluster } from './cluster.ts';
import type { Plan } from './plan.ts';
import { definitionOf } from './scenario.ts';
import { readLog, type Trial } from './trial-state.ts';

const TRUNCATED = 0.15;

/** Cuts off the predictions of some dates, in the middle of a line, before the next look at them. */
export async function truncateOutputs(
  cluster: Cluster,
  trial: Trial,
  today: CalendarDate,
  plan: Plan,
  onFault: (seam: string) => void,
): Promise<void> {
  const { outcomes } = definitionOf(trial.deployment, trial.kind);
  for (const { event, stream } of await readLog(cluster, trial)) {
    if (event.type !== 'TransformCompleted' && event.type !== 'PredictionsLanded') continue;
    const date = stream.replace('day/', '');
    if (!looksAt(date, outcomes).some(({ asOf }) => asOf === today)) continue;
    const file = event.data.files.at(-1);
    if (!file || plan.draw('truncate', trial.deployment, date, today) >= TRUNCATED) continue;
    const bytes = await cluster.clean().bucket.read(file.key);
    trial.truncated.set(date, { key: file.key, bytes });
    trial.truncations.set(date, (trial.truncations.get(date) ?? 0) + 1);
    await cluster.clean().bucket.write(file.key, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    onFault('transform output: truncated');
  }
}
