import { next } from '../day.ts';
import { loadDay, watchMessage } from './day-steps.ts';
import type { MessageBody } from './messages.ts';
import type { Pipeline } from './ports.ts';

/**
 * [transform-submitted] The safety net for a completion event that never comes: looks at the job, and looks
 * again later for as long as it runs.
 */
export async function watch(pipeline: Pipeline, message: MessageBody<'transform-submitted'>): Promise<void> {
  const { deployment, date, attempt, causationId } = message;
  const partition = { deployment, date };
  const { state } = await loadDay(pipeline, partition);
  const due = next(state);
  if (due.action !== 'watch' || due.attempt !== attempt || !state.transform) return;

  const { status } = await pipeline.transforms.describe(state.transform.jobName);
  if (status === 'running') {
    await pipeline.queues.send(
      [watchMessage(partition, attempt, { causationId })],
      pipeline.watchDelaySeconds,
    );
  } else {
    await pipeline.queues.send([
      { queue: 'transform-complete', body: { ...partition, attempt, causationId } },
    ]);
  }
}
