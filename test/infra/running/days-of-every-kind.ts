import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { dayStream } from '@penumbra/core/events';
import { keys } from '@penumbra/core/pipeline/keys';
import type { QueueName } from '@penumbra/core/pipeline/messages';
import { register } from '@penumbra/core/pipeline/register';
import type { Composed } from '@penumbra/functions/composition';
import { startEventSourceMapping } from '@penumbra/local/event-source-mapping';
import { definitionOf, putOutcomes, putPredictions, putRecords } from './a-day.ts';
import { eventually } from './eventually.ts';
import { type HttpAnswer, httpEvent } from './http-event.ts';
import type { Recorded, recordedFunctions } from './recorded-functions.ts';
import type { StageHere } from './stage-on-this-machine.ts';

const DATE = '2001-02-01';
const POISONED = '2001-02-02';
const RUNNING = '2001-02-08';
const CHANGED = '2001-02-03';
const CHANGED_TOO = '2001-02-07';
const MODELLED = 'synthetic';
const ELSEWHERE = 'elsewhere';
const QUERIED = ['queried', 'queried-numbers'] as const;

export interface Scene {
  readonly stage: StageHere;
  readonly functions: ReturnType<typeof recordedFunctions>;
  readonly clock: { now: string };
  /** What the test itself uses; it is not recorded. */
  readonly composed: Composed;
  readonly key: string;
}

/**
 * Leads a stage through every kind of day, so that each function does all that it ever does: one that is well, a quota
 * that is used up, a model that fails, predictions made elsewhere, messages that were lost and are found by the sweep,
 * reports, reviews, reads and commands. Queues are fed one by one, so that what is to be lost is lost.
 */
export async function liveThroughDaysOfEveryKind(scene: Scene): Promise<void> {
  const { stage, functions, clock, composed, key } = scene;
  const { bucket, pipeline } = composed;
  const { recorded, handlers } = functions;
  const sqs = new SQSClient();
  const mappings: { stop(): Promise<void> }[] = [];
  const feed = (queue: QueueName, name: string) =>
    mappings.push(
      startEventSourceMapping({
        sqs,
        queueUrl: stage.queueUrl(queue),
        handler: async (event) => handlers[name]?.(event),
      }),
    );
  const until = (of: string, action: string, resource: string) =>
    eventually(`${action} on ${resource} by ${of}`, async () => recorded.find(isOf(of, action, resource)));
  const logged = (deployment: string, date: string, type: string) =>
    eventually(`${type} of ${deployment} ${date}`, async () => {
      const events = await pipeline.log.load(deployment, dayStream(date));
      return events.find(({ event }) => event.type === type);
    });
  const ask = async (name: string, method: string, path: string, body?: unknown): Promise<void> => {
    const event = httpEvent(method, path, { key, ...(body === undefined ? {} : { body }) });
    const answer = (await handlers[name]?.(event)) as HttpAnswer;
    if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`);
  };
  const report = (deployment: string) =>
    ask('feedback', 'POST', '/v1/exposures', {
      dropped: 0,
      exposures: [
        { deployment, unit: 'customer-1', slice: 'small', arm: 'incumbent', percent: 0, version: 1, at: 1 },
      ],
    });

  try {
    stage.model.shut();
    // Its message fails, because nobody has registered the deployment yet, and is noted.
    clock.now = '2001-02-02T06:00:00.000Z';
    await putRecords(bucket, MODELLED, DATE);
    feed('partition-ready', 'submit');
    await until('submit', 'dynamodb:PutItem', 'table/');
    await register(pipeline, { definition: definitionOf(MODELLED), startDate: DATE });
    await pipeline.deployments.add(MODELLED);

    // The sweep finds it; the quota is used up, so the message goes back; the next sweep finds that too.
    clock.now = '2001-02-02T12:35:00.000Z';
    await handlers.sweep?.({});
    await until('submit', 'sqs:SendMessage', 'partition-ready');
    clock.now = '2001-02-02T13:35:00.000Z';
    await handlers.sweep?.({});
    await logged(MODELLED, DATE, 'TransformSubmitted');

    // While it runs, watch looks again; when it has ended, watch says so. The message is left where it is.
    feed('transform-submitted', 'watch');
    await sqs.send(
      new SendMessageCommand({ QueueUrl: stage.queueUrl('transform-submitted'), MessageBody: 'no message' }),
    );
    await until('watch', 'dynamodb:PutItem', 'table/');
    await until('watch', 'sqs:SendMessage', 'transform-submitted');
    stage.model.open();
    await until('watch', 'sqs:SendMessage', 'transform-complete');
    clock.now = '2001-02-02T16:35:00.000Z';
    await handlers.sweep?.({});
    feed('transform-complete', 'complete');
    await logged(MODELLED, DATE, 'TransformCompleted');

    // A container that fails is tried again.
    await putRecords(bucket, MODELLED, POISONED, { poisoned: true });
    await logged(MODELLED, POISONED, 'TransformFailed');

    // An event of another attempt than the one that runs: complete sends what the state calls for.
    stage.model.shut();
    await putRecords(bucket, MODELLED, RUNNING);
    await logged(MODELLED, RUNNING, 'TransformSubmitted');
    const other = { deployment: MODELLED, date: RUNNING, attempt: 2, causationId: 'late' };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: stage.queueUrl('transform-complete'),
        MessageBody: JSON.stringify(other),
      }),
    );
    await until('complete', 'sqs:SendMessage', 'transform-submitted');
    stage.model.open();

    // Outcomes that nobody looked at are found by the sweep.
    await putOutcomes(bucket, MODELLED, DATE);
    clock.now = '2001-02-04T12:35:00.000Z';
    await handlers.sweep?.({});
    feed('outcomes-landed', 'evaluate');
    await logged(MODELLED, DATE, 'PartitionMatured');

    // A review that did not come is made by the sweep; the next one comes by itself. Both read what was reported.
    clock.now = '2001-02-03T18:00:00.000Z';
    await report(MODELLED);
    clock.now = '2001-02-04T12:35:00.000Z';
    await handlers.sweep?.({});
    await report(MODELLED);
    clock.now = '2001-02-05T06:00:00.000Z';
    await handlers.review?.({});

    await elsewhere(scene, logged);
    await queried(scene, logged);
    await until('watch', 'sqs:SendMessage', 'outcomes-landed');

    await ask('read', 'GET', `/v1/rollouts/${MODELLED}`);
    await ask('read', 'GET', '/v1/deployments');
    for (const view of ['events', 'reviews', 'days', 'history', 'backtest?policy=%7B%7D'])
      await ask('read', 'GET', `/v1/deployments/${MODELLED}/${view}`);
    await ask('read', 'GET', `/v1/deployments/${MODELLED}/metrics?from=${DATE}&to=${DATE}`);
    await ask('command', 'POST', `/v1/deployments/${MODELLED}/pause`, { reason: 'to see' });
    await ask('command', 'POST', `/v1/deployments/${MODELLED}/override`, { reason: 'to see' });
  } finally {
    stage.model.open();
    await Promise.all(mappings.map((mapping) => mapping.stop()));
    sqs.destroy();
  }
}

/** Predictions made elsewhere, which cannot be read at first: then the sweep looks whether they were mended. */
async function elsewhere(
  { composed: { bucket, pipeline }, clock, functions }: Scene,
  logged: (deployment: string, date: string, type: string) => Promise<unknown>,
): Promise<void> {
  const predictions = { format: 'csv', id: 'id', score: 'score' };
  const definition = definitionOf(ELSEWHERE, { model: undefined, predictions });
  await register(pipeline, { definition, startDate: DATE });
  await putRecords(bucket, ELSEWHERE, DATE);
  await bucket.write(`${keys.predictions(ELSEWHERE, DATE)}part-0.csv`, Buffer.from('id,score\nx,very\n'));
  await bucket.write(`${keys.predictions(ELSEWHERE, DATE)}_SUCCESS`, new Uint8Array());
  await putOutcomes(bucket, ELSEWHERE, DATE);
  await logged(ELSEWHERE, DATE, 'PartitionRejected');
  clock.now = '2001-02-05T12:35:00.000Z';
  await functions.handlers.sweep?.({});

  // Files that are overwritten once they count: evaluate looks what is there instead.
  const folders = { [CHANGED]: keys.records, [CHANGED_TOO]: keys.predictions };
  for (const [date, folderOf] of Object.entries(folders)) {
    await putRecords(bucket, ELSEWHERE, date);
    await putPredictions(bucket, ELSEWHERE, date);
    await logged(ELSEWHERE, date, 'PredictionsLanded');
    await bucket.write(`${folderOf(ELSEWHERE, date)}part-0.csv`, Buffer.from('other,file\n'));
    await putOutcomes(bucket, ELSEWHERE, date);
    await logged(ELSEWHERE, date, 'PartitionRejected');
  }
}

/** Days that are compared by queries: one whose result is unloaded, and one whose few rows are fetched. */
async function queried(
  { composed: { bucket, pipeline } }: Scene,
  logged: (deployment: string, date: string, type: string) => Promise<unknown>,
): Promise<void> {
  const predictions = { format: 'csv', id: 'id', score: 'score' };
  const byQuery = { model: undefined, predictions, evaluation: { engine: 'athena' } };
  const cost = { currency: 'EUR', perUnitOver: 1, perUnitUnder: 2 };
  const [classified, numbered] = QUERIED;
  const definitions = [
    definitionOf(classified, byQuery),
    definitionOf(numbered, { ...byQuery, task: { type: 'regression', cost } }),
  ];
  for (const definition of definitions) {
    await register(pipeline, { definition, startDate: DATE });
    await putRecords(bucket, definition.deployment, DATE);
    await putPredictions(bucket, definition.deployment, DATE);
    await putOutcomes(bucket, definition.deployment, DATE);
    await logged(definition.deployment, DATE, 'PartitionEvaluated');
  }
}

const isOf =
  (of: string, action: string, resource: string) =>
  (each: Recorded): boolean =>
    each.of === of && each.request.action === action && each.request.resource.includes(resource);
