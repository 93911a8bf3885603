import { type DayState, next } from '../day.ts';
import type { Definition } from '../definition.ts';
import { needsArms } from '../engine.ts';
import { transformJobName } from '../job-name.ts';
import { closedFiles } from './closed-folder.ts';
import { decideDay, loadDay, type PartitionId, sendNext } from './day-steps.ts';
import type { Defined } from './deployments.ts';
import type { Loaded } from './execute.ts';
import { keys, SUCCESS } from './keys.ts';
import type { MessageBody } from './messages.ts';
import type { Pipeline } from './ports.ts';

/** Seconds until a submission that met a full quota is tried again. */
const QUOTA_DELAY_SECONDS = 300;

/**
 * [partition-ready] The records of a date are closed: check them, write the model's input, and submit the
 * transform under its one name. With predictions made elsewhere: take note of them.
 */
export async function submit(pipeline: Pipeline, message: MessageBody<'partition-ready'>): Promise<void> {
  const { deployment, date } = message;
  const partition = { deployment, date };
  const registered = await pipeline.definitions(deployment);
  if (date < (registered.state.startDate ?? date)) return;

  const ready = await readyPartition(pipeline, partition, registered);
  if (!ready.state.partition) return;
  const submitted = registered.definition.model
    ? await submitTransform(pipeline, partition, registered, registered.definition.model, ready)
    : await landPredictions(pipeline, partition, ready);
  await sendNext(pipeline, partition, submitted, 'partition-ready');
}

async function readyPartition(
  pipeline: Pipeline,
  partition: PartitionId,
  { definition, state: { definitionVersion } }: Defined,
): Promise<Loaded<DayState>> {
  const known = await loadDay(pipeline, partition);
  if (known.state.partition && known.state.partition.rows > 0) return known;
  const folder = keys.records(partition.deployment, partition.date);
  const closed = await closedFiles(pipeline.objects, folder);
  if (!closed) return known;
  // The closed folder is the cause, whichever of several messages came first.
  const causationId = `${folder}${SUCCESS}`;

  const input = keys.transformInput(partition.deployment, partition.date);
  const arms = needsArms(definition) ? keys.arms(partition.deployment, partition.date) : undefined;
  const prepared = await pipeline.evaluator.prepare({ definition, files: closed, input, arms });
  if (!prepared.ok) {
    const data = { step: 'records' as const, files: closed, problems: [...prepared.problems] };
    return decideDay(pipeline, partition, { command: { type: 'RejectPartition', data }, causationId }, known);
  }
  const { rows } = prepared.value;
  const data = { files: closed, rows, definitionVersion, ...(definition.model ? { input } : {}) };
  return decideDay(pipeline, partition, { command: { type: 'ReadyPartition', data }, causationId }, known);
}

async function submitTransform(
  pipeline: Pipeline,
  partition: PartitionId,
  { state: { definitionVersion } }: Defined,
  model: NonNullable<Definition['model']>,
  known: Loaded<DayState>,
): Promise<Loaded<DayState>> {
  const due = next(known.state);
  if (due.action !== 'submit') return known;
  const { deployment, date } = partition;
  const { attempt } = due;
  const jobName = transformJobName(pipeline.jobNamePrefix, { deployment, date, attempt });
  const job = {
    jobName,
    modelName: model.modelName,
    input: keys.transformInput(deployment, date),
    output: keys.transformOutput(deployment, date, jobName),
  };
  const submission = await pipeline.transforms.submit({
    ...job,
    settings: model.transform,
    tags: { 'penumbra:deployment': deployment, 'penumbra:date': date, 'penumbra:attempt': String(attempt) },
  });
  switch (submission.status) {
    case 'submitted':
      return decideDay(
        pipeline,
        partition,
        { command: { type: 'SubmitTransform', data: { ...job, attempt, definitionVersion } } },
        known,
      );
    case 'rejected': {
      const data = { attempt, jobName, status: 'Rejected' as const, reason: submission.reason };
      const command = { type: 'FailTransform' as const, data, maxAttempts: attempt };
      return decideDay(pipeline, partition, { command }, known);
    }
    case 'later': {
      const body = { ...partition, causationId: known.lastEventId ?? '' };
      await pipeline.queues.send([{ queue: 'partition-ready', body }], QUOTA_DELAY_SECONDS);
      return known;
    }
  }
}

async function landPredictions(
  pipeline: Pipeline,
  partition: PartitionId,
  known: Loaded<DayState>,
): Promise<Loaded<DayState>> {
  // Rejected ones may have been mended since.
  if (known.state.predictions && known.state.rejected?.step !== 'predictions') return known;
  const files = await closedFiles(pipeline.objects, keys.predictions(partition.deployment, partition.date));
  if (!files) return known;
  return decideDay(pipeline, partition, { command: { type: 'LandPredictions', data: { files } } }, known);
}
