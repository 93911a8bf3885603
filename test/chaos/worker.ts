import { createWriteStream } from 'node:fs';
import { DynamoDBClient, PutItemCommand, type PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { addDays } from '@penumbra/core/calendar';
import { QUEUE_NAMES } from '@penumbra/core/pipeline/messages';
import { compose } from '@penumbra/functions/composition';
import { observability } from '@penumbra/functions/observability';
import { queueHandler } from '@penumbra/functions/queue-handler';
import { reviewHandler } from '@penumbra/functions/review-handler';
import { startEventSourceMapping } from '@penumbra/local/event-source-mapping';
import { type FaultyClientOptions, faultyClient } from './faulty-client.ts';
import { faultyDelivery } from './faulty-delivery.ts';
import { type Delivery, invoke, mortal } from './invocation.ts';
import { mutated, unconditional } from './mutations.ts';
import { functionEnvironment, TABLE } from './names.ts';
import { planFor } from './plan.ts';
import { tellOf } from './tell.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.ts';

// The program of a worker: all handlers, each fed from its queue, in a process of their own that may be killed.

process.on('disconnect', () => process.exit(0));
// The harness may be gone before this line.
if (!process.connected) process.exit(0);

const setup = JSON.parse(process.argv[2] ?? '{}') as WorkerSetup;
const MESSAGES_AT_ONCE = 4;
const BATCHES_AT_ONCE = 2;
const JUMPS = 0.1;
const FARTHEST_JUMP_DAYS = 400;

const say = (message: FromWorker) =>
  new Promise<void>((resolve) => {
    if (!process.send) return resolve();
    process.send(message, () => resolve());
  });
const tell = tellOf(say);
const plan = setup.faults && planFor(setup.faults);

let date = setup.now;
let readings = 0;
/** The clock of this machine: it may jump, and nothing but the times in the log may show it. */
function now(): string {
  readings += 1;
  if (!plan || plan.draw('jump', setup.name, readings) >= JUMPS) return date;
  void tell.fault('clock: jumps');
  const days = Math.floor((plan.draw('far', setup.name, readings) * 2 - 1) * FARTHEST_JUMP_DAYS);
  return `${addDays(date.slice(0, 10), days)}${date.slice(10)}`;
}

const inFlight = new Map<string, Delivery>();
const cleanDynamo = new DynamoDBClient();
const cleanSqs = new SQSClient();

/** The same event, decided by another worker at another time. */
const putAsRival: FaultyClientOptions['putAsRival'] = async (item) => {
  const at = '1999-12-31T00:00:00.000Z';
  const Item = { ...item, at: { S: at } } as NonNullable<PutItemCommandInput['Item']>;
  const put = new PutItemCommand({
    TableName: TABLE,
    Item,
    ConditionExpression: 'attribute_not_exists(deployment)',
  });
  try {
    await cleanDynamo.send(put);
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') return;
    throw error;
  }
  await tell.appended(Item.eventId?.S ?? '', at);
};

const faulty = plan ? faultyClient({ plan, tell, inFlight, putAsRival }) : <Client>(client: Client) => client;
const instrument =
  setup.mutation === 'unconditional-append'
    ? <Client extends object>(client: Client) => faulty(unconditional(client))
    : faulty;
const composed = compose(functionEnvironment(setup.queueUrls), now, instrument);
const pipeline = mutated(composed.pipeline, setup.mutation, setup.name);
const sqs = faulty(new SQSClient());
const log = createWriteStream(setup.logFile, { flags: 'a' });

const reviewed = reviewHandler(pipeline, composed.announcements, observability('review', log));

for (const queue of QUEUE_NAMES) {
  const queueUrl = setup.queueUrls[queue] ?? '';
  startEventSourceMapping({
    sqs,
    queueUrl,
    handler: mortal(
      queue,
      queueHandler(queue, pipeline, observability(queue, log), composed.deadLetters.notes),
    ),
    functionName: queue,
    batchSize: MESSAGES_AT_ONCE,
    concurrency: BATCHES_AT_ONCE,
    ...(plan ? { intercept: faultyDelivery({ plan, tell, queue, queueUrl, sqs: cleanSqs, inFlight }) } : {}),
    onError: (error) => log.write(`${JSON.stringify({ queue, error: String(error) })}\n`),
  });
}

process.on('message', async (message: ToWorker) => {
  if (message.type === 'clock') {
    date = message.now;
    return;
  }
  const { id, deployment, asOf, attempt } = message;
  const delivery: Delivery = {
    queue: 'review',
    sender: 'scheduler',
    identity: `${deployment} ${asOf}`,
    subject: { deployment },
    receiveCount: attempt,
  };
  try {
    await invoke([delivery], () => reviewed({ deployment, asOf }));
    await say({ type: 'answer', id });
  } catch (error) {
    log.write(`${JSON.stringify({ review: delivery.identity, error: String(error) })}\n`);
    await say({ type: 'answer', id, error: String(error) });
  }
});
await say({ type: 'ready' });
