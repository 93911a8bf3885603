import { AsyncLocalStorage } from 'node:async_hooks';
import { parseTransformJobName } from '@penumbra/core/job-name';
import { parseClosedFolder } from '@penumbra/core/pipeline/keys';
import type { QueueHandler } from '@penumbra/functions/queue-handler';
import type { SQSRecord } from 'aws-lambda';
import { JOB_NAME_PREFIX, SWEEP } from './names.ts';
import type { Sender } from './seams.ts';

/** What a message is about. */
export interface Subject {
  readonly deployment: string;
  readonly date?: string;
  readonly landed?: string;
}

/** A message as it was handed over, without what differs from run to run. */
export interface Delivery {
  readonly queue: string;
  readonly sender: Sender | 'scheduler';
  readonly identity: string;
  readonly subject: Subject;
  readonly receiveCount: number;
}

/** One call of a handler. Once it has crashed, nothing that it still tries reaches any service. */
export interface Invocation {
  readonly deliveries: readonly Delivery[];
  crashed: boolean;
}

export const invocation = new AsyncLocalStorage<Invocation>();

/** The process is gone at this place: not an error that any code of ours could catch and go on from. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Runs work as one invocation, which dies as a whole where one of its requests crashed. */
export async function invoke<Value>(
  deliveries: readonly Delivery[],
  work: () => Promise<Value>,
): Promise<Value> {
  const run: Invocation = { deliveries, crashed: false };
  const value = await invocation.run(run, work);
  if (run.crashed) throw new Crash('the invocation died');
  return value;
}

/** A handler whose invocations may die. */
export function mortal(queue: string, handler: QueueHandler): QueueHandler {
  return (event, context) =>
    invoke(
      event.Records.map((record) => deliveryOf(queue, record)),
      () => handler(event, context),
    );
}

export function deliveryOf(queue: string, { body, attributes, messageAttributes }: SQSRecord): Delivery {
  const receiveCount = Number(attributes.ApproximateReceiveCount);
  const json = JSON.parse(body) as {
    source?: string;
    detail?: { object?: { key?: string }; TransformJobName?: string; TransformJobStatus?: string };
    deployment?: string;
    date?: string;
    landed?: string;
  };
  const key = json.detail?.object?.key;
  if (key !== undefined) {
    const { deployment = '', kind, date = '' } = parseClosedFolder(key) ?? {};
    const subject = { deployment, ...(kind === 'outcomes' ? { landed: date } : { date }) };
    return { queue, sender: 's3-event', identity: key, subject, receiveCount };
  }
  const job = json.detail?.TransformJobName;
  if (job !== undefined) {
    const { deployment = '', date = '' } = parseTransformJobName(JOB_NAME_PREFIX, job) ?? {};
    const identity = `${job} ${json.detail?.TransformJobStatus}`;
    return { queue, sender: 'sagemaker-event', identity, subject: { deployment, date }, receiveCount };
  }
  const { deployment = '', date, landed } = json;
  const subject = {
    deployment,
    ...(date === undefined ? {} : { date }),
    ...(landed === undefined ? {} : { landed }),
  };
  // A sweep sends what was sent before, word for word; only its name brings other faults than the last time.
  const identity = `${body}${messageAttributes[SWEEP]?.stringValue ?? ''}`;
  return { queue, sender: 'message', identity, subject, receiveCount };
}
