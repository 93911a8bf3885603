import { type DayCommand, next } from '../day.ts';
import { decideDay, loadDay, type PartitionId, sendNext } from './day-steps.ts';
import { keys } from './keys.ts';
import type { MessageBody } from './messages.ts';
import type { Pipeline } from './ports.ts';

/**
 * [transform-complete] A transform is said to have ended. The message is only a hint: the job itself is asked,
 * because events repeat, get lost, and overtake each other.
 */
export async function complete(
  pipeline: Pipeline,
  message: MessageBody<'transform-complete'>,
): Promise<void> {
  const { deployment, date, attempt } = message;
  const partition = { deployment, date };
  const known = await loadDay(pipeline, partition);
  const due = next(known.state);
  if (due.action !== 'watch' || due.attempt !== attempt) {
    // Also where the event overtook our own record of the submission: the message sent here makes it good.
    await sendNext(pipeline, partition, known, 'transform-complete');
    return;
  }
  const command = await outcomeOf(pipeline, partition, attempt, known.state.transform?.jobName ?? '');
  if (!command) return;
  const decided = await decideDay(pipeline, partition, { command }, known);
  await sendNext(pipeline, partition, decided, 'transform-complete');
}

async function outcomeOf(
  pipeline: Pipeline,
  { deployment, date }: PartitionId,
  attempt: number,
  jobName: string,
): Promise<DayCommand | undefined> {
  const status = await pipeline.transforms.describe(jobName);
  if (status.status === 'running') return undefined;
  if (status.status === 'completed') {
    const files = await pipeline.objects.list(keys.transformOutput(deployment, date, jobName));
    return { type: 'CompleteTransform', data: { attempt, jobName, files } };
  }
  const { definition } = await pipeline.definitions(deployment);
  return {
    type: 'FailTransform',
    data: { attempt, jobName, status: status.kind, reason: status.reason },
    maxAttempts: definition.model?.transform.maxAttempts ?? 1,
  };
}
