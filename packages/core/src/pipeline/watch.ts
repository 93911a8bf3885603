import { next } from '../day.ts';
import { loadDay, watchMessage, watchQueryMessage } from './day-steps.ts';
import type { MessageBody } from './messages.ts';
import type { Pipeline } from './ports.ts';

type OfTransform = Extract<MessageBody<'transform-submitted'>, { readonly attempt: number }>;
type OfQuery = Extract<MessageBody<'transform-submitted'>, { readonly queryExecutionId: string }>;

/**
 * [transform-submitted] The safety net for a completion event that never comes: looks at the job, or at the query,
 * and looks again later for as long as it runs.
 */
export function watch(pipeline: Pipeline, message: MessageBody<'transform-submitted'>): Promise<void> {
  return 'attempt' in message ? watchTransform(pipeline, message) : watchQuery(pipeline, message);
}

async function watchTransform(pipeline: Pipeline, message: OfTransform): Promise<void> {
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

/** A query that scans more than the definition allows is stopped here: Athena knows the stage's limit alone. */
async function watchQuery(pipeline: Pipeline, message: OfQuery): Promise<void> {
  const { deployment, date, queryExecutionId, causationId } = message;
  const partition = { deployment, date };
  const due = next((await loadDay(pipeline, partition)).state);
  if (due.action !== 'watch-query' || due.query.queryExecutionId !== queryExecutionId) return;

  const { status, bytesScanned } = await pipeline.queries.describe(queryExecutionId);
  if (status === 'running') {
    const { evaluation } = (await pipeline.definitions(deployment)).definition;
    if (bytesScanned > evaluation.athena.maxBytesScanned) await pipeline.queries.stop(queryExecutionId);
    const message = watchQueryMessage(partition, due.query, { causationId });
    await pipeline.queues.send([message], pipeline.watchDelaySeconds);
  } else {
    await pipeline.queues.send([{ queue: 'outcomes-landed', body: { ...partition, causationId } }]);
  }
}
