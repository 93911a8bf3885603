import { parseTransformJobName } from '@penumbra/core/job-name';
import { parseClosedFolder } from '@penumbra/core/pipeline/keys';
import { type MessageBody, messageSchemas, type QueueName } from '@penumbra/core/pipeline/messages';
import { z } from 'zod';

/** A message that no repeat will make readable. It goes to the dead-letter queue with this reason. */
export class PoisonMessage extends Error {
  override readonly name = 'PoisonMessage';
  constructor(queue: QueueName, reason: string) {
    super(`message on ${queue} cannot be read: ${reason}`);
  }
}

const objectCreated = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ object: z.object({ key: z.string() }) }),
});

const transformStateChange = z.object({
  source: z.literal('aws.sagemaker'),
  'detail-type': z.literal('SageMaker Transform Job State Change'),
  id: z.string(),
  detail: z.object({ TransformJobName: z.string(), TransformJobStatus: z.string() }),
});

const queryStateChange = z.object({
  source: z.literal('aws.athena'),
  'detail-type': z.literal('Athena Query State Change'),
  id: z.string(),
  detail: z.object({ queryExecutionId: z.string(), currentState: z.string() }),
});
const QUERY_RUNS = new Set(['QUEUED', 'RUNNING']);

/**
 * Reads the body of an SQS message: our own message, or the EventBridge event that stands for one. `ignore`
 * where the event is readable and none of ours. Throws PoisonMessage.
 */
export function decodeMessage<Queue extends QueueName>(
  queue: Queue,
  body: string,
  jobNamePrefix: string,
): MessageBody<Queue> | 'ignore' {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    throw new PoisonMessage(queue, `it is not JSON (${(error as Error).message})`);
  }
  const candidate = fromEventBridge(json, jobNamePrefix) ?? json;
  if (candidate === 'ignore') return 'ignore';
  const parsed = messageSchemas[queue].safeParse(candidate);
  if (!parsed.success) throw new PoisonMessage(queue, z.prettifyError(parsed.error));
  return parsed.data as MessageBody<Queue>;
}

function fromEventBridge(json: unknown, jobNamePrefix: string): object | 'ignore' | undefined {
  const created = objectCreated.safeParse(json);
  if (created.success) {
    const { key } = created.data.detail.object;
    const closed = parseClosedFolder(key);
    if (!closed) return 'ignore';
    const { deployment, kind, date } = closed;
    return { deployment, ...(kind === 'outcomes' ? { landed: date } : { date }), causationId: key };
  }
  const changed = transformStateChange.safeParse(json);
  if (changed.success) {
    const { TransformJobName: name, TransformJobStatus: status } = changed.data.detail;
    const transform = parseTransformJobName(jobNamePrefix, name);
    if (!transform || status === 'InProgress' || status === 'Stopping') return 'ignore';
    return { ...transform, causationId: changed.data.id };
  }
  const queried = queryStateChange.safeParse(json);
  if (queried.success) {
    const { queryExecutionId, currentState } = queried.data.detail;
    return QUERY_RUNS.has(currentState) ? 'ignore' : { queryExecutionId, causationId: queried.data.id };
  }
  return undefined;
}
